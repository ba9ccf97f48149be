// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/score/score_table.h"
#include "volseg/score/statistics.h"

namespace volseg::score {

/// One metric of two sets on the same cases; differences are second minus first.
struct MetricPair {
  std::optional<PairedComparison> paired;  ///< over cases with a finite value in both
  int64_t first_infinite = 0;              ///< cases with an infinite value in the first only
  int64_t second_infinite = 0;             ///< cases with an infinite value in the second only
};

/// One class, or the means over classes, of two sets.
struct ClassPair {
  /// Empty: the case's means over the classes that have a value in both sets; infinite when one
  /// has.
  std::string class_name;
  std::vector<MetricPair> metrics;  ///< for each of SetComparison::metrics
};

/// Two sets against each other.
struct SetPair {
  size_t first = 0;   ///< index into the sets
  size_t second = 0;  ///< index into the sets
  std::vector<ClassPair> classes;
  ClassPair all_classes;
};

/// One set's place by one metric.
struct PlacedSet {
  size_t set = 0;
  int64_t rank = 0;       ///< by mean_rank, then mean; equal sets share the smallest, from 1
  MetricValue mean_rank;  ///< within each case and class; infinite distances rank last
  MetricValue mean;       ///< mean of the class means over the common cases, finite values
  int64_t infinite = 0;   ///< infinite values
};

/// Order of the sets by one metric.
struct MetricRanking {
  int64_t counted = 0;          ///< pairs of case and class in which every set has a value
  std::vector<PlacedSet> sets;  ///< best first
};

/// Sets of predictions on the cases and classes that all of them have.
struct SetComparison {
  std::vector<Metric> metrics;  ///< those in which one value is better than another
  std::vector<std::string> case_names;
  std::vector<std::string> class_names;
  std::vector<std::string> left_out_cases;    ///< not scored in every set
  std::vector<std::string> left_out_classes;  ///< not in every set
  std::vector<SetPair> pairs;                 ///< every two sets
  std::vector<MetricRanking> rankings;        ///< for each of `metrics`

  /// Position among `metrics`; none when it is not there.
  [[nodiscard]] std::optional<size_t> index_of(std::string_view metric_key) const;
};

/// Compares two sets or more that were scored with the same settings.
/// @param threads  0: one per core
/// @throws Error(kNotFound) when no case or no class is in all of them
[[nodiscard]] SetComparison compare_sets(std::span<const ScoreTable> sets, int threads = 1);

/// Sets of predictions against one truth.
struct SetScores {
  std::vector<ScoreTable> sets;
  std::optional<SetComparison> comparison;  ///< of two sets or more
};

/// True when a set is.
[[nodiscard]] bool is_partial(const SetScores& scores);

}  // namespace volseg::score
