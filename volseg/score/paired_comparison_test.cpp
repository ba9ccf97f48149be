// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/core/random.h"
#include "volseg/score/statistics.h"

namespace volseg::score {
namespace {

// Rank of each size: one more than the smaller ones, and half of the other equal ones.
double rank_of(const std::vector<double>& values, size_t index) {
  double rank = 1;
  for (size_t i = 0; i < values.size(); ++i) {
    const double difference = std::abs(values[i]) - std::abs(values[index]);
    rank += difference < 0 ? 1 : difference == 0 && i != index ? 0.5 : 0;
  }
  return rank;
}

// Two-sided p-value from every assignment of signs.
double p_value_of_all_signs(const std::vector<double>& values) {
  double observed = 0;
  double total = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    observed += values[i] > 0 ? rank_of(values, i) : 0;
    total += rank_of(values, i);
  }
  const double smaller = std::min(observed, total - observed);
  int64_t as_extreme = 0;
  const int64_t assignments = int64_t{1} << values.size();
  for (int64_t signs = 0; signs < assignments; ++signs) {
    double sum = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      sum += (signs >> i & 1) != 0 ? rank_of(values, i) : 0;
    }
    as_extreme += sum <= smaller ? 1 : 0;
  }
  return std::min(1.0, 2 * static_cast<double>(as_extreme) / static_cast<double>(assignments));
}

TEST(Wilcoxon, equals_all_assignments_of_signs) {
  for (uint64_t trial = 0; trial < 60; ++trial) {
    core::CounterRandom random(13, 0, trial);
    const int64_t count = 1 + random.below(9);
    std::vector<double> values;
    for (int64_t i = 0; i < count; ++i) {
      const double size =
          trial % 2 == 0 ? static_cast<double>(1 + random.below(4)) : random.uniform();
      values.push_back(random.chance(0.7) ? size : -size);
    }
    const Wilcoxon found = wilcoxon_signed_rank(values).value();
    EXPECT_TRUE(found.is_exact);
    EXPECT_NEAR(found.p_value, p_value_of_all_signs(values), 1e-12);
    values.push_back(0);
    EXPECT_NEAR(wilcoxon_signed_rank(values)->p_value, found.p_value, 1e-12);
  }
}

// Table of critical values: for n = 10, a statistic of 8 is the last one significant at 0.05.
TEST(Wilcoxon, equals_the_published_table) {
  const std::vector<double> just = {-1, -7, 2, 3, 4, 5, 6, 8, 9, 10};
  EXPECT_EQ(wilcoxon_signed_rank(just)->statistic, 8);
  EXPECT_NEAR(wilcoxon_signed_rank(just)->p_value, 0.048828125, 1e-12);
  const std::vector<double> hardly = {-1, -8, 2, 3, 4, 5, 6, 7, 9, 10};
  EXPECT_NEAR(wilcoxon_signed_rank(hardly)->p_value, 0.064453125, 1e-12);
}

TEST(Wilcoxon, is_approximate_for_many_and_for_ties) {
  std::vector<double> values;
  for (int i = 1; i <= 50; ++i) {
    values.push_back(i % 3 == 0 ? -i : i);
  }
  EXPECT_TRUE(wilcoxon_signed_rank(values)->is_exact);
  const double exact = wilcoxon_signed_rank(values)->p_value;
  values.push_back(51);
  EXPECT_FALSE(wilcoxon_signed_rank(values)->is_exact);
  values.pop_back();
  values.back() = 49;
  const Wilcoxon tied = wilcoxon_signed_rank(values).value();
  EXPECT_FALSE(tied.is_exact);
  EXPECT_NEAR(tied.p_value, exact, 0.02);
}

TEST(Wilcoxon, of_no_difference_is_none) {
  EXPECT_FALSE(wilcoxon_signed_rank({}).has_value());
  EXPECT_FALSE(wilcoxon_signed_rank(std::vector<double>{0, 0, 0}).has_value());
  const Wilcoxon one = wilcoxon_signed_rank(std::vector<double>{-3}).value();
  EXPECT_EQ(one.statistic, 0);
  EXPECT_EQ(one.p_value, 1);
  EXPECT_THROW(
      (void)wilcoxon_signed_rank(std::vector<double>{std::numeric_limits<double>::infinity()}),
      Error);
}

TEST(PairedComparison, counts_cases_with_both_values) {
  const CaseValues first = {0.5, 0.6, std::nullopt, 0.9, 0.7};
  const CaseValues second = {0.75, 0.6, 0.1, std::nullopt, 0.6};
  const PairedComparison found = compare_pairs(first, second).value();
  EXPECT_EQ(found.cases, 3);
  EXPECT_EQ(found.left_out_cases, 2);
  EXPECT_EQ(found.second_higher, 1);
  EXPECT_EQ(found.first_higher, 1);
  EXPECT_DOUBLE_EQ(found.first_mean, 0.6);
  EXPECT_DOUBLE_EQ(found.second_mean, 0.65);
  EXPECT_NEAR(found.mean_difference, 0.05, 1e-15);
  EXPECT_EQ(found.median_difference, 0);
  EXPECT_EQ(found.interval, bootstrap_mean(std::vector<double>{0.75 - 0.5, 0.6 - 0.6, 0.6 - 0.7}));
  EXPECT_EQ(found.wilcoxon->pairs, 2);
}

TEST(PairedComparison, needs_common_cases) {
  EXPECT_FALSE(compare_pairs({1.0, std::nullopt}, {std::nullopt, 1.0}).has_value());
  EXPECT_FALSE(compare_pairs({}, {}).has_value());
  EXPECT_THROW((void)compare_pairs({1.0}, {}), Error);
  const PairedComparison equal = compare_pairs({1.0, 2.0}, {1.0, 2.0}).value();
  EXPECT_EQ(equal.interval, (Interval{0, 0}));
  EXPECT_FALSE(equal.wilcoxon.has_value());
}

TEST(Ranking, averages_ranks_within_cases) {
  const std::vector<CaseValues> sets = {{0.9, 0.5, 0.8}, {0.8, 0.6, 0.8}, {0.7, 0.4, 0.1}};
  const Ranking ranking = rank_sets(sets, Better::kHigher);
  EXPECT_EQ(ranking.cases, 3);
  ASSERT_EQ(ranking.sets.size(), 3U);
  EXPECT_EQ(ranking.sets[0].set, 0);  // both have mean rank 1.5 and mean 2.2 / 3
  EXPECT_DOUBLE_EQ(*ranking.sets[0].mean_rank, (1 + 2 + 1.5) / 3);
  EXPECT_DOUBLE_EQ(*ranking.sets[1].mean_rank, (2 + 1 + 1.5) / 3);
  EXPECT_DOUBLE_EQ(*ranking.sets[2].mean_rank, 3);
  EXPECT_EQ(ranking.sets[2].rank, 3);
  EXPECT_EQ(ranking.sets[2].rank_of_mean, 3);
}

TEST(Ranking, shares_equal_ranks_and_orders_equal_mean_ranks_by_mean) {
  const std::vector<CaseValues> sets = {{2.0, 1.0}, {1.0, 3.0}, {9.0, 9.0}, {1.0, 3.0}};
  const Ranking ranking = rank_sets(sets, Better::kLower);
  // Mean ranks: (3 + 1) / 2, (1.5 + 2.5) / 2, 4, (1.5 + 2.5) / 2.
  EXPECT_EQ(ranking.sets[0].set, 0);
  EXPECT_EQ(ranking.sets[0].rank, 1);
  EXPECT_EQ(ranking.sets[1].set, 1);
  EXPECT_EQ(ranking.sets[1].rank, 2);
  EXPECT_EQ(ranking.sets[2].set, 3);
  EXPECT_EQ(ranking.sets[2].rank, 2);
  EXPECT_EQ(ranking.sets[3].rank, 4);
  EXPECT_EQ(ranking.sets[0].rank_of_mean, 1);
  EXPECT_EQ(ranking.sets[2].rank_of_mean, 2);
}

TEST(Ranking, may_differ_between_mean_rank_and_mean) {
  const std::vector<CaseValues> sets = {{0.9, 0.9, 0.0}, {0.8, 0.8, 0.8}};
  const Ranking ranking = rank_sets(sets, Better::kHigher);
  EXPECT_EQ(ranking.sets[0].set, 0);
  EXPECT_EQ(ranking.sets[0].rank_of_mean, 2);
  EXPECT_EQ(ranking.sets[1].rank_of_mean, 1);
}

TEST(Ranking, counts_cases_in_which_every_set_has_a_value) {
  const std::vector<CaseValues> sets = {{0.9, std::nullopt}, {0.8, 1.0}};
  EXPECT_EQ(rank_sets(sets, Better::kHigher).cases, 1);
  const std::vector<CaseValues> none = {{std::nullopt}, {1.0}};
  const Ranking ranking = rank_sets(none, Better::kHigher);
  EXPECT_EQ(ranking.cases, 0);
  EXPECT_FALSE(ranking.sets[0].mean_rank.has_value());
  EXPECT_EQ(ranking.sets[1].rank, 1);
  EXPECT_TRUE(rank_sets({}, Better::kHigher).sets.empty());
  EXPECT_THROW((void)rank_sets(std::vector<CaseValues>{{1.0}, {}}, Better::kHigher), Error);
}

}  // namespace
}  // namespace volseg::score
