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
  /// Over the voxels (and classes, with sigmoid) compared so far.
  [[nodiscard]] double mean_cross_entropy() const;

 private:
  void compare_softmax(const network::LogitSlab& slab, DiceCounts& counts);
  void compare_sigmoid(const network::LogitSlab& slab, DiceCounts& counts);

  const prepare::PreparedCase& prepared_;
  plan::OutputKind output_;
  core::Shape3 shape_;
  double entropy_sum_ = 0;
  int64_t decisions_ = 0;
};

}  // namespace volseg::train::internal
