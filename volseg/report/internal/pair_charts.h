// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "volseg/score/compare_sets.h"

namespace volseg::report::internal {

/// Values of a metric in the common cases; none where a set has none or an infinite one.
struct PairedValues {
  std::vector<score::MetricValue> first;
  std::vector<score::MetricValue> second;
};
/// Of a class of the comparison, or, without one, of the cases' means over its classes.
[[nodiscard]] PairedValues paired_values(const score::SetScores& scores, const score::SetPair& pair,
                                         size_t metric, std::optional<size_t> class_index);

/// Each case's mean over the classes in the first and in the second set, joined by a line.
/// @param metric  index into SetComparison::metrics
[[nodiscard]] std::string draw_pair_lines(const score::SetScores& scores,
                                          const score::SetPair& pair, size_t metric);

/// The differences of every case, a row for each class, with mean and interval.
[[nodiscard]] std::string draw_pair_strips(const score::SetScores& scores,
                                           const score::SetPair& pair, size_t metric);

}  // namespace volseg::report::internal
