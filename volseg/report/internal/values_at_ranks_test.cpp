// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/values_at_ranks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "volseg/core/random.h"

namespace volseg::report::internal {

namespace {

void expect_sorted_values(std::vector<float> values, const std::vector<int64_t>& ranks) {
  const std::vector<float> found = values_at_ranks(values, ranks);
  std::ranges::sort(values);
  ASSERT_EQ(found.size(), ranks.size());
  for (size_t i = 0; i < ranks.size(); ++i) {
    EXPECT_EQ(found[i], values[static_cast<size_t>(ranks[i])]) << "rank " << ranks[i];
  }
}

TEST(ValuesAtRanks, equal_those_of_the_sorted_values) {
  core::CounterRandom random(3, 0, 0);
  for (int64_t trial = 0; trial < 40; ++trial) {
    const auto count = 1 + random.below(3000);
    const double width = std::pow(10.0, static_cast<double>(random.below(12)) - 6);
    std::vector<float> values;
    for (int64_t i = 0; i < count; ++i) {
      const auto value = static_cast<float>((random.uniform() - 0.5) * width);
      values.push_back(trial % 2 == 0 ? value : std::round(value));
    }
    expect_sorted_values(values, {0, count / 7, count / 2, count / 2, count - 1});
  }
}

TEST(ValuesAtRanks, hold_for_the_ends_of_float) {
  using Limits = std::numeric_limits<float>;
  expect_sorted_values({Limits::max(), -0.0F, Limits::denorm_min(), Limits::lowest(), 0.0F,
                        -Limits::denorm_min(), Limits::infinity(), -Limits::infinity()},
                       {0, 1, 2, 3, 4, 5, 6, 7});
  EXPECT_TRUE(values_at_ranks(std::vector<float>{1, 2}, {}).empty());
}

}  // namespace

}  // namespace volseg::report::internal
