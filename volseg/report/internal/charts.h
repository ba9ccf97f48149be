// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace volseg::report::internal {

/// One line of a chart; it runs straight across points without a value.
struct ChartLine {
  std::string name;
  std::array<uint8_t, 3> color{};
  std::vector<std::optional<double>> values;  ///< one for each x
  bool main = false;                          ///< drawn broader and with a point for each x
};

struct Chart {
  std::string title;
  std::string x_name;
  std::vector<double> x;
  std::vector<ChartLine> lines;
  std::optional<std::array<double, 2>> y_range;  ///< empty: that of the values
};

/// Inline SVG with axes, ticks, grid, a key and titles on hover; "not recorded" without any finite
/// value. All texts are escaped.
[[nodiscard]] std::string line_chart(const Chart& chart);

}  // namespace volseg::report::internal
