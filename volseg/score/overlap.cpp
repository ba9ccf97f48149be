// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/overlap.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "volseg/mask/set_algebra.h"

namespace volseg::score {

namespace {

std::optional<double> ratio(int64_t part, int64_t whole) {
  if (whole == 0) {
    return std::nullopt;
  }
  return static_cast<double>(part) / static_cast<double>(whole);
}

double product(int64_t first, int64_t second) {
  return static_cast<double>(first) * static_cast<double>(second);
}

OverlapCounts counts_of(const core::Shape3& shape, const mask::Overlap& overlap) {
  return {.true_positive = overlap.both,
          .false_positive = overlap.second_only,
          .false_negative = overlap.first_only,
          .true_negative =
              core::voxel_count(shape) - overlap.both - overlap.first_only - overlap.second_only};
}

int64_t smallest_truth(std::span<const OverlapCounts> classes) {
  int64_t smallest = 0;
  for (const OverlapCounts& counts : classes) {
    const int64_t voxels = counts.truth_voxels();
    if (voxels > 0 && (smallest == 0 || voxels < smallest)) {
      smallest = voxels;
    }
  }
  return smallest;
}

}  // namespace

OverlapCounts count_overlap(const mask::RunMask& truth, const mask::RunMask& prediction) {
  return counts_of(truth.shape, mask::overlap_of(truth, prediction));
}

OverlapCounts count_overlap(const mask::BitMask& truth, const mask::BitMask& prediction) {
  return counts_of(truth.shape(), mask::overlap_of(truth, prediction));
}

std::optional<double> dice(const OverlapCounts& counts) {
  return ratio(2 * counts.true_positive, counts.truth_voxels() + counts.prediction_voxels());
}

std::optional<double> iou(const OverlapCounts& counts) {
  return ratio(counts.true_positive, counts.truth_voxels() + counts.false_positive);
}

std::optional<double> precision(const OverlapCounts& counts) {
  return ratio(counts.true_positive, counts.prediction_voxels());
}

std::optional<double> recall(const OverlapCounts& counts) {
  return ratio(counts.true_positive, counts.truth_voxels());
}

std::optional<double> specificity(const OverlapCounts& counts) {
  return ratio(counts.true_negative, counts.true_negative + counts.false_positive);
}

std::optional<double> volume_similarity(const OverlapCounts& counts) {
  const int64_t sum = counts.truth_voxels() + counts.prediction_voxels();
  return ratio(sum - std::abs(counts.false_positive - counts.false_negative), sum);
}

std::optional<double> relative_volume_difference(const OverlapCounts& counts) {
  return ratio(counts.false_positive - counts.false_negative, counts.truth_voxels());
}

double absolute_volume_difference_ml(const OverlapCounts& counts, double voxel_volume_ml) {
  return static_cast<double>(std::abs(counts.false_positive - counts.false_negative)) *
         voxel_volume_ml;
}

std::optional<double> cohen_kappa(const OverlapCounts& counts) {
  const int64_t outside_truth = counts.false_positive + counts.true_negative;
  const int64_t outside_prediction = counts.false_negative + counts.true_negative;
  const double beyond_chance = product(counts.prediction_voxels(), outside_truth) +
                               product(counts.truth_voxels(), outside_prediction);
  if (beyond_chance == 0) {
    return std::nullopt;
  }
  return 2 *
         (product(counts.true_positive, counts.true_negative) -
          product(counts.false_positive, counts.false_negative)) /
         beyond_chance;
}

std::optional<double> generalized_dice(std::span<const OverlapCounts> classes) {
  const int64_t smallest = smallest_truth(classes);
  if (smallest == 0) {
    const bool predicted =
        std::any_of(classes.begin(), classes.end(),
                    [](const OverlapCounts& counts) { return counts.false_positive > 0; });
    return predicted ? std::optional(0.0) : std::nullopt;
  }
  double shared = 0;
  double sum = 0;
  for (const OverlapCounts& counts : classes) {
    const int64_t truth = counts.truth_voxels();
    const double root = static_cast<double>(smallest) / static_cast<double>(truth);
    const double weight = truth == 0 ? 1 : root * root;
    shared += weight * static_cast<double>(counts.true_positive);
    sum += weight * static_cast<double>(truth + counts.prediction_voxels());
  }
  return 2 * shared / sum;
}

}  // namespace volseg::score
