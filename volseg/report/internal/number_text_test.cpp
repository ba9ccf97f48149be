// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/number_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace volseg::report::internal {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(ScoreText, has_three_decimals) {
  EXPECT_EQ(score_text(0.8908542006707391), "0.891");
  EXPECT_EQ(score_text(1.0), "1.000");
  EXPECT_EQ(score_text({}), "-");
  EXPECT_EQ(score_text(std::nan("")), "-");
}

TEST(BytesText, has_three_digits_and_a_decimal_unit) {
  EXPECT_EQ(bytes_text(0), "0 B");
  EXPECT_EQ(bytes_text(999), "999 B");
  EXPECT_EQ(bytes_text(1000), "1 kB");
  EXPECT_EQ(bytes_text(977420288), "977 MB");
  EXPECT_EQ(bytes_text(999.6e6), "1 GB");
  EXPECT_EQ(bytes_text(12.54e9), "12.5 GB");
  EXPECT_EQ(bytes_text(-1), "-");
  EXPECT_EQ(bytes_text(kInfinity), "-");
}

TEST(DurationText, says_two_units_and_carries_over) {
  EXPECT_EQ(duration_text(0), "0 s");
  EXPECT_EQ(duration_text(2.54), "2.5 s");
  EXPECT_EQ(duration_text(59.97), "1 min 0 s");
  EXPECT_EQ(duration_text(494.233928019), "8 min 14 s");
  EXPECT_EQ(duration_text(3599.7), "1 h 0 min");
  EXPECT_EQ(duration_text(7500), "2 h 5 min");
  EXPECT_EQ(duration_text(100 * 3600.0), "100 h 0 min");
  EXPECT_EQ(duration_text(-1), "-");
  EXPECT_EQ(duration_text(1e300), "-");
  EXPECT_EQ(duration_text(std::nan("")), "-");
}

TEST(PercentText, has_at_most_one_decimal_and_no_negative_zero) {
  EXPECT_EQ(percent_text(2.312300380875642e-05), "0 %");
  EXPECT_EQ(percent_text(-1e-9), "0 %");
  EXPECT_EQ(percent_text(0.0035), "0.4 %");
  EXPECT_EQ(percent_text(0.125), "12.5 %");
  EXPECT_EQ(percent_text(1), "100 %");
  EXPECT_EQ(percent_text(kInfinity), "-");
}

}  // namespace
}  // namespace volseg::report::internal
