// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "volseg/core/progress.h"
#include "volseg/core/threads.h"
#include "volseg/network/device.h"
#include "volseg/plan/plan.h"
#include "volseg/plan/recipe.h"
#include "volseg/prepare/case_store.h"
#include "volseg/train/internal/checkpoint.h"
#include "volseg/train/internal/run_folder.h"

namespace volseg::train::internal {

/// Everything that the loop needs; all of it outlives the loop.
struct LoopInput {
  const plan::Plan& plan;
  const plan::Recipe& recipe;
  const network::ComputeDevice& device;
  const RunPaths& paths;
  const RunIdentity& identity;
  const std::vector<prepare::PreparedCase>& training;
  const std::vector<prepare::PreparedCase>& validation;
  uint64_t seed = 0;
  bool resume = false;
  core::ProgressSink* progress = nullptr;
  const core::CancelToken* cancel = nullptr;
};

/// Learning rate of one optimiser step, counted from 0: a linear warm-up, then polynomial decay.
[[nodiscard]] double learning_rate(const plan::Recipe& recipe, int64_t step);

/// Trains to the recipe's last epoch. @return where it ended
/// @throws Error(kCancelled) after a checkpoint; Error(kUsage) when the loss is not a number
TrainingState run_loop(const LoopInput& input);

}  // namespace volseg::train::internal
