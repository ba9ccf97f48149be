// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/network/sliding_window.h"
#include "volseg/plan/plan.h"
#include "volseg/prepare/case_store.h"
#include "volseg/train/internal/dice_counts.h"

namespace volseg::train::internal {

/// The masks of a prepared case, met slab by slab with a network's logits.
class CaseTruth {
 public:
  CaseTruth(const prepare::PreparedCase& prepared, plan::OutputKind output);

  /// Decides every voxel of the slab (largest channel, or each channel above 0), adds to `counts`.
  void compare(const network::LogitSlab& slab, DiceCounts& counts);
  /// The training loss over what was compared so far: mean cross-entropy minus the mean over
  /// classes of the soft Dice of the case as a whole.
  [[nodiscard]] double loss() const;

 private:
  struct SoftCounts {
    double both = 0;
    double sizes = 0;
  };
  // Returns the voxel's cross-entropy.
  double add_softmax(const float* logits, int64_t channels, int64_t truth, int64_t largest);
  void add_soft(int64_t class_index, double probability, bool present);
  void compare_softmax(const network::LogitSlab& slab, DiceCounts& counts);
  void compare_sigmoid(const network::LogitSlab& slab, DiceCounts& counts);

  const prepare::PreparedCase& prepared_;
  plan::OutputKind output_;
  core::Shape3 shape_;
  double entropy_sum_ = 0;
  int64_t decisions_ = 0;
  std::vector<SoftCounts> soft_;       // by class
  std::vector<double> probabilities_;  // of one voxel, not divided by their sum
};

}  // namespace volseg::train::internal
