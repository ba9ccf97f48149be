// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "volseg/score/metric.h"
#include "volseg/score/score_case.h"

namespace volseg::score {

/// One metric over cases. Mean, standard deviation and interval are of the finite values; median
/// and percentiles are of all, infinite ones being the largest.
struct MetricSummary {
  int64_t count = 0;     ///< values, infinite ones included
  int64_t infinite = 0;  ///< infinite values
  MetricValue mean;
  MetricValue median;
  MetricValue standard_deviation;  ///< of a sample: n - 1
  MetricValue percentile_5;
  MetricValue percentile_95;
  MetricValue interval_low;  ///< 95 % bootstrap interval of the mean, cases drawn
  MetricValue interval_high;
};

/// One class, or all of them, over cases: a summary for each of ScoreTable::class_metrics.
struct ClassSummary {
  std::string class_name;  ///< empty: all classes
  std::vector<MetricSummary> metrics;
};

/// Cases of one fold, or all of them.
struct FoldSummary {
  std::string fold;  ///< empty: all folds
  int64_t cases = 0;
  std::vector<ClassSummary> classes;       ///< in the order of ScoreTable::class_names
  ClassSummary all_classes;                ///< mean: of the class means; the rest: of case means
  std::vector<MetricSummary> case_values;  ///< for each of ScoreTable::case_metrics
};

/// A case that could not be read or scored.
struct FailedCase {
  std::string case_name;
  std::string error;
};

/// What has no partner on the other side.
struct Unmatched {
  std::vector<std::string> truth_cases;         ///< without a prediction; not scored
  std::vector<std::string> prediction_cases;    ///< not in the truth; not scored
  std::vector<std::string> truth_classes;       ///< not in the prediction; predicted nowhere
  std::vector<std::string> prediction_classes;  ///< not in the truth; not scored
};

/// Everything that `volseg score` tells about one set of predictions.
struct ScoreTable {
  std::string set_name;
  MetricSettings settings;
  std::vector<Metric> class_metrics;  ///< of scope class, in order
  std::vector<Metric> case_metrics;   ///< of scope case
  std::vector<std::string> class_names;
  std::vector<CaseScore> cases;    ///< by name
  FoldSummary summary;             ///< over all cases
  std::vector<FoldSummary> folds;  ///< each fold, where the truth has folds
  std::vector<FailedCase> failed;  ///< by name
  Unmatched unmatched;
  std::vector<std::string> notes;  ///< such as where names came from, a sentence each
  bool partial = false;  ///< a case failed, or a case or class of the truth has no partner

  /// Position among class_metrics; none when it was not computed.
  [[nodiscard]] std::optional<size_t> index_of(std::string_view metric_key) const;
  /// A class's value by the metric's key; none also when it was not computed.
  [[nodiscard]] MetricValue value(const ClassScore& scored, std::string_view metric_key) const;
  /// Mean over the classes of a case.
  [[nodiscard]] MetricValue case_mean(const CaseScore& scored, std::string_view metric_key) const;
  /// Mean of one class over the cases.
  [[nodiscard]] MetricValue class_mean(size_t class_index, std::string_view metric_key) const;
  /// Cases in which a class has a value.
  [[nodiscard]] int64_t counted_cases(size_t class_index, std::string_view metric_key) const;
  /// Mean of the class means.
  [[nodiscard]] MetricValue mean(std::string_view metric_key) const;
};

/// Sorts the cases by name and summarises them over all, and over each fold when they have folds.
/// @param threads  0: one per core
/// @throws Error(kShape) when a case has another number of classes or values
[[nodiscard]] ScoreTable make_table(std::vector<std::string> class_names,
                                    std::vector<CaseScore> cases,
                                    const MetricSettings& settings = {}, int threads = 1);

/// Scores cases that are in memory.
[[nodiscard]] ScoreTable score_runs(std::span<const CaseMasks> cases,
                                    const std::vector<std::string>& class_names,
                                    const MetricSettings& settings = {});

}  // namespace volseg::score
