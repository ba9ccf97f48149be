// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace volseg::score {

/// What is told of a list of values; all are finite numbers.
struct Summary {
  int64_t count = 0;
  double mean = 0;
  double median = 0;
  std::optional<double> standard_deviation;  ///< of a sample (ddof 1); none for one value
  double percentile_5 = 0;
  double percentile_95 = 0;
  double smallest = 0;
  double largest = 0;
};

/// None for an empty list. @throws Error(kUsage) on a value that is not finite
[[nodiscard]] std::optional<Summary> summarize(std::span<const double> values);

/// The value below which `percent` of the values lie, linear between the two nearest in rank, as
/// numpy.percentile by default. @throws Error(kUsage) on an empty list or a percent outside
/// [0, 100]
[[nodiscard]] double percentile(std::span<const double> values, double percent);

/// Both ends of a confidence interval.
struct Interval {
  double low = 0;
  double high = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

/// How intervals are drawn; the same settings give the same interval everywhere.
struct BootstrapSettings {
  int64_t resamples = 10000;
  double confidence_fraction = 0.95;
  uint64_t seed = 1;
};

/// Interval of the mean by the percentile method: means of `resamples` draws of as many values with
/// replacement. None for fewer than two values. @throws Error(kUsage) on settings out of range or a
/// value that is not finite
/// @source Efron, Tibshirani 1993, chapter 13
[[nodiscard]] std::optional<Interval> bootstrap_mean(std::span<const double> values,
                                                     const BootstrapSettings& settings = {});

/// bootstrap_mean of each list; lists of equal length share their draws, which is much faster.
[[nodiscard]] std::vector<std::optional<Interval>> bootstrap_means(
    std::span<const std::vector<double>> lists, const BootstrapSettings& settings = {});

/// Values of one class, a case each; none where the class has no value in the case.
using CaseValues = std::vector<std::optional<double>>;

/// Mean over the classes of a class's mean over the cases in which it has a value; classes without
/// any value are left out. None when no class has one.
[[nodiscard]] std::optional<double> mean_of_class_means(std::span<const CaseValues> classes);

/// Interval of mean_of_class_means: draws whole cases, so that the classes of one case stay
/// together; cases without any value are left out, and so is a class from a draw in which it has no
/// value. None for fewer than two cases with a value.
/// @throws Error(kUsage) when classes differ in their number of cases, as bootstrap_mean
[[nodiscard]] std::optional<Interval> bootstrap_mean_of_class_means(
    std::span<const CaseValues> classes, const BootstrapSettings& settings = {});

/// Wilcoxon's signed-rank test of paired differences, two-sided.
struct Wilcoxon {
  int64_t pairs = 0;      ///< with a difference other than 0
  double statistic = 0;   ///< the smaller of the rank sums of positive and negative differences
  double p_value = 1;     ///< chance of a statistic this extreme when neither set is better
  bool is_exact = false;  ///< from all assignments of signs; false: normal approximation
};

/// Differences of 0 are dropped, equal ones share their mean rank. Exact for up to 50 pairs without
/// zeros and ties, and for up to 13 with them; else the normal approximation with the correction
/// for ties and none for continuity: as scipy.stats.wilcoxon by default. None when every difference
/// is 0. @throws Error(kUsage) on a value that is not finite
/// @source Wilcoxon 1945
[[nodiscard]] std::optional<Wilcoxon> wilcoxon_signed_rank(std::span<const double> differences);

/// Two sets of predictions on the same cases; differences are second minus first.
struct PairedComparison {
  int64_t cases = 0;           ///< in which both have a value
  int64_t left_out_cases = 0;  ///< in which one or both have none
  int64_t second_higher = 0;   ///< cases
  int64_t first_higher = 0;    ///< cases
  double first_mean = 0;       ///< over the cases of both
  double second_mean = 0;      ///< over the cases of both
  double mean_difference = 0;
  double median_difference = 0;
  std::optional<Interval> interval;  ///< of the mean difference, by bootstrap over cases
  std::optional<Wilcoxon> wilcoxon;
};

/// Compares values of the same cases in the same order. None when no case has both.
/// @throws Error(kUsage) when the lists differ in length
[[nodiscard]] std::optional<PairedComparison> compare_pairs(const CaseValues& first,
                                                            const CaseValues& second,
                                                            const BootstrapSettings& settings = {});

/// Whether a better set has higher values (Dice) or lower ones (HD95).
enum class Better : uint8_t { kHigher, kLower };

/// One set of predictions among several.
struct RankedSet {
  int64_t set = 0;                  ///< index of the set as given
  std::optional<double> mean_rank;  ///< of the ranks within each counted case; 1 is best
  std::optional<double> mean;       ///< over the counted cases
  int64_t rank = 0;          ///< by mean_rank, then mean; equal sets share the smallest, from 1
  int64_t rank_of_mean = 0;  ///< by mean alone; equal sets share the smallest, from 1
};

/// Sets by rank, and how many cases were counted.
struct Ranking {
  std::vector<RankedSet> sets;  ///< best first; equal ones in the order given
  int64_t cases = 0;            ///< in which every set has a value; only these count
};

/// Ranks within each case, equal values sharing their mean rank, then averages ("rank then
/// aggregate"); also the rank of the means ("aggregate then rank"). @throws Error(kUsage) when sets
/// differ in their number of cases
[[nodiscard]] Ranking rank_sets(std::span<const CaseValues> sets, Better better);

}  // namespace volseg::score
