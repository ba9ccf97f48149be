// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "apps/volseg/command.h"
#include "apps/volseg/dataset_summary.h"

namespace volseg::app {

namespace {

struct InfoFlags {
  std::filesystem::path dataset;
  ImportFlags import_settings;
  bool json = false;
  std::filesystem::path output;
  bool force = false;
};

void run_info(const InfoFlags& flags, Session& session) {
  check_text_output(flags.output, overwrite_of(flags.force), flags.dataset);
  const auto dataset = dataset::Dataset::open(flags.dataset, flags.import_settings.resolve());
  const DatasetSummary summary = summarize(dataset, session.work());
  write_output(flags.output, flags.json ? to_json(summary) : to_text(summary),
               overwrite_of(flags.force));
}

}  // namespace

void add_info_command(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("info", "Cases, shapes, spacings, classes and folds");
  const auto flags = std::make_shared<InfoFlags>();
  command->add_option("dataset", flags->dataset, "Dataset: zip or folder")->required();
  command->add_flag("--json", flags->json, "The same as JSON");
  command->add_option("-o,--output", flags->output, "File to write instead of standard output");
  add_force_flag(*command, flags->force);
  add_import_flags(*command, flags->import_settings);
  add_common_flags(*command, session);
  command->footer(
      "Examples:\n"
      "  volseg info dataset.zip\n"
      "  volseg info dataset.zip --json -o info.json");
  command->callback([flags, &session] { run_info(*flags, session); });
}

}  // namespace volseg::app
