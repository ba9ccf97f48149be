// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "volseg/core/files.h"
#include "volseg/core/work.h"
#include "volseg/dataset/import_settings.h"

namespace volseg::train {

struct TrainOptions {
  std::filesystem::path dataset;
  std::filesystem::path run;  ///< run folder, see docs/formats/run-folder.md
  dataset::ImportSettings import_settings;
  std::string recipe;          ///< empty: that of the run when resuming, else nnunet
  std::string recipe_yaml;     ///< overrides by name, from --config; may be empty
  std::filesystem::path plan;  ///< an edited plan.json to use instead of planning
  int fold = 0;                ///< index into the dataset's splits
  bool resume = false;
  core::Overwrite overwrite = core::Overwrite::kNo;
  std::string device = "auto";   ///< auto, cpu, cuda or cuda:N
  std::optional<uint64_t> seed;  ///< none: that of the run when resuming, else 0
  std::optional<int64_t> epochs;
  std::optional<int64_t> steps_per_epoch;
  core::WorkOptions work;
};

/// What a finished training reports; also written to fold_<n>/summary.json.
struct TrainSummary {
  int64_t epochs = 0;
  int64_t steps = 0;
  double training_s = 0;          ///< time in the training loop, all sessions of this run together
  double data_wait_fraction = 0;  ///< share of that time spent waiting for batches
  double best_dice = 0;           ///< mean Dice over classes on validation patches
  int64_t peak_memory_bytes = 0;  ///< of the process
  std::string device;
  std::string precision;  ///< "float32" or "bfloat16 autocast"
};

/// Plans (unless given), prepares, trains one fold and writes the run folder. Every file is written
/// whole. With `resume` it continues exactly where the last checkpoint was.
/// @throws Error(kCancelled) after saving a checkpoint when stopping was requested; Error(kUsage)
/// when a
///         resumed run's dataset, plan or recipe differ; Error(kUnavailable) for a device that is
///         not there
TrainSummary train(const TrainOptions& options);

}  // namespace volseg::train
