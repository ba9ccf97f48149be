// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "volseg/core/progress.h"
#include "volseg/network/weights.h"
#include "volseg/train/internal/learner.h"
#include "volseg/train/internal/run_folder.h"

namespace volseg::train::internal {

/// Where a training stands; with the weights and the optimiser's state, all that exact continuing
/// needs.
struct TrainingState {
  int64_t epoch = 0;     ///< finished epochs
  int64_t step = 0;      ///< finished steps of the epoch in progress
  double loss_sum = 0;   ///< over those steps
  double best_dice = 0;  ///< mean Dice of best.safetensors
  bool has_best = false;
  double dice_average = 0;  ///< exponential average that picks the best, with random patches
  double elapsed_s = 0;     ///< in the training loop, all sessions together
  double waited_s = 0;      ///< of it for batches
};

/// What a run must share with the one that it continues.
struct RunIdentity {
  std::string config;       ///< text of config.yaml
  std::string plan_json;    ///< text of plan.json
  std::string dataset_key;  ///< digest of names, classes and masks
  std::string class_names;  ///< JSON list
  int threads = 0;
};

/// Metadata of a checkpoint file.
[[nodiscard]] std::map<std::string, std::string> to_metadata(const TrainingState& state,
                                                             const RunIdentity& identity);
/// @throws Error(kFormat) naming the value
[[nodiscard]] TrainingState parse_state(const network::WeightsFile& file);

/// @throws Error(kUsage) naming what differs from the run's identity when the file was written
void check_identity(const network::WeightsFile& file, const RunIdentity& identity,
                    core::ProgressSink* progress);

/// Writes last.safetensors; the one before it becomes previous.safetensors.
void save_checkpoint(const RunPaths& paths, Learner& learner, const TrainingState& state,
                     const RunIdentity& identity);

/// Reads last.safetensors, or the previous one when the last is damaged or missing (a message says
/// so); none when there is no checkpoint yet.
/// @throws Error(kFormat) when all that are there are damaged
[[nodiscard]] std::optional<network::WeightsFile> read_checkpoint(const RunPaths& paths,
                                                                  core::ProgressSink* progress);

}  // namespace volseg::train::internal
