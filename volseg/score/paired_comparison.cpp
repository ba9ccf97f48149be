// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "volseg/core/error.h"
#include "volseg/score/internal/ranks.h"
#include "volseg/score/internal/sorted_values.h"
#include "volseg/score/statistics.h"

namespace volseg::score {

namespace {

constexpr size_t kMostForExact = 50;
constexpr size_t kMostForExactWithTies = 13;

// Chance that positive ranks sum to `smaller` or less, or to as much on the other side, when every
// sign is a fair coin: by counting the sets of ranks for each sum. Sums are doubled, as shared
// ranks are halves.
double exact_p_value(std::span<const double> ranks, double smaller) {
  std::vector<double> ways = {1};
  for (const double rank : ranks) {
    const auto doubled = static_cast<size_t>(2 * rank);
    ways.resize(ways.size() + doubled, 0);
    for (size_t sum = ways.size() - 1; sum >= doubled; --sum) {
      ways[sum] += ways[sum - doubled];
    }
  }
  const auto last = static_cast<int64_t>(2 * smaller);
  const double below = std::accumulate(ways.begin(), ways.begin() + last + 1, 0.0);
  return std::min(1.0, 2 * below / std::ldexp(1.0, static_cast<int>(ranks.size())));
}

double normal_p_value(const internal::Ranks& ranks, double smaller) {
  const auto n = static_cast<double>(ranks.ranks.size());
  double tie_correction = 0;
  for (const int64_t size : ranks.sizes_of_ties) {
    const auto tied = static_cast<double>(size);
    tie_correction += tied * tied * tied - tied;
  }
  const double variance = (n * (n + 1) * (2 * n + 1) - tie_correction / 2) / 24;
  const double z = (n * (n + 1) / 4 - smaller) / std::sqrt(variance);
  return std::erfc(z / std::numbers::sqrt2);
}

// Cases with a value on both sides.
struct Pairs {
  std::vector<double> first;
  std::vector<double> second;
  std::vector<double> differences;
};

Pairs pair_values(const CaseValues& first, const CaseValues& second) {
  if (first.size() != second.size()) {
    throw Error(ErrorKind::kUsage, "score.compare",
                fmt::format("one set has {} cases, the other {}; expected the same cases",
                            first.size(), second.size()));
  }
  Pairs pairs;
  for (size_t i = 0; i < first.size(); ++i) {
    if (first[i] && second[i]) {
      pairs.first.push_back(*first[i]);
      pairs.second.push_back(*second[i]);
      pairs.differences.push_back(*second[i] - *first[i]);
    }
  }
  internal::require_finite(pairs.differences, "score.compare");
  return pairs;
}

}  // namespace

std::optional<Wilcoxon> wilcoxon_signed_rank(std::span<const double> differences) {
  internal::require_finite(differences, "score.wilcoxon");
  std::vector<double> sizes;
  std::vector<bool> is_positive;
  for (const double difference : differences) {
    if (difference != 0) {
      sizes.push_back(std::abs(difference));
      is_positive.push_back(difference > 0);
    }
  }
  if (sizes.empty()) {
    return std::nullopt;
  }
  const internal::Ranks ranks = internal::rank_values(sizes);
  double positive_sum = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    positive_sum += is_positive[i] ? ranks.ranks[i] : 0;
  }
  const auto n = static_cast<double>(sizes.size());
  const double smaller = std::min(positive_sum, n * (n + 1) / 2 - positive_sum);
  const bool has_ties = ranks.sizes_of_ties.size() < sizes.size();
  const bool has_zeros = sizes.size() < differences.size();
  const bool is_exact =
      differences.size() <= (has_ties || has_zeros ? kMostForExactWithTies : kMostForExact);
  return Wilcoxon{
      .pairs = static_cast<int64_t>(sizes.size()),
      .statistic = smaller,
      .p_value = is_exact ? exact_p_value(ranks.ranks, smaller) : normal_p_value(ranks, smaller),
      .is_exact = is_exact};
}

std::optional<PairedComparison> compare_pairs(const CaseValues& first, const CaseValues& second,
                                              const BootstrapSettings& settings) {
  const Pairs pairs = pair_values(first, second);
  const std::vector<double>& differences = pairs.differences;
  if (differences.empty()) {
    return std::nullopt;
  }
  const auto count_if = [&differences](auto condition) {
    return static_cast<int64_t>(std::count_if(differences.begin(), differences.end(), condition));
  };
  const auto cases = static_cast<int64_t>(differences.size());
  return PairedComparison{
      .cases = cases,
      .left_out_cases = static_cast<int64_t>(first.size()) - cases,
      .second_higher = count_if([](double difference) { return difference > 0; }),
      .first_higher = count_if([](double difference) { return difference < 0; }),
      .first_mean = internal::mean_of(pairs.first),
      .second_mean = internal::mean_of(pairs.second),
      .mean_difference = internal::mean_of(differences),
      .median_difference = internal::percentile_of_sorted(internal::sorted_copy(differences), 50),
      .interval = bootstrap_mean(differences, settings),
      .wilcoxon = wilcoxon_signed_rank(differences)};
}

}  // namespace volseg::score
