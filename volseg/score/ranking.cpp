// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/score/internal/ranks.h"
#include "volseg/score/internal/sorted_values.h"
#include "volseg/score/statistics.h"

namespace volseg::score {

namespace {

// Cases in which every set has a value: values by case, one of each set.
std::vector<std::vector<double>> common_cases(std::span<const CaseValues> sets) {
  std::vector<std::vector<double>> cases;
  for (const CaseValues& set : sets) {
    if (set.size() != sets.front().size()) {
      throw Error(ErrorKind::kUsage, "score.rank",
                  fmt::format("one set has {} cases, another {}; expected the same cases",
                              sets.front().size(), set.size()));
    }
  }
  for (size_t i = 0; !sets.empty() && i < sets.front().size(); ++i) {
    std::vector<double> values;
    for (const CaseValues& set : sets) {
      if (set[i]) {
        values.push_back(*set[i]);
      }
    }
    internal::require_finite(values, "score.rank");
    if (values.size() == sets.size()) {
      cases.push_back(std::move(values));
    }
  }
  return cases;
}

// Sorts by what `compare` tells (negative: first is better) and gives equal neighbours one rank.
template <typename Compare>
void set_ranks(std::vector<RankedSet>& sets, int64_t RankedSet::*rank, Compare compare) {
  std::stable_sort(sets.begin(), sets.end(), [&](const RankedSet& first, const RankedSet& second) {
    return compare(first, second) < 0;
  });
  for (size_t i = 0; i < sets.size(); ++i) {
    const bool is_equal = i > 0 && compare(sets[i - 1], sets[i]) == 0;
    sets[i].*rank = is_equal ? sets[i - 1].*rank : static_cast<int64_t>(i) + 1;
  }
}

int sign_of(double value) { return value < 0 ? -1 : value > 0 ? 1 : 0; }

}  // namespace

Ranking rank_sets(std::span<const CaseValues> sets, Better better) {
  const std::vector<std::vector<double>> cases = common_cases(sets);
  const double sign = better == Better::kHigher ? -1 : 1;
  const auto count = static_cast<double>(cases.size());
  Ranking ranking{.cases = static_cast<int64_t>(cases.size())};
  for (size_t k = 0; k < sets.size(); ++k) {
    ranking.sets.push_back({.set = static_cast<int64_t>(k)});
  }
  std::vector<double> rank_sums(sets.size(), 0);
  std::vector<double> sums(sets.size(), 0);
  for (const std::vector<double>& values : cases) {
    std::vector<double> worse_is_higher(values);
    for (double& value : worse_is_higher) {
      value *= sign;
    }
    const internal::Ranks ranks = internal::rank_values(worse_is_higher);
    for (size_t k = 0; k < sets.size(); ++k) {
      rank_sums[k] += ranks.ranks[k];
      sums[k] += values[k];
    }
  }
  for (size_t k = 0; k < sets.size() && !cases.empty(); ++k) {
    ranking.sets[k].mean_rank = rank_sums[k] / count;
    ranking.sets[k].mean = sums[k] / count;
  }
  const auto by_mean = [sign](const RankedSet& first, const RankedSet& second) {
    return sign_of(sign * (first.mean.value_or(0) - second.mean.value_or(0)));
  };
  set_ranks(ranking.sets, &RankedSet::rank_of_mean, by_mean);
  std::sort(ranking.sets.begin(), ranking.sets.end(),
            [](const RankedSet& first, const RankedSet& second) { return first.set < second.set; });
  set_ranks(ranking.sets, &RankedSet::rank, [&](const RankedSet& first, const RankedSet& second) {
    const double difference = first.mean_rank.value_or(0) - second.mean_rank.value_or(0);
    return difference != 0 ? sign_of(difference) : by_mean(first, second);
  });
  return ranking;
}

}  // namespace volseg::score
