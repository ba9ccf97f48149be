// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/balance_folds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

namespace volseg::dataset::internal {
namespace {

using Classes = std::vector<int>;

// A row that holds the classes with 1.
Row row_of(const Classes& classes, const std::string& group = "") {
  Row row;
  row.group = group;
  for (const int present : classes) {
    row.run_texts.emplace_back(present != 0 ? "1 1" : "");
  }
  return row;
}

std::vector<double> equal_shares(size_t count) {
  return std::vector<double>(count, 1.0 / static_cast<double>(count));
}

// Rows of each fold that hold a class; class -1: all rows.
std::vector<int> counts_in(const std::vector<Row>& rows, const std::vector<size_t>& folds,
                           size_t fold_count, int class_index) {
  std::vector<int> counts(fold_count);
  for (size_t i = 0; i < rows.size(); ++i) {
    const bool counted =
        class_index < 0 || !rows[i].run_texts[static_cast<size_t>(class_index)].empty();
    counts[folds[i]] += counted ? 1 : 0;
  }
  return counts;
}

TEST(BalanceFolds, shares_rows_evenly_without_classes) {
  const std::vector<Row> rows(12);
  const auto folds = balance_folds(rows, fold_units(rows, false, 7), equal_shares(5));
  std::vector<int> counts = counts_in(rows, folds, 5, -1);
  std::ranges::sort(counts);
  EXPECT_EQ(counts, (std::vector<int>{2, 2, 2, 3, 3}));
}

TEST(BalanceFolds, gives_each_fold_its_share_of_a_rare_and_a_common_class) {
  std::vector<Row> rows;
  for (int i = 0; i < 100; ++i) {
    rows.push_back(row_of({i % 20 == 0 ? 1 : 0, i % 2, 1}));
  }
  for (const uint64_t seed : {0, 1, 2, 3}) {
    const auto folds = balance_folds(rows, fold_units(rows, false, seed), equal_shares(5));
    EXPECT_EQ(counts_in(rows, folds, 5, 0), (std::vector<int>(5, 1)));
    EXPECT_EQ(counts_in(rows, folds, 5, 1), (std::vector<int>(5, 10)));
    EXPECT_EQ(counts_in(rows, folds, 5, 2), (std::vector<int>(5, 20)));
  }
}

TEST(BalanceFolds, keeps_groups_whole_and_still_shares_classes) {
  std::vector<Row> rows;
  for (int group = 0; group < 20; ++group) {
    for (int i = 0; i < 3; ++i) {
      rows.push_back(row_of({group % 4 == 0 ? 1 : 0, 1}, "patient" + std::to_string(group)));
    }
  }
  const auto folds = balance_folds(rows, fold_units(rows, true, 3), equal_shares(5));
  for (size_t i = 0; i < rows.size(); i += 3) {
    EXPECT_TRUE(folds[i] == folds[i + 1] && folds[i] == folds[i + 2]);
  }
  EXPECT_EQ(counts_in(rows, folds, 5, 0), (std::vector<int>(5, 3)));
  EXPECT_EQ(counts_in(rows, folds, 5, 1), (std::vector<int>(5, 12)));
}

TEST(BalanceFolds, follows_unequal_shares) {
  std::vector<Row> rows;
  for (int i = 0; i < 50; ++i) {
    rows.push_back(row_of({i % 5 == 0 ? 1 : 0}));
  }
  const auto folds = balance_folds(rows, fold_units(rows, false, 1), {0.2, 0.8});
  EXPECT_EQ(counts_in(rows, folds, 2, -1), (std::vector<int>{10, 40}));
  EXPECT_EQ(counts_in(rows, folds, 2, 0), (std::vector<int>{2, 8}));
}

TEST(BalanceFolds, leaves_no_fold_empty) {
  std::vector<Row> rows;
  for (int i = 0; i < 30; ++i) {
    rows.push_back(row_of({1}, i < 28 ? "big" : "small" + std::to_string(i)));
  }
  const auto folds = balance_folds(rows, fold_units(rows, true, 1), {0.1, 0.9});
  const std::set<size_t> used(folds.begin(), folds.end());
  EXPECT_EQ(used.size(), 2U);
  const std::vector<Row> two(2);
  const auto tiny = balance_folds(two, fold_units(two, false, 1), {0.01, 0.99});
  EXPECT_NE(tiny[0], tiny[1]);
}

TEST(BalanceFolds, depends_on_the_seed_only) {
  const std::vector<Row> rows(40);
  const auto first = balance_folds(rows, fold_units(rows, false, 5), equal_shares(4));
  EXPECT_EQ(first, balance_folds(rows, fold_units(rows, false, 5), equal_shares(4)));
  EXPECT_NE(first, balance_folds(rows, fold_units(rows, false, 6), equal_shares(4)));
}

}  // namespace
}  // namespace volseg::dataset::internal
