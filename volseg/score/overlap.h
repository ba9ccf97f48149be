// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "volseg/mask/run_mask.h"

namespace volseg::score {

/// Voxels of one class in one case, split by truth and prediction.
struct OverlapCounts {
  int64_t true_positive = 0;   ///< in both
  int64_t false_positive = 0;  ///< in the prediction only
  int64_t false_negative = 0;  ///< in the truth only
  friend bool operator==(const OverlapCounts&, const OverlapCounts&) = default;
};

/// Counts straight from runs: linear in the runs of both, whatever the number of voxels.
/// @throws Error(kShape) with both shapes when they differ
[[nodiscard]] OverlapCounts count_overlap(const mask::RunMask& truth,
                                          const mask::RunMask& prediction);

/// 2 TP / (2 TP + FP + FN). A class that is absent in truth and in prediction has none; a class
/// that is absent in one of them only scores 0.
[[nodiscard]] std::optional<double> dice(const OverlapCounts& counts);
/// TP / (TP + FP + FN), with the same rule for absent classes as dice().
[[nodiscard]] std::optional<double> iou(const OverlapCounts& counts);

}  // namespace volseg::score
