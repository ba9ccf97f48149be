// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "volseg/core/threads.h"
#include "volseg/network/device.h"
#include "volseg/network/weights.h"
#include "volseg/plan/plan.h"
#include "volseg/plan/recipe.h"
#include "volseg/prepare/case_store.h"
#include "volseg/sample/patch_sampler.h"
#include "volseg/train/internal/dice_counts.h"

namespace volseg::train::internal {

/// The network under training, its averaged copy and the optimiser; hides LibTorch.
class Learner {
 public:
  Learner(const plan::Plan& plan, const plan::Recipe& recipe, const network::ComputeDevice& device,
          uint64_t seed);
  ~Learner();
  Learner(const Learner&) = delete;
  Learner& operator=(const Learner&) = delete;

  /// One optimiser step. @return the loss before it, NaN when the network diverged (then nothing is
  /// changed)
  double train_step(const sample::Batch& batch, double learning_rate);

  /// Loss of a batch without a step; adds its voxels to `counts`. Uses the averaged weights.
  double validate_batch(const sample::Batch& batch, DiceCounts& counts);
  /// Predicts a whole prepared case by the sliding window and adds its voxels to `counts`.
  /// @return the training loss over its voxels
  double validate_case(const prepare::PreparedCase& prepared, DiceCounts& counts,
                       const core::CancelToken* cancel);

  /// Writes weights, averaged weights and optimiser state. @throws Error(kIo)
  void save(const std::filesystem::path& path, const std::map<std::string, std::string>& metadata);
  /// Writes the weights that validation uses, under their plain names.
  void save_weights(const std::filesystem::path& path,
                    const std::map<std::string, std::string>& metadata);
  /// Takes all of it back. @throws Error(kFormat) naming the tensor
  void load(const network::WeightsFile& file);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace volseg::train::internal
