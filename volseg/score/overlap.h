// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "volseg/mask/bit_mask.h"
#include "volseg/mask/run_mask.h"

namespace volseg::score {

/// Voxels of one class in one case, split by truth and prediction.
struct OverlapCounts {
  int64_t true_positive = 0;   ///< in both
  int64_t false_positive = 0;  ///< in the prediction only
  int64_t false_negative = 0;  ///< in the truth only
  int64_t true_negative = 0;   ///< in neither
  friend bool operator==(const OverlapCounts&, const OverlapCounts&) = default;

  [[nodiscard]] int64_t truth_voxels() const { return true_positive + false_negative; }
  [[nodiscard]] int64_t prediction_voxels() const { return true_positive + false_positive; }
};

/// Counts straight from runs: linear in the runs of both, whatever the number of voxels.
/// @throws Error(kShape) with both shapes when they differ
[[nodiscard]] OverlapCounts count_overlap(const mask::RunMask& truth,
                                          const mask::RunMask& prediction);
/// Counts from bits, 64 voxels at a time. @throws Error(kShape)
[[nodiscard]] OverlapCounts count_overlap(const mask::BitMask& truth,
                                          const mask::BitMask& prediction);

/// 2 TP / (2 TP + FP + FN). A class that is absent in truth and in prediction has none; a class
/// that is absent in one of them only scores 0.
[[nodiscard]] std::optional<double> dice(const OverlapCounts& counts);
/// TP / (TP + FP + FN), with the same rule for absent classes as dice().
[[nodiscard]] std::optional<double> iou(const OverlapCounts& counts);
/// TP / (TP + FP), the share of the prediction that is right; none for an empty prediction.
[[nodiscard]] std::optional<double> precision(const OverlapCounts& counts);
/// TP / (TP + FN), the share of the truth that is found; none for an empty truth.
[[nodiscard]] std::optional<double> recall(const OverlapCounts& counts);
/// TN / (TN + FP); none for a truth that fills the volume. It nears 1 with the size of the
/// background, whatever the prediction.
[[nodiscard]] std::optional<double> specificity(const OverlapCounts& counts);
/// 1 - |V_p - V_t| / (V_p + V_t), in [0, 1], blind to position; none when both are empty.
[[nodiscard]] std::optional<double> volume_similarity(const OverlapCounts& counts);
/// (V_p - V_t) / V_t, signed: positive for a prediction that is too large; none for an empty truth.
[[nodiscard]] std::optional<double> relative_volume_difference(const OverlapCounts& counts);
/// |V_p - V_t| [ml]; always defined.
[[nodiscard]] double absolute_volume_difference_ml(const OverlapCounts& counts,
                                                   double voxel_volume_ml);
/// Cohen's kappa, (p_o - p_e) / (1 - p_e), agreement beyond chance; negative below chance. None
/// when both are empty or both fill the volume, as chance alone then agrees everywhere.
[[nodiscard]] std::optional<double> cohen_kappa(const OverlapCounts& counts);

/// Generalized Dice of the classes of one case: 2 sum(w TP) / sum(w (V_t + V_p)), w = 1 / V_t^2.
/// A class without truth weighs as much as the smallest class that has one, so that its false
/// positives count. Without any truth: 0 with a prediction, none without.
/// @source Crum et al. 2006; weights of Sudre et al. 2017; weights of absent classes as MONAI
[[nodiscard]] std::optional<double> generalized_dice(std::span<const OverlapCounts> classes);

}  // namespace volseg::score
