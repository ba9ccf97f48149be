// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace volseg::report::internal {

/// An interval of data that lies along an edge of a chart.
struct ChartRange {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  [[nodiscard]] bool empty() const { return low > high; }
  /// Where `value` lies when the range goes from `first` to `last`.
  [[nodiscard]] double place(double value, double first, double last) const {
    return high > low ? first + (value - low) / (high - low) * (last - first) : (first + last) / 2;
  }
};

/// A tick of an axis: where it is in the data, and its text.
struct Tick {
  double value = 0;
  std::string text;
};

/// Sizes and ranges of one chart, in the units of its SVG.
struct ChartFrame {
  double width = 500;
  double height = 300;
  double left = 56;
  double right = 490;
  double top = 34;
  double bottom = 258;
  ChartRange x;
  ChartRange y;

  [[nodiscard]] double left_of(double value) const { return x.place(value, left, right); }
  [[nodiscard]] double top_of(double value) const { return y.place(value, bottom, top); }
};

/// Round numbers that cover [low, high] in about `count` steps.
[[nodiscard]] std::vector<double> round_ticks(double low, double high, int count);
/// The same with their texts.
[[nodiscard]] std::vector<Tick> number_ticks(const ChartRange& range, int count);
/// Powers of ten in a range of logarithms to base ten, about `count` of them.
[[nodiscard]] std::vector<Tick> power_ticks(const ChartRange& range, int count);

/// Parts of the SVG: the opening tag with its text for readers of the screen, the title, ticks with
/// a grid line below the chart and at its left, and the name of the axis below. Texts are escaped.
[[nodiscard]] std::string open_chart(const ChartFrame& frame, std::string_view title);
[[nodiscard]] std::string draw_title(const ChartFrame& frame, std::string_view title);
[[nodiscard]] std::string draw_x_axis(const ChartFrame& frame, const std::vector<Tick>& ticks,
                                      std::string_view name);
[[nodiscard]] std::string draw_y_axis(const ChartFrame& frame, const std::vector<Tick>& ticks);

}  // namespace volseg::report::internal
