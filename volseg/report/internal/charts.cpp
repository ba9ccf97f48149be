// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "volseg/report/internal/chart_frame.h"
#include "volseg/report/internal/html.h"

namespace volseg::report::internal {

namespace {

constexpr size_t kMostPoints = 5000;

bool has_value(const std::optional<double>& value) { return value && std::isfinite(*value); }

ChartRange range_of(const Chart& chart) {
  ChartRange range;
  for (const ChartLine& line : chart.lines) {
    for (const std::optional<double>& value : line.values) {
      if (has_value(value)) {
        range.include(*value);
      }
    }
  }
  if (!range.empty() && chart.y_range) {
    range.include((*chart.y_range)[0]);
    range.include((*chart.y_range)[1]);
  }
  return range;
}

std::string draw_line(const Chart& chart, const ChartLine& line, const ChartFrame& frame) {
  std::string points;
  for (size_t i = 0; i < std::min(chart.x.size(), line.values.size()); ++i) {
    if (has_value(line.values[i])) {
      points +=
          fmt::format("{:.1f},{:.1f} ", frame.left_of(chart.x[i]), frame.top_of(*line.values[i]));
    }
  }
  return fmt::format("<polyline{} stroke=\"{}\" points=\"{}\"><title>{}</title></polyline>\n",
                     line.main ? " class=\"main\"" : "", css_color(line.color), points,
                     escape_html(line.name));
}

std::string draw_points(const Chart& chart, const ChartLine& line, const ChartFrame& frame) {
  std::string svg;
  for (size_t i = 0; i < std::min(chart.x.size(), line.values.size()); ++i) {
    if (has_value(line.values[i])) {
      svg += fmt::format(
          "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"{}\"><title>{}, {} {:g}: "
          "{:.4g}</title></circle>\n",
          frame.left_of(chart.x[i]), frame.top_of(*line.values[i]), css_color(line.color),
          escape_html(line.name), escape_html(chart.x_name), chart.x[i], *line.values[i]);
    }
  }
  return svg;
}

std::string draw_keys(const Chart& chart) {
  std::vector<ColorKey> keys;
  for (const ChartLine& line : chart.lines) {
    keys.push_back({line.name, line.color});
  }
  return html_keys(keys);
}

}  // namespace

std::string line_chart(const Chart& chart) {
  ChartFrame frame;
  frame.y = range_of(chart);
  if (frame.y.empty() || chart.x.empty()) {
    return html_missing(chart.title);
  }
  for (const double x : chart.x) {
    frame.x.include(x);
  }
  std::string svg = open_chart(frame, chart.title) + draw_y_axis(frame, number_ticks(frame.y, 5)) +
                    draw_x_axis(frame, number_ticks(frame.x, 6), chart.x_name) +
                    draw_title(frame, chart.title);
  const bool all_points = chart.x.size() * chart.lines.size() <= kMostPoints;
  for (const ChartLine& line : chart.lines) {
    svg += draw_line(chart, line, frame);
  }
  for (const ChartLine& line : chart.lines) {
    if (line.main || all_points) {
      svg += draw_points(chart, line, frame);
    }
  }
  return svg + "</svg>\n" + draw_keys(chart) + "</div>\n";
}

}  // namespace volseg::report::internal
