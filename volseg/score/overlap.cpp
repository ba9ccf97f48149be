// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/overlap.h"

namespace volseg::score {

namespace {

std::optional<double> ratio(int64_t part, int64_t whole) {
  if (whole == 0) {
    return std::nullopt;
  }
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

OverlapCounts count_overlap(const mask::RunMask& truth, const mask::RunMask& prediction) {
  const int64_t shared = mask::intersection_area(truth, prediction);
  return {.true_positive = shared,
          .false_positive = mask::area(prediction) - shared,
          .false_negative = mask::area(truth) - shared};
}

std::optional<double> dice(const OverlapCounts& counts) {
  return ratio(2 * counts.true_positive,
               2 * counts.true_positive + counts.false_positive + counts.false_negative);
}

std::optional<double> iou(const OverlapCounts& counts) {
  return ratio(counts.true_positive,
               counts.true_positive + counts.false_positive + counts.false_negative);
}

}  // namespace volseg::score
