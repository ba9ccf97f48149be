// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/assignment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "volseg/core/random.h"

namespace volseg::score::internal {
namespace {

// The best sum over all ways to give rows columns, each column once.
double best_sum(const std::vector<WeightedPair>& pairs, int64_t row, int64_t rows,
                std::set<int64_t>& taken) {
  if (row == rows) {
    return 0;
  }
  double best = best_sum(pairs, row + 1, rows, taken);
  for (const WeightedPair& pair : pairs) {
    if (pair.row == row && taken.insert(pair.column).second) {
      best = std::max(best, pair.weight + best_sum(pairs, row + 1, rows, taken));
      taken.erase(pair.column);
    }
  }
  return best;
}

double sum_of(const std::vector<WeightedPair>& pairs, const std::vector<int64_t>& columns) {
  std::set<int64_t> taken;
  double sum = 0;
  for (size_t row = 0; row < columns.size(); ++row) {
    if (columns[row] < 0) {
      continue;
    }
    EXPECT_TRUE(taken.insert(columns[row]).second);
    const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const WeightedPair& pair) {
      return pair.row == static_cast<int64_t>(row) && pair.column == columns[row];
    });
    EXPECT_NE(found, pairs.end());
    sum += found->weight;
  }
  return sum;
}

TEST(Assignment, is_the_best_of_all) {
  for (uint64_t trial = 0; trial < 1000; ++trial) {
    core::CounterRandom random(3, 0, trial);
    const int64_t rows = 1 + random.below(6);
    const int64_t columns = 1 + random.below(6);
    const double density_fraction = random.uniform(0.1, 1);
    const int64_t values = trial % 2 == 0 ? 3 : 1000;  // few values: many ties
    std::vector<WeightedPair> pairs;
    for (int64_t i = 0; i < rows * columns; ++i) {
      if (random.chance(density_fraction)) {
        pairs.push_back({i / columns, i % columns, static_cast<double>(1 + random.below(values))});
      }
    }
    std::set<int64_t> taken;
    EXPECT_DOUBLE_EQ(sum_of(pairs, assign_best(pairs, rows, columns)),
                     best_sum(pairs, 0, rows, taken));
  }
}

TEST(Assignment, gives_up_the_best_pair_for_a_better_sum) {
  const std::vector<WeightedPair> pairs = {{0, 0, 5}, {0, 1, 4}, {1, 0, 4}};
  EXPECT_EQ(assign_best(pairs, 2, 2), (std::vector<int64_t>{1, 0}));
}

TEST(Assignment, leaves_rows_alone_that_have_no_pair) {
  EXPECT_EQ(assign_best({}, 2, 3), (std::vector<int64_t>{-1, -1}));
  EXPECT_TRUE(assign_best({}, 0, 0).empty());
  EXPECT_EQ(assign_best({{1, 0, 1}}, 3, 1), (std::vector<int64_t>{-1, 0, -1}));
}

// Every row competes with both neighbours, and the whole chain moves when the last one comes.
TEST(Assignment, long_chains_stay_fast) {
  constexpr int64_t kRows = 20000;
  std::vector<WeightedPair> pairs;
  for (int64_t row = 0; row < kRows; ++row) {
    pairs.push_back({row, row, 1});
    pairs.push_back({row, row + 1, 1 - 1e-9 * static_cast<double>(row % 7)});
  }
  pairs.push_back({kRows, 0, 0.9});
  const auto start = std::chrono::steady_clock::now();
  const std::vector<int64_t> columns = assign_best(pairs, kRows + 1, kRows + 1);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(std::count(columns.begin(), columns.end(), -1), 0);
  EXPECT_LT(taken.count(), 10);
}

}  // namespace
}  // namespace volseg::score::internal
