// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/strip_chart.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace volseg::report::internal {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

score::Metric metric_in(const std::string& unit, double best) {
  score::Metric metric;
  metric.name = "some metric";
  metric.unit = unit;
  metric.best = best;
  return metric;
}

size_t count_of(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

// numpy.percentile([4, 1, 3, 2, 10], [5, 25, 50, 75, 95])
TEST(QuantilesOf, equal_those_of_numpy) {
  const Quantiles found = quantiles_of({4, 1, 3, 2, 10}).value();
  EXPECT_DOUBLE_EQ(found.percentile_5, 1.2);
  EXPECT_DOUBLE_EQ(found.lower_quartile, 2);
  EXPECT_DOUBLE_EQ(found.median, 3);
  EXPECT_DOUBLE_EQ(found.upper_quartile, 4);
  EXPECT_DOUBLE_EQ(found.percentile_95, 8.8);
}

TEST(QuantilesOf, take_infinite_values_as_the_largest) {
  const Quantiles found = quantiles_of({kInfinite, 1, 2, kInfinite}).value();
  EXPECT_DOUBLE_EQ(found.lower_quartile, 1.75);
  EXPECT_EQ(found.median, kInfinite);
  EXPECT_EQ(quantiles_of({5, kInfinite, 3}).value().median, 5);
  EXPECT_FALSE(quantiles_of({}));
}

TEST(ValueAxis, shows_fractions_from_the_tenth_below_to_the_best) {
  const ValueAxis axis = axis_of(metric_in("fraction", 1), std::vector{0.73, 0.91}, 100, 400);
  EXPECT_DOUBLE_EQ(axis.range.low, 0.7);
  EXPECT_DOUBLE_EQ(axis.place(0.7), 100);
  EXPECT_DOUBLE_EQ(axis.place(1), 400);
  EXPECT_FALSE(axis.infinite);
}

TEST(ValueAxis, shows_distances_by_their_root_and_infinite_ones_beside) {
  const ValueAxis axis = axis_of(metric_in("mm", 0), std::vector{4.0, 100.0, kInfinite}, 0, 400);
  EXPECT_DOUBLE_EQ(axis.place(0), 0);
  EXPECT_NEAR(axis.place(4) / axis.place(100), 0.2, 1e-9);
  EXPECT_EQ(axis.place(kInfinite), 400);
  EXPECT_LT(axis.place(100), 370);
  for (const Tick& tick : axis.ticks()) {
    EXPECT_NEAR(tick.value, std::sqrt(std::stod(tick.text)), 1e-9);
  }
  EXPECT_GE(axis.ticks().size(), 4U);
}

TEST(ValueAxis, keeps_a_place_for_zero_on_a_logarithmic_scale) {
  const ValueAxis axis = logarithmic_axis(std::vector{0.0, 0.2, 30.0}, 50, 350);
  EXPECT_EQ(axis.place(0), 50);
  EXPECT_GT(axis.place(0.1), 60);
  EXPECT_DOUBLE_EQ(axis.place(100), 350);
  EXPECT_NEAR(axis.place(10) - axis.place(1), axis.place(1) - axis.place(0.1), 1e-9);
}

TEST(ValueAxis, holds_equal_values) {
  const ValueAxis fraction = axis_of(metric_in("fraction", 1), std::vector{1.0}, 0, 10);
  EXPECT_TRUE(std::isfinite(fraction.place(1)));
  const ValueAxis distance = axis_of(metric_in("mm", 0), std::vector{0.0}, 0, 10);
  EXPECT_DOUBLE_EQ(distance.place(0), 0);
  EXPECT_DOUBLE_EQ(difference_axis(std::vector{0.0}, 0, 10).place(0), 5);
}

TEST(Jitter, is_deterministic_and_inside_the_row) {
  for (size_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(jitter_of(i), jitter_of(i));
    EXPECT_LE(std::abs(jitter_of(i)), 0.5);
  }
  EXPECT_GT(std::abs(jitter_of(0) - jitter_of(1)), 0.3);
}

StripChart chart_of(const std::vector<score::MetricValue>& values) {
  StripChart chart{
      .title = "T",
      .axis_name = "A",
      .note_name = "N",
      .axis = axis_of(metric_in("fraction", 1), std::vector{0.0, 1.0}, kStripLeft, kStripRight),
      .rows = {}};
  StripRow row{.name = "<script>", .note = "0.5", .values = values};
  std::vector<double> there;
  for (const score::MetricValue& value : values) {
    if (value) {
      there.push_back(*value);
    }
  }
  row.box = quantiles_of(there);
  chart.rows.push_back(row);
  return chart;
}

TEST(DrawStrips, draws_a_dot_for_every_value_and_escapes_names) {
  const std::string svg = draw_strips(chart_of({0.1, std::nullopt, 0.5, 1.0}));
  EXPECT_EQ(count_of(svg, "h0"), 3U);
  EXPECT_EQ(count_of(svg, "<script>"), 0U);
  EXPECT_EQ(count_of(svg, "&lt;script&gt;"), 2U);
  EXPECT_NE(svg.find("M555.0 "), std::string::npos);  // 0.5 in the middle of 230 to 880
}

TEST(DrawStrips, names_the_outliers_when_it_draws_only_them) {
  std::vector<score::MetricValue> values;
  for (int i = 0; i <= 100; ++i) {
    values.emplace_back(i / 100.0);
  }
  StripChart chart = chart_of(values);
  chart.only_outliers = true;
  const std::string svg = draw_strips(chart);
  EXPECT_EQ(count_of(svg, "h0"), 10U);
  EXPECT_NE(svg.find("data-cases=\"0 1 2 3 4 96 97 98 99 100\""), std::string::npos);
}

}  // namespace
}  // namespace volseg::report::internal
