// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "volseg/mask/components.h"
#include "volseg/mask/run_mask.h"

namespace volseg::score {

/// What a lesion is, and when one counts as found.
struct LesionSettings {
  /// Voxels that make one lesion.
  mask::Connectivity connectivity = mask::Connectivity::k26;
  /// Two lesions may match when their IoU is above this, in [0, 1); 0: any shared voxel.
  double iou_threshold_fraction = 0.5;
  /// Smaller components of truth and of prediction are dropped before matching.
  double smallest_ml = 0;
  double voxel_volume_ml = 0.001;
};

/// One component of truth or prediction.
struct Lesion {
  int64_t voxels = 0;
  double volume_ml = 0;
  std::array<double, 3> centre{};  ///< mean index along axes (0, 1, 2) of its voxels
  int64_t match = -1;              ///< index of its partner on the other side; -1: none
  double best_iou = 0;             ///< with any lesion of the other side, matched or not
};

/// A true lesion and its predicted partner.
struct LesionMatch {
  int64_t truth = 0;       ///< index into LesionScore::truth
  int64_t prediction = 0;  ///< index into LesionScore::prediction
  double iou = 0;
  double dice = 0;
};

/// Lesions of one class in one case. TP: matched pairs, FN: true lesions without partner (missed),
/// FP: predicted ones without. Lesions stand in the order of their first voxels.
struct LesionScore {
  std::vector<Lesion> truth;
  std::vector<Lesion> prediction;
  std::vector<LesionMatch> matches;  ///< by index of the true lesion
  double false_positive_volume_ml = 0;
  double false_negative_volume_ml = 0;

  [[nodiscard]] int64_t true_positive() const { return static_cast<int64_t>(matches.size()); }
  [[nodiscard]] int64_t false_positive() const {
    return static_cast<int64_t>(prediction.size()) - true_positive();
  }
  [[nodiscard]] int64_t false_negative() const {
    return static_cast<int64_t>(truth.size()) - true_positive();
  }
};

/// Matches lesions one to one so that the sum of the IoU of the pairs is the largest possible,
/// among pairs above the threshold. From 0.5 on a lesion has at most one such partner, so that any
/// rule gives the same; below, this is the optimal assignment. Cost: linear in runs and overlapping
/// pairs, plus the assignment where partners compete.
/// @throws Error(kShape) with both shapes when they differ; Error(kUsage) on a threshold outside
///         [0, 1), a volume that is negative or a voxel volume that is not positive
/// @source matching above 0.5 and panoptic quality: Kirillov et al. 2019
[[nodiscard]] LesionScore score_lesions(const mask::RunMask& truth, const mask::RunMask& prediction,
                                        const LesionSettings& settings);

/// TP / (TP + FP); none without a predicted lesion.
[[nodiscard]] std::optional<double> lesion_precision(const LesionScore& score);
/// TP / (TP + FN); none without a true lesion.
[[nodiscard]] std::optional<double> lesion_recall(const LesionScore& score);
/// 2 TP / (2 TP + FP + FN), the same as recognition quality (RQ); none without lesions.
[[nodiscard]] std::optional<double> lesion_f1(const LesionScore& score);
/// Mean IoU of the matched pairs (SQ); none without a match.
[[nodiscard]] std::optional<double> segmentation_quality(const LesionScore& score);
/// Sum of the IoU of the matched pairs / (TP + FP / 2 + FN / 2) = SQ RQ; none without lesions, 0
/// without a match.
[[nodiscard]] std::optional<double> panoptic_quality(const LesionScore& score);
/// Mean Dice of the matched pairs; none without a match.
[[nodiscard]] std::optional<double> matched_lesion_dice(const LesionScore& score);
/// Sum of the Dice of the matched pairs / (TP + FP + FN): missed and false lesions count as 0; none
/// without lesions.
[[nodiscard]] std::optional<double> lesion_wise_dice(const LesionScore& score);

}  // namespace volseg::score
