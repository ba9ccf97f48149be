// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "apps/volseg/command.h"
#include "volseg/dataset/findings.h"

namespace volseg::app {

namespace {

struct CheckFlags {
  std::filesystem::path dataset;
  ImportFlags import_settings;
  bool json = false;
  std::filesystem::path output;
  bool force = false;
};

void run_check(const CheckFlags& flags, Session& session) {
  check_text_output(flags.output, overwrite_of(flags.force), flags.dataset);
  const dataset::CheckReport report =
      dataset::check(flags.dataset, flags.import_settings.resolve(), session.work());
  const std::string text = flags.json ? dataset::to_json(report) : dataset::to_text(report);
  write_output(flags.output, text, overwrite_of(flags.force));
  session.exit_code = report.count(dataset::Severity::kError) > 0 ? kExitFindings : 0;
}

}  // namespace

void add_check_command(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("check", "Find every defect of a dataset");
  const auto flags = std::make_shared<CheckFlags>();
  command->add_option("dataset", flags->dataset, "Dataset: zip or folder")->required();
  command->add_flag("--json", flags->json, "Findings as JSON (docs/formats/findings.md)");
  command->add_option("-o,--output", flags->output, "File to write instead of standard output");
  add_force_flag(*command, flags->force);
  add_import_flags(*command, flags->import_settings);
  add_common_flags(*command, session);
  command->footer(
      "Exit code 1 when there are errors; warnings alone give 0.\n"
      "Examples:\n"
      "  volseg check dataset.zip\n"
      "  volseg check dataset.zip --json -o findings.json");
  command->callback([flags, &session] { run_check(*flags, session); });
}

}  // namespace volseg::app
