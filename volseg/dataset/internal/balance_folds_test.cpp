// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/balance_folds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

namespace volseg::dataset::internal {
namespace {

using Classes = std::vector<int>;

// A case that holds the classes with 1.
FoldCase case_of(const Classes& classes, const std::string& group = "") {
  FoldCase one{.group = group, .has_classes = {}};
  for (const int present : classes) {
    one.has_classes.push_back(present != 0 ? 1 : 0);
  }
  return one;
}

// Cases of each fold that hold a class; class -1: all cases.
std::vector<int> counts_in(const std::vector<FoldCase>& cases, const std::vector<size_t>& folds,
                           size_t fold_count, int class_index) {
  std::vector<int> counts(fold_count);
  for (size_t i = 0; i < cases.size(); ++i) {
    const bool counted =
        class_index < 0 || cases[i].has_classes[static_cast<size_t>(class_index)] != 0;
    counts[folds[i]] += counted ? 1 : 0;
  }
  return counts;
}

TEST(BalanceFolds, shares_cases_evenly_without_classes) {
  const std::vector<FoldCase> cases(12);
  const auto folds = balance_folds(cases, fold_units(cases, 7), equal_shares(5));
  std::vector<int> counts = counts_in(cases, folds, 5, -1);
  std::ranges::sort(counts);
  EXPECT_EQ(counts, (std::vector<int>{2, 2, 2, 3, 3}));
}

TEST(BalanceFolds, gives_each_fold_its_share_of_a_rare_and_a_common_class) {
  std::vector<FoldCase> cases;
  for (int i = 0; i < 100; ++i) {
    cases.push_back(case_of({i % 20 == 0 ? 1 : 0, i % 2, 1}));
  }
  for (const uint64_t seed : {0, 1, 2, 3}) {
    const auto folds = balance_folds(cases, fold_units(cases, seed), equal_shares(5));
    EXPECT_EQ(counts_in(cases, folds, 5, 0), (std::vector<int>(5, 1)));
    EXPECT_EQ(counts_in(cases, folds, 5, 1), (std::vector<int>(5, 10)));
    EXPECT_EQ(counts_in(cases, folds, 5, 2), (std::vector<int>(5, 20)));
  }
}

TEST(BalanceFolds, keeps_groups_whole_and_still_shares_classes) {
  std::vector<FoldCase> cases;
  for (int group = 0; group < 20; ++group) {
    for (int i = 0; i < 3; ++i) {
      cases.push_back(case_of({group % 4 == 0 ? 1 : 0, 1}, "patient" + std::to_string(group)));
    }
  }
  const auto folds = balance_folds(cases, fold_units(cases, 3), equal_shares(5));
  for (size_t i = 0; i < cases.size(); i += 3) {
    EXPECT_TRUE(folds[i] == folds[i + 1] && folds[i] == folds[i + 2]);
  }
  EXPECT_EQ(counts_in(cases, folds, 5, 0), (std::vector<int>(5, 3)));
  EXPECT_EQ(counts_in(cases, folds, 5, 1), (std::vector<int>(5, 12)));
}

TEST(BalanceFolds, follows_unequal_shares) {
  std::vector<FoldCase> cases;
  for (int i = 0; i < 50; ++i) {
    cases.push_back(case_of({i % 5 == 0 ? 1 : 0}));
  }
  const auto folds = balance_folds(cases, fold_units(cases, 1), {0.2, 0.8});
  EXPECT_EQ(counts_in(cases, folds, 2, -1), (std::vector<int>{10, 40}));
  EXPECT_EQ(counts_in(cases, folds, 2, 0), (std::vector<int>{2, 8}));
}

TEST(BalanceFolds, leaves_no_fold_empty) {
  std::vector<FoldCase> cases;
  for (int i = 0; i < 30; ++i) {
    cases.push_back(case_of({1}, i < 28 ? "big" : "small" + std::to_string(i)));
  }
  const auto folds = balance_folds(cases, fold_units(cases, 1), {0.1, 0.9});
  const std::set<size_t> used(folds.begin(), folds.end());
  EXPECT_EQ(used.size(), 2U);
  const std::vector<FoldCase> two(2);
  const auto tiny = balance_folds(two, fold_units(two, 1), {0.01, 0.99});
  EXPECT_NE(tiny[0], tiny[1]);
}

TEST(BalanceFolds, depends_on_the_seed_only) {
  const std::vector<FoldCase> cases(40);
  const auto first = balance_folds(cases, fold_units(cases, 5), equal_shares(4));
  EXPECT_EQ(first, balance_folds(cases, fold_units(cases, 5), equal_shares(4)));
  EXPECT_NE(first, balance_folds(cases, fold_units(cases, 6), equal_shares(4)));
}

}  // namespace
}  // namespace volseg::dataset::internal
