// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "apps/volseg/command.h"
#include "volseg/core/error.h"
#include "volseg/report/dataset_summary.h"

namespace volseg::app {

namespace {

struct InfoFlags {
  std::filesystem::path dataset;
  ImportFlags import_settings;
  report::SummaryTextOptions text;
  bool json = false;
  std::filesystem::path html;
  std::filesystem::path output;
  bool force = false;
};

void check_outputs(const InfoFlags& flags) {
  check_text_output(flags.output, overwrite_of(flags.force), flags.dataset);
  if (flags.html == "-") {
    throw Error(ErrorKind::kUsage, "volseg.info", "--html -: a page needs a file; name one");
  }
  check_text_output(flags.html, overwrite_of(flags.force), flags.dataset);
  if (!flags.html.empty() && flags.html == flags.output) {
    throw Error(ErrorKind::kUsage, "volseg.info",
                flags.html.string() + ": named by --html and by --output; give two names");
  }
}

void run_info(const InfoFlags& flags, Session& session) {
  check_outputs(flags);
  const auto dataset = dataset::Dataset::open(flags.dataset, flags.import_settings.resolve());
  const report::DatasetSummary summary = report::summarize(dataset, session.work());
  if (!flags.html.empty()) {
    core::write_text(flags.html, report::to_html(summary), overwrite_of(flags.force));
  }
  const core::Overwrite overwrite = overwrite_of(flags.force);
  const std::string text = report::to_text(summary, flags.text);
  if (!flags.json) {
    write_output(flags.output, text, overwrite);
    return;
  }
  write_output(flags.output, report::to_json(summary), overwrite);
  if (!flags.output.empty() && flags.output != "-") {
    say(session, text);
  }
}

}  // namespace

void add_info_command(CLI::App& program, Session& session) {
  auto* command =
      program.add_subcommand("info", "Cases, shapes, spacings, intensities, classes and folds");
  const auto flags = std::make_shared<InfoFlags>();
  command->add_option("dataset", flags->dataset, "Dataset: zip or folder")->required();
  command->add_flag("--cases", flags->text.all_cases, "List every case");
  command->add_flag("--classes", flags->text.all_classes, "List every class, however many");
  command->add_flag(
      "--json", flags->json,
      "Everything as JSON (docs/formats/info.md), the table beside it where -o takes the JSON");
  command->add_option("--html", flags->html, "Also write a page with charts to this file");
  command->add_option("-o,--output", flags->output, "File to write instead of standard output");
  add_force_flag(*command, flags->force);
  add_import_flags(*command, flags->import_settings);
  add_common_flags(*command, session);
  command->footer(
      "Examples:\n"
      "  volseg info dataset.zip\n"
      "  volseg info dataset.zip --cases --html dataset.html\n"
      "  volseg info dataset.zip --json -o info.json");
  command->callback([flags, &session] { run_info(*flags, session); });
}

}  // namespace volseg::app
