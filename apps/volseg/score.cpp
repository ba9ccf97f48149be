// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/score.h"

#include <memory>

#include "apps/volseg/command.h"
#include "volseg/core/error.h"

namespace volseg::app {

namespace {

struct ScoreFlags {
  std::filesystem::path truth;
  std::filesystem::path prediction;
  std::filesystem::path json;
  std::filesystem::path csv;
  score::ScoreOptions options;
  ImportFlags import_settings;
  bool force = false;
};

void run_score(const ScoreFlags& flags, Session& session) {
  for (const auto& output : {flags.json, flags.csv}) {
    check_text_output(output, overwrite_of(flags.force), flags.truth);
    check_text_output(output, overwrite_of(flags.force), flags.prediction);
  }
  if (!flags.json.empty() && flags.json == flags.csv) {
    throw Error(ErrorKind::kUsage, "volseg.score", "--json and --csv name the same file");
  }
  score::ScoreOptions options = flags.options;
  options.sides.import_settings = flags.import_settings.resolve();
  options.work = session.work();
  const score::ScoreTable table = score::score_paths(flags.truth, flags.prediction, options);
  if (!flags.json.empty()) {
    write_output(flags.json, score::to_json(table), overwrite_of(flags.force));
  }
  if (!flags.csv.empty()) {
    write_output(flags.csv, score::to_csv(table), overwrite_of(flags.force));
  }
  if (flags.json != "-" && flags.csv != "-") {
    write_output("", score::to_text(table), core::Overwrite::kNo);
  }
  session.exit_code = table.partial ? kExitFindings : 0;
}

}  // namespace

void add_score_command(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("score", "Score predictions against the truth");
  const auto flags = std::make_shared<ScoreFlags>();
  command->add_option("truth", flags->truth, "Dataset, folder of label maps, or label map")
      ->required();
  command->add_option("prediction", flags->prediction, "The same, of predictions")->required();
  command->add_option("--json", flags->json, "JSON file with every figure; - for standard output");
  command->add_option("--csv", flags->csv, "CSV file, a row for each case and class");
  command->add_option("--label-names", flags->options.sides.label_names,
                      "JSON or text file that names the values of label maps");
  command
      ->add_option("--part", flags->options.sides.part,
                   "Table of a truth dataset: auto, train, validation or test")
      ->check(CLI::IsMember({"auto", "train", "validation", "test"}));
  add_force_flag(*command, flags->force);
  command
      ->add_option("--fold", flags->options.sides.fold,
                   "Only the cases of a truth dataset that this fold holds out")
      ->check(CLI::Range(0, 9999));
  add_import_flags(*command, flags->import_settings);
  add_common_flags(*command, session);
  command->footer(
      "Exit code 1 when a case of the truth has no prediction.\n"
      "Examples:\n"
      "  volseg score dataset.zip predictions\n"
      "  volseg score dataset.zip predictions --json scores.json --csv scores.csv");
  command->callback([flags, &session] { run_score(*flags, session); });
}

}  // namespace volseg::app
