// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "volseg/report/internal/chart_frame.h"
#include "volseg/report/internal/value_axis.h"
#include "volseg/score/score_case.h"

namespace volseg::report::internal {

/// Percentiles of some values; infinite ones are the largest.
struct Quantiles {
  double percentile_5 = 0;
  double lower_quartile = 0;
  double median = 0;
  double upper_quartile = 0;
  double percentile_95 = 0;
};
/// Linear between the two nearest in rank, as numpy.percentile; infinite as soon as an infinite
/// value takes part. None without values. @param values  no NaN
[[nodiscard]] std::optional<Quantiles> quantiles_of(std::vector<double> values);

/// A text for a person at the left or at the right of a row.
struct StripRow {
  std::string name;
  std::string note;                        ///< at the right of the row
  std::vector<score::MetricValue> values;  ///< a case each, drawn in this order
  std::optional<Quantiles> box;
  std::string box_text;           ///< shows on hover over the box
  std::optional<double> mark;     ///< a thick line, such as a mean
  std::array<double, 2> range{};  ///< of a bar around the mark
  bool has_range = false;
  std::string data;  ///< attributes by which the script finds the values of the dots
};

/// Rows of dots over one axis, a dot for each value that is not none, with a box from quartile to
/// quartile, a line at the median and whiskers from percentile 5 to 95.
struct StripChart {
  std::string title;
  std::string axis_name;
  std::string note_name;  ///< above the notes
  ValueAxis axis;         ///< from kStripLeft to kStripRight
  std::vector<StripRow> rows;
  bool only_outliers = false;  ///< dots outside the whiskers only
};
inline constexpr double kStripWidth = 1000;
inline constexpr double kStripLeft = 230;
inline constexpr double kStripRight = 880;

[[nodiscard]] std::string draw_strips(const StripChart& chart);

/// Where a case lies across its row, in (-0.5, 0.5): the same in every row, neighbours far apart.
[[nodiscard]] double jitter_of(size_t case_index);

/// A dot as a part of an SVG path whose lines have round ends.
[[nodiscard]] std::string dot_at(double x, double y);

}  // namespace volseg::report::internal
