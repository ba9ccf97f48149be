// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "volseg/report/internal/chart_frame.h"
#include "volseg/score/metric.h"

namespace volseg::report::internal {

enum class AxisScale : uint8_t { kLinear, kSquareRoot, kLogarithmic };

/// Where values lie along an edge of a chart; what the scale cannot show has a place of its own.
struct ValueAxis {
  AxisScale scale = AxisScale::kLinear;
  ChartRange range;                ///< of scaled values
  double first = 0;                ///< where the range begins
  double last = 1;                 ///< where the range ends
  std::optional<double> zero;      ///< place of 0 on a logarithmic axis
  std::optional<double> infinite;  ///< place of infinite values

  [[nodiscard]] double scaled(double value) const;
  [[nodiscard]] double place(double value) const;
  /// Round numbers in scaled values.
  [[nodiscard]] std::vector<Tick> ticks() const;
};

/// An axis between two places for the values of a metric: fractions linear, from the tenth below
/// the lowest; distances, volumes and counts by their square root, from 0; infinite values at the
/// end, when there are any.
[[nodiscard]] ValueAxis axis_of(const score::Metric& metric, std::span<const double> values,
                                double first, double last);

/// Whole powers of ten around the values above 0; 0 at the beginning, when it occurs.
[[nodiscard]] ValueAxis logarithmic_axis(std::span<const double> values, double first, double last);

/// Linear, with 0 in the middle. @param values  finite
[[nodiscard]] ValueAxis difference_axis(std::span<const double> values, double first, double last);

/// "Dice", "HD95 (mm), square root".
[[nodiscard]] std::string axis_name(const score::Metric& metric, const ValueAxis& axis);

}  // namespace volseg::report::internal
