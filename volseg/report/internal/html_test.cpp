// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/html.h"

#include <gtest/gtest.h>

#include <string>

#include "volseg/report/internal/chart_frame.h"
#include "volseg/report/internal/charts.h"

namespace volseg::report::internal {
namespace {

size_t count_of(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

std::string encoded(const std::string& text) {
  return base64(std::as_bytes(std::span(text.data(), text.size())));
}

TEST(EscapeHtml, leaves_no_markup) {
  EXPECT_EQ(escape_html("<a href=\"x\">'&'</a>"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
}

TEST(Base64, equals_the_vectors_of_rfc_4648) {
  EXPECT_EQ(encoded(""), "");
  EXPECT_EQ(encoded("f"), "Zg==");
  EXPECT_EQ(encoded("fo"), "Zm8=");
  EXPECT_EQ(encoded("foo"), "Zm9v");
  EXPECT_EQ(encoded("foobar"), "Zm9vYmFy");
}

TEST(HtmlTable, escapes_cells_and_marks_columns_of_numbers) {
  const std::string html = html_table({"<name>", "Dice"}, {{{"<b>"}, {"0.5", true}}});
  EXPECT_EQ(html.find("<b>"), std::string::npos);
  EXPECT_NE(html.find("<th>&lt;name&gt;</th><th class=\"number\">Dice</th>"), std::string::npos);
}

TEST(LineChart, has_a_point_with_a_title_for_each_epoch_and_names_escaped) {
  const Chart chart{.title = "Loss",
                    .x_name = "epoch",
                    .x = {1, 2, 3, 4},
                    .lines = {{.name = "<train>", .values = {0.5, 0.25, {}, 0.125}}},
                    .y_range = {}};
  const std::string svg = line_chart(chart);
  EXPECT_EQ(count_of(svg, "<circle"), 3U);
  EXPECT_EQ(count_of(svg, "<polyline"), 1U);
  EXPECT_NE(svg.find("&lt;train&gt;, epoch 2: 0.25"), std::string::npos);
  EXPECT_EQ(svg.find("<train>"), std::string::npos);
}

TEST(LineChart, keeps_points_of_main_lines_only_where_there_are_many) {
  Chart chart{.title = "Dice", .x_name = "epoch", .x = {}, .lines = {}, .y_range = {}};
  chart.lines.resize(10);
  chart.lines[9].main = true;
  for (int epoch = 0; epoch < 1000; ++epoch) {
    chart.x.push_back(epoch);
    for (ChartLine& line : chart.lines) {
      line.values.emplace_back(epoch * 0.001);
    }
  }
  EXPECT_EQ(count_of(line_chart(chart), "<circle"), 1000U);
}

TEST(LineChart, says_when_nothing_was_recorded) {
  const Chart chart{.title = "Loss", .x_name = "epoch", .x = {1}, .lines = {{}}, .y_range = {}};
  EXPECT_NE(line_chart(chart).find("Loss: not recorded"), std::string::npos);
}

TEST(LineChart, writes_zero_without_a_sign) {
  const Chart chart{.title = "Loss",
                    .x_name = "epoch",
                    .x = {0, 1},
                    .lines = {{.name = "loss", .values = {-0.5, 0.75}}},
                    .y_range = {}};
  const std::string svg = line_chart(chart);
  EXPECT_EQ(svg.find(">-0<"), std::string::npos);
  EXPECT_NE(svg.find(">0<"), std::string::npos);
}

TEST(HtmlKeys, show_colours_and_escaped_names) {
  EXPECT_EQ(html_keys({{"<b>", {1, 2, 3}}}),
            "<div class=\"keys\"><span><i style=\"background:rgb(1,2,3)\"></i>&lt;b&gt;</span>"
            "</div>\n");
}

TEST(RoundTicks, are_round_and_inside) {
  EXPECT_EQ(round_ticks(0, 1, 5).size(), 6U);
  const std::vector<double> ticks = round_ticks(3, 97, 5);
  EXPECT_EQ(ticks, (std::vector<double>{20, 40, 60, 80}));
  EXPECT_EQ(round_ticks(2, 2, 5), std::vector<double>{2});
}

}  // namespace
}  // namespace volseg::report::internal
