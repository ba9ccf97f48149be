// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/chart_frame.h"

#include <fmt/format.h>

#include <cmath>

#include "volseg/report/internal/html.h"

namespace volseg::report::internal {

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

std::vector<Tick> number_ticks(const ChartRange& range, int count) {
  std::vector<Tick> ticks;
  for (const double value : round_ticks(range.low, range.high, count)) {
    ticks.push_back({value, fmt::format("{:g}", value)});
  }
  return ticks;
}

std::vector<Tick> power_ticks(const ChartRange& range, int count) {
  const auto first = static_cast<int>(std::ceil(range.low - 1e-9));
  const auto last = static_cast<int>(std::floor(range.high + 1e-9));
  const int step = std::max(1, (last - first) / std::max(count, 1));
  std::vector<Tick> ticks;
  for (int power = first; power <= last; power += step) {
    ticks.push_back({static_cast<double>(power), fmt::format("{:g}", std::pow(10.0, power))});
  }
  return ticks;
}

std::string open_chart(const ChartFrame& frame, std::string_view title) {
  return fmt::format(
      "<div class=\"chart\"><svg viewBox=\"0 0 {} {}\" role=\"img\" "
      "aria-label=\"{}\">\n",
      frame.width, frame.height, escape_html(title));
}

std::string draw_title(const ChartFrame& frame, std::string_view title) {
  return fmt::format("<text class=\"title\" x=\"{}\" y=\"18\">{}</text>\n",
                     std::min(frame.left, 56.0), escape_html(title));
}

std::string draw_x_axis(const ChartFrame& frame, const std::vector<Tick>& ticks,
                        std::string_view name) {
  std::string svg;
  for (const Tick& tick : ticks) {
    svg += fmt::format(
        "<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>"
        "<text x=\"{0:.1f}\" y=\"{3}\" text-anchor=\"middle\">{4}</text>\n",
        frame.left_of(tick.value), frame.bottom, frame.bottom + 5, frame.bottom + 19,
        escape_html(tick.text));
  }
  svg += fmt::format("<line class=\"axis\" x1=\"{0}\" x2=\"{1}\" y1=\"{2}\" y2=\"{2}\"/>\n",
                     frame.left, frame.right, frame.bottom);
  return svg + fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                           (frame.left + frame.right) / 2, frame.height - 6, escape_html(name));
}

std::string draw_y_axis(const ChartFrame& frame, const std::vector<Tick>& ticks) {
  std::string svg;
  for (const Tick& tick : ticks) {
    const double y = frame.top_of(tick.value);
    svg += fmt::format(
        "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
        "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>\n",
        frame.left, frame.right, y, frame.left - 8, y + 4, escape_html(tick.text));
  }
  return svg;
}

}  // namespace volseg::report::internal
