// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/distribution_charts.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <tuple>

#include "volseg/report/internal/chart_frame.h"
#include "volseg/report/internal/html.h"
#include "volseg/report/internal/text_table.h"
#include "volseg/report/slices.h"

namespace volseg::report::internal {

namespace {

constexpr double kRowHeight = 18;
constexpr double kNameWidth = 170;
constexpr double kRowsRight = 470;
constexpr size_t kMostNameLetters = 24;
constexpr double kLeastBoxPixels = 1.5;
constexpr double kRangePixels = 1.4;

// A frame for `count` rows with names at their left.
ChartFrame frame_of_rows(size_t count) {
  ChartFrame frame;
  frame.left = kNameWidth;
  frame.right = kRowsRight;
  frame.bottom = frame.top + kRowHeight * static_cast<double>(count);
  frame.height = frame.bottom + 42;
  return frame;
}

double middle_of_row(const ChartFrame& frame, size_t row) {
  return frame.top + kRowHeight * (static_cast<double>(row) + 0.5);
}

std::string draw_row_name(const ChartFrame& frame, size_t row, const std::string& name) {
  return fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}<title>{}</title></text>\n",
                     frame.left - 8, middle_of_row(frame, row) + 4,
                     escape_html(terminal_text(name, kMostNameLetters)), escape_html(name));
}

std::string vertical_grid(const ChartFrame& frame, const std::vector<Tick>& ticks) {
  std::string svg;
  for (const Tick& tick : ticks) {
    svg +=
        fmt::format("<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>\n",
                    frame.left_of(tick.value), frame.top, frame.bottom);
  }
  return svg;
}

std::string box_text(const ChartBox& box) {
  const Distribution& values = *box.values;
  return fmt::format("{}: {:.4g} to {:.4g}, quartiles {:.4g} and {:.4g}, median {:.4g}", box.name,
                     values.minimum, values.maximum, values.lower_quartile, values.upper_quartile,
                     values.median);
}

std::string draw_line(double x1, double y1, double x2, double y2, const char* style) {
  return fmt::format("<line class=\"{}\" x1=\"{:.2f}\" x2=\"{:.2f}\" y1=\"{:.2f}\" y2=\"{:.2f}\"/>",
                     style, x1, x2, y1, y2);
}

std::string draw_rectangle(double left, double top, double width, double height) {
  return fmt::format(
      "<rect class=\"box\" x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\"/>", left,
      top, width, height);
}

std::string draw_flat_box(const ChartFrame& frame, size_t row, const ChartBox& box) {
  const auto x = [&](double value) { return frame.left_of(std::log10(value)); };
  const double y = middle_of_row(frame, row);
  const Distribution& values = *box.values;
  const double left = x(values.lower_quartile);
  return "<g>" + draw_line(x(values.minimum), y, x(values.maximum), y, "range") +
         draw_rectangle(left, y - 5, std::max(kLeastBoxPixels, x(values.upper_quartile) - left),
                        10) +
         draw_line(x(values.median), y - 6, x(values.median), y + 6, "middle") +
         fmt::format("<title>{}</title></g>\n", escape_html(box_text(box)));
}

std::string draw_standing_box(const ChartFrame& frame, size_t column, double step,
                              const ChartBox& box) {
  const double x = frame.left + step * (static_cast<double>(column) + 0.5);
  const double half = std::min(8.0, step * 0.4);
  const Distribution& values = *box.values;
  const double top = frame.top_of(values.upper_quartile);
  const double height = std::max(kLeastBoxPixels, frame.top_of(values.lower_quartile) - top);
  const double middle = frame.top_of(values.median);
  return "<g>" +
         draw_line(x, frame.top_of(values.maximum), x, frame.top_of(values.minimum), "range") +
         draw_rectangle(x - half, top, 2 * half, height) +
         draw_line(x - half, middle, x + half, middle, "middle") +
         fmt::format("<title>{}</title></g>\n", escape_html(box_text(box)));
}

std::string close_chart(const std::vector<ColorKey>& keys = {}) {
  return "</svg>\n" + (keys.empty() ? "" : html_keys(keys)) + "</div>\n";
}

// Equal points of a series, with the text of the first.
using PointGroups = std::map<std::tuple<size_t, double, double>, std::pair<int64_t, std::string>>;

PointGroups grouped(const std::vector<ChartPoint>& points) {
  PointGroups groups;
  for (const ChartPoint& point : points) {
    auto& [count, text] = groups[{point.series, point.x, point.y}];
    text = count == 0 ? point.text : text;
    ++count;
  }
  return groups;
}

// Grows slowly with the number of equal points. Of several series at one place the first lies
// largest and lowest, so that all are seen.
double radius_of(int64_t points) {
  constexpr double kLeast = 3;
  constexpr double kMostGrowth = 5;
  return kLeast + std::min(kMostGrowth, std::log2(static_cast<double>(points)) / 2);
}

}  // namespace

std::string box_rows(const std::string& title, const std::string& value_name,
                     const std::vector<ChartBox>& boxes) {
  ChartFrame frame = frame_of_rows(boxes.size());
  for (const ChartBox& box : boxes) {
    if (box.values) {
      frame.x.include(std::floor(std::log10(box.values->minimum)));
      frame.x.include(std::ceil(std::log10(box.values->maximum)));
    }
  }
  if (frame.x.empty()) {
    return html_missing(title);
  }
  const std::vector<Tick> ticks = power_ticks(frame.x, 6);
  std::string svg = open_chart(frame, title) + vertical_grid(frame, ticks) +
                    draw_x_axis(frame, ticks, value_name) + draw_title(frame, title);
  for (size_t row = 0; row < boxes.size(); ++row) {
    svg += draw_row_name(frame, row, boxes[row].name);
    svg += boxes[row].values ? draw_flat_box(frame, row, boxes[row]) : "";
  }
  return svg + close_chart();
}

std::string box_columns(const std::string& title, const std::string& columns_name,
                        const std::vector<ChartBox>& boxes) {
  ChartFrame frame;
  for (const ChartBox& box : boxes) {
    if (box.values) {
      frame.y.include(box.values->minimum);
      frame.y.include(box.values->maximum);
    }
  }
  if (frame.y.empty()) {
    return html_missing(title);
  }
  std::string svg = open_chart(frame, title) + draw_y_axis(frame, number_ticks(frame.y, 5)) +
                    draw_x_axis(frame, {}, columns_name) + draw_title(frame, title);
  const double step = (frame.right - frame.left) / static_cast<double>(boxes.size());
  svg += fmt::format("<g style=\"--range:{:.2f}px\">", std::min(kRangePixels, step / 2));
  for (size_t column = 0; column < boxes.size(); ++column) {
    svg += boxes[column].values ? draw_standing_box(frame, column, step, boxes[column]) : "";
  }
  return svg + "</g>\n" + close_chart();
}

std::string bar_rows(const std::string& title, const std::string& count_name,
                     const std::vector<ChartBar>& bars, int64_t whole) {
  if (bars.empty() || whole < 1) {
    return html_missing(title);
  }
  ChartFrame frame = frame_of_rows(bars.size());
  frame.right -= 80;
  frame.x.include(0);
  frame.x.include(static_cast<double>(whole));
  const std::vector<Tick> ticks = number_ticks(frame.x, std::min<int>(5, static_cast<int>(whole)));
  std::string svg = open_chart(frame, title) + vertical_grid(frame, ticks) +
                    draw_x_axis(frame, ticks, count_name) + draw_title(frame, title);
  for (size_t row = 0; row < bars.size(); ++row) {
    const double y = middle_of_row(frame, row);
    const double end = frame.left_of(static_cast<double>(bars[row].count));
    svg += draw_row_name(frame, row, bars[row].name) +
           draw_rectangle(frame.left, y - 5, end - frame.left, 10) +
           fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{} of {}</text>\n", end + 6, y + 4,
                       bars[row].count, whole);
  }
  return svg + close_chart();
}

std::string scatter_chart(const ScatterChart& chart) {
  ChartFrame frame;
  frame.x.include(0);
  frame.y.include(0);
  for (const ChartPoint& point : chart.points) {
    frame.x.include(point.x * 1.05);
    frame.y.include(point.y * 1.05);
  }
  if (chart.points.empty()) {
    return html_missing(chart.title);
  }
  std::string svg = open_chart(frame, chart.title) + draw_y_axis(frame, number_ticks(frame.y, 5)) +
                    draw_x_axis(frame, number_ticks(frame.x, 6), chart.x_name) +
                    draw_title(frame, chart.title + " (up: " + chart.y_name + ")");
  for (const auto& [key, group] : grouped(chart.points)) {
    const auto& [series, x, y] = key;
    const std::string others = group.first > 1 ? fmt::format(" and {} more", group.first - 1) : "";
    svg += fmt::format(
        "<circle class=\"point\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\" fill=\"{}\">"
        "<title>{}</title></circle>\n",
        frame.left_of(x), frame.top_of(y),
        radius_of(group.first) + 1.7 * static_cast<double>(chart.series.size() - 1 - series),
        css_color(class_color(static_cast<int64_t>(series))), escape_html(group.second + others));
  }
  std::vector<ColorKey> keys;
  for (size_t i = 0; i < chart.series.size(); ++i) {
    keys.push_back({chart.series[i], class_color(static_cast<int64_t>(i))});
  }
  return svg + close_chart(keys);
}

}  // namespace volseg::report::internal
