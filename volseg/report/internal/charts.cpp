// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "volseg/report/internal/html.h"

namespace volseg::report::internal {

namespace {

constexpr double kWidth = 500;
constexpr double kHeight = 300;
constexpr double kLeft = 56;
constexpr double kRight = 490;
constexpr double kTop = 34;
constexpr double kBottom = 258;
constexpr size_t kMostPoints = 5000;

bool has_value(const std::optional<double>& value) { return value && std::isfinite(*value); }

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  [[nodiscard]] bool empty() const { return low > high; }
  [[nodiscard]] double place(double value, double first, double last) const {
    return high > low ? first + (value - low) / (high - low) * (last - first) : (first + last) / 2;
  }
};

Range range_of(const Chart& chart) {
  Range range;
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

struct Frame {
  Range x;
  Range y;

  [[nodiscard]] double left_of(double value) const { return x.place(value, kLeft, kRight); }
  [[nodiscard]] double top_of(double value) const { return y.place(value, kBottom, kTop); }
};

std::string draw_axes(const Chart& chart, const Frame& frame) {
  std::string svg;
  for (const double tick : round_ticks(frame.y.low, frame.y.high, 5)) {
    const double y = frame.top_of(tick);
    svg += fmt::format(
        "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
        "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5:g}</text>\n",
        kLeft, kRight, y, kLeft - 8, y + 4, tick);
  }
  for (const double tick : round_ticks(frame.x.low, frame.x.high, 6)) {
    const double x = frame.left_of(tick);
    svg += fmt::format(
        "<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>"
        "<text x=\"{0:.1f}\" y=\"{3}\" text-anchor=\"middle\">{4:g}</text>\n",
        x, kBottom, kBottom + 5, kBottom + 19, tick);
  }
  svg += fmt::format("<line class=\"axis\" x1=\"{0}\" x2=\"{1}\" y1=\"{2}\" y2=\"{2}\"/>\n", kLeft,
                     kRight, kBottom);
  svg += fmt::format("<text class=\"title\" x=\"{}\" y=\"18\">{}</text>\n", kLeft,
                     escape_html(chart.title));
  return svg + fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                           (kLeft + kRight) / 2, kHeight - 6, escape_html(chart.x_name));
}

std::string draw_line(const Chart& chart, const ChartLine& line, const Frame& frame) {
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

std::string draw_points(const Chart& chart, const ChartLine& line, const Frame& frame) {
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

std::vector<double> round_ticks(double low, double high, int count) {
  const double rough = (high - low) / std::max(count, 1);
  if (!(rough > 0) || !std::isfinite(rough)) {
    return {low};
  }
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double factor : {5.0, 2.0, 1.0}) {
    step = factor * power >= rough ? factor * power : step;
  }
  std::vector<double> ticks;
  for (double number = std::ceil(low / step - 1e-9); number <= high / step + 1e-9; ++number) {
    ticks.push_back(number * step + 0.0);  // the sum turns -0 into 0
  }
  return ticks;
}

std::string line_chart(const Chart& chart) {
  Frame frame{.x = {}, .y = range_of(chart)};
  if (frame.y.empty() || chart.x.empty()) {
    return html_missing(chart.title);
  }
  for (const double x : chart.x) {
    frame.x.include(x);
  }
  std::string svg = fmt::format(
      "<div class=\"chart\"><svg viewBox=\"0 0 {} {}\" role=\"img\" "
      "aria-label=\"{}\">\n",
      kWidth, kHeight, escape_html(chart.title));
  svg += draw_axes(chart, frame);
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
