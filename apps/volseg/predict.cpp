// SPDX-License-Identifier: Apache-2.0
#include "volseg/predict/predict.h"

#include <fmt/format.h>

#include <map>
#include <memory>

#include "apps/volseg/command.h"
#include "apps/volseg/learn_library.h"
#include "volseg/core/text.h"

namespace volseg::app {

namespace {

struct PredictFlags {
  predict::PredictOptions options;
  ImportFlags import_settings;
  std::string format = "input";
  bool force = false;
};

const std::map<std::string, predict::OutputFormat>& formats() {
  using predict::OutputFormat;
  static const std::map<std::string, OutputFormat> names = {{"input", OutputFormat::kAsInput},
                                                            {"nifti", OutputFormat::kNiftiGz},
                                                            {"npy", OutputFormat::kNpy},
                                                            {"dataset", OutputFormat::kDataset}};
  return names;
}

void run_predict(const PredictFlags& flags, Session& session) {
  check_run_folder(flags.options.run);
  core::check_not_input(flags.options.output, flags.options.input);
  core::check_not_input(flags.options.output, flags.options.run);
  predict::PredictOptions options = flags.options;
  options.import_settings = flags.import_settings.resolve();
  const bool zip = options.output.extension() == ".zip" && flags.format == "input";
  options.format = zip ? predict::OutputFormat::kDataset : formats().at(flags.format);
  options.overwrite = overwrite_of(flags.force);
  options.work = session.work();
  const predict::PredictSummary summary = open_learn_library().predict(options);
  say(session,
      fmt::format("{}: {} in {:.1f} s ({:.1f} s in the network), peak memory {}",
                  options.output.string(), core::counted(summary.cases, "case"), summary.total_s,
                  summary.network_s, core::size_text(summary.peak_memory_bytes)));
  if (session.verbose) {
    for (const std::string& name : summary.written) {
      say(session, "  " + name);
    }
  }
}

}  // namespace

void add_predict_command(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("predict", "Segment images with a trained run");
  const auto flags = std::make_shared<PredictFlags>();
  predict::PredictOptions& options = flags->options;
  command->add_option("run", options.run, "Run folder of a training")->required();
  command->add_option("input", options.input, "Images, a folder or zip of slices, or a dataset")
      ->required();
  command->add_option("-o,--output", options.output, "Folder of label maps, or a dataset .zip")
      ->required();
  add_series_flag(*command, options.series);
  command->add_option("--format", flags->format, "input (as the images), nifti, npy or dataset")
      ->check(CLI::IsMember({"input", "nifti", "npy", "dataset"}));
  command
      ->add_option(
          "--part", options.part,
          "Rows of a dataset: train, validation (of the table, else held out by the fold), "
          "test; auto: test, else validation")
      ->check(CLI::IsMember({"auto", "train", "validation", "test"}));
  command->add_option("--fold", options.fold, "Fold whose weights to use")
      ->check(CLI::Range(0, 9999));
  command->add_option("--checkpoint", options.checkpoint, "best or last")
      ->check(CLI::IsMember({"best", "last"}));
  command->add_flag("--mirror", options.mirror, "Average over mirrored inputs (8 times slower)");
  command->add_option("--step", options.step_fraction, "Window step as a share of the patch")
      ->check(CLI::Range(0.1, 1.0));
  command->add_option("--device", options.device, "auto, cpu, cuda or cuda:N");
  add_force_flag(*command, flags->force);
  add_import_flags(*command, flags->import_settings);
  add_common_flags(*command, session);
  add_verbose_flag(*command, session);
  command->footer(
      "Labels are 1, 2, ... in the order of the classes; label_names.json in the folder names "
      "them.\n"
      "Examples:\n"
      "  volseg predict run new_scans -o predictions\n"
      "  volseg predict run dataset.zip --part validation -o predicted.zip");
  command->callback([flags, &session] { run_predict(*flags, session); });
}

}  // namespace volseg::app
