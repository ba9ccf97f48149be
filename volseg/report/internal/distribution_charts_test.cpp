// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/distribution_charts.h"

#include <gtest/gtest.h>

#include "volseg/report/internal/chart_frame.h"

namespace volseg::report::internal {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

size_t count_of(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(PowerTicks, are_powers_of_ten_inside_the_range) {
  ChartRange range;
  range.include(-2);
  range.include(1);
  const std::vector<Tick> ticks = power_ticks(range, 6);
  ASSERT_EQ(ticks.size(), 4U);
  EXPECT_EQ(ticks.front().text, "0.01");
  EXPECT_EQ(ticks.back().text, "10");
}

// 0.1 to 1000 lies between x = 170 and 470: a factor of ten is 75 wide.
TEST(BoxRows, place_ends_quartiles_and_median_on_a_logarithmic_axis) {
  const std::string svg =
      box_rows("Volume", "ml", {{"liver", Distribution{0.1, 1, 10, 100, 1000}}, {"none", {}}});
  EXPECT_TRUE(
      contains(svg, "class=\"range\" x1=\"170.00\" x2=\"470.00\" y1=\"43.00\" y2=\"43.00\""));
  EXPECT_TRUE(contains(svg, "x=\"245.00\" y=\"38.00\" width=\"150.00\" height=\"10.00\""));
  EXPECT_TRUE(contains(svg, "class=\"middle\" x1=\"320.00\""));
  EXPECT_TRUE(contains(svg, "liver: 0.1 to 1000, quartiles 1 and 100, median 10"));
  EXPECT_EQ(count_of(svg, "class=\"box\""), 1U);
  EXPECT_TRUE(contains(svg, ">none<title>none"));
}

TEST(BoxRows, say_when_no_class_is_present) {
  EXPECT_TRUE(contains(box_rows("Volume", "ml", {{"a", {}}}), "Volume: not recorded"));
}

TEST(BoxColumns, draw_one_box_for_each_case) {
  const std::string svg =
      box_columns("Intensities", "cases",
                  {{"<one>", Distribution{0, 1, 2, 3, 4}}, {"two", Distribution{5, 5, 5, 5, 5}}});
  EXPECT_EQ(count_of(svg, "class=\"box\""), 2U);
  EXPECT_TRUE(contains(svg, "&lt;one&gt;: 0 to 4"));
}

TEST(BarRows, are_as_long_as_their_share) {
  const std::string svg = bar_rows("Presence", "cases", {{"a", 5}, {"b", 0}}, 10);
  EXPECT_TRUE(contains(svg, "x=\"170.00\" y=\"38.00\" width=\"110.00\""));
  EXPECT_TRUE(contains(svg, "5 of 10"));
  EXPECT_TRUE(contains(svg, "width=\"0.00\""));
}

TEST(ScatterChart, joins_equal_points_of_a_series) {
  const ScatterChart chart{.title = "Grid",
                           .x_name = "mm",
                           .y_name = "voxels",
                           .series = {"axis 0", "axis 1"},
                           .points = {{1, 64, 0, "one"}, {1, 64, 0, "two"}, {1, 64, 1, "one"}}};
  const std::string svg = scatter_chart(chart);
  EXPECT_EQ(count_of(svg, "<circle"), 2U);
  EXPECT_TRUE(contains(svg, "one and 1 more"));
  EXPECT_TRUE(contains(svg, "axis 1"));
}

}  // namespace
}  // namespace volseg::report::internal
