// SPDX-License-Identifier: Apache-2.0
#include "volseg/train/train.h"

#include <fmt/format.h>

#include <memory>

#include "apps/volseg/command.h"
#include "apps/volseg/learn_library.h"
#include "volseg/core/error.h"
#include "volseg/core/text.h"

namespace volseg::app {

namespace {

struct TrainFlags {
  train::TrainOptions options;
  ImportFlags import_settings;
  int64_t epochs = 0;
  int64_t steps_per_epoch = 0;
  bool force = false;
};

train::TrainOptions options_of(const TrainFlags& flags, const Session& session) {
  train::TrainOptions options = flags.options;
  options.import_settings = flags.import_settings.resolve();
  options.recipe_yaml = flags.import_settings.recipe_yaml();
  options.overwrite = overwrite_of(flags.force);
  options.work = session.work();
  if (flags.epochs > 0) {
    options.epochs = flags.epochs;
  }
  if (flags.steps_per_epoch > 0) {
    options.steps_per_epoch = flags.steps_per_epoch;
  }
  return options;
}

void run_train(const TrainFlags& flags, Session& session) {
  const train::TrainOptions options = options_of(flags, session);
  try {
    const train::TrainSummary summary = open_learn_library().train(options);
    say(session,
        fmt::format("{}: {}, {} on {} ({}) in {:.0f} s, {:.0f} % of it waiting "
                    "for data, peak memory {}",
                    options.run.string(), core::counted(summary.epochs, "epoch"),
                    core::counted(summary.steps, "step"), summary.device, summary.precision,
                    summary.training_s, summary.data_wait_fraction * 100,
                    core::size_text(summary.peak_memory_bytes)));
    say(session, fmt::format("best validation Dice {:.3f}", summary.best_dice));
  } catch (const Error& error) {
    const auto fold = options.run / ("fold_" + std::to_string(options.fold));
    if (error.kind() == ErrorKind::kCancelled &&
        std::filesystem::exists(fold / "last.safetensors")) {
      throw Error(error.kind(), error.operation(),
                  error.message() + "; go on with: volseg train " + options.dataset.string() +
                      " -o " + options.run.string() + " --resume");
    }
    throw;
  }
}

}  // namespace

void add_train_command(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("train", "Plan, prepare and train on a dataset");
  const auto flags = std::make_shared<TrainFlags>();
  train::TrainOptions& options = flags->options;
  command->add_option("dataset", options.dataset, "Dataset: zip or folder")->required();
  command->add_option("-o,--output", options.run, "Run folder")->required();
  command->add_option("--recipe", options.recipe,
                      "nnunet (default) or quick (minutes on a laptop CPU)");
  command->add_option("--plan", options.plan, "Edited plan.json to use instead of planning");
  command->add_option("--fold", options.fold, "Fold to validate on, counted from 0")
      ->check(CLI::Range(0, 9999));
  command->add_flag("--resume", options.resume, "Go on from the last checkpoint, exactly");
  command->add_option("--epochs", flags->epochs, "Epochs instead of the recipe's")
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--steps-per-epoch", flags->steps_per_epoch, "Steps of an epoch")
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--device", options.device, "auto, cpu, cuda or cuda:N");
  command->add_option("--seed", options.seed, "Seed of weights, patches and augmentation");
  add_force_flag(*command, flags->force);
  add_import_flags(*command, flags->import_settings);
  add_common_flags(*command, session);
  command->footer(
      "Ctrl-C saves a checkpoint and exits with 130. --resume takes recipe and seed from the run.\n"
      "Examples:\n"
      "  volseg train dataset.zip -o run --recipe quick\n"
      "  volseg train dataset.zip -o run --resume");
  command->callback([flags, &session] { run_train(*flags, session); });
}

}  // namespace volseg::app
