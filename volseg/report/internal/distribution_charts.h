// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "volseg/report/dataset_summary.h"

namespace volseg::report::internal {

/// One named distribution; drawn from end to end, with a box between the quartiles and a mark at
/// the median.
struct ChartBox {
  std::string name;
  std::optional<Distribution> values;  ///< none: an empty row
};

/// Boxes lie in named rows over a logarithmic axis; values must be above 0.
[[nodiscard]] std::string box_rows(const std::string& title, const std::string& value_name,
                                   const std::vector<ChartBox>& boxes);

/// Boxes stand side by side without names below; a name shows on hover.
[[nodiscard]] std::string box_columns(const std::string& title, const std::string& columns_name,
                                      const std::vector<ChartBox>& boxes);

/// One named count out of `whole`.
struct ChartBar {
  std::string name;
  int64_t count = 0;
};
[[nodiscard]] std::string bar_rows(const std::string& title, const std::string& count_name,
                                   const std::vector<ChartBar>& bars, int64_t whole);

/// One point with a text that shows on hover; `series` counts from 0.
struct ChartPoint {
  double x = 0;
  double y = 0;
  size_t series = 0;
  std::string text;
};
struct ScatterChart {
  std::string title;
  std::string x_name;
  std::string y_name;
  std::vector<std::string> series;
  std::vector<ChartPoint> points;
};
/// Points over axes that begin at 0, one colour for each series; equal points share one mark whose
/// text tells how many they are.
[[nodiscard]] std::string scatter_chart(const ScatterChart& chart);

}  // namespace volseg::report::internal
