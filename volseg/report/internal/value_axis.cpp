// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/value_axis.h"

#include <fmt/format.h>

#include <cmath>

namespace volseg::report::internal {

namespace {

constexpr double kAsidePixels = 34;  // between the range and a place beside it

// Of 1, 2 and 5 times the powers of ten up to `high` those that stand apart, and 0.
std::vector<Tick> root_ticks(double high, double root_range) {
  constexpr double kLeastShare = 0.07;
  std::vector<Tick> ticks;
  double last = high * 2;
  for (double power = std::pow(10.0, std::ceil(std::log10(high))); power > high * 1e-6;
       power /= 10) {
    for (const double value : {power, power / 2, power / 5}) {
      const double gap = kLeastShare * root_range;
      if (value <= high * (1 + 1e-9) && std::sqrt(last) - std::sqrt(value) >= gap &&
          std::sqrt(value) >= gap) {
        ticks.push_back({std::sqrt(value), fmt::format("{:g}", value)});
        last = value;
      }
    }
  }
  ticks.push_back({0, "0"});
  return ticks;
}

void make_room_for_infinite(ValueAxis& axis, std::span<const double> values) {
  if (std::ranges::any_of(values, [](double value) { return std::isinf(value); })) {
    axis.infinite = axis.last;
    axis.last -= kAsidePixels;
  }
}

}  // namespace

double ValueAxis::scaled(double value) const {
  switch (scale) {
    case AxisScale::kLinear:
      return value;
    case AxisScale::kSquareRoot:
      return std::sqrt(std::max(value, 0.0));
    case AxisScale::kLogarithmic:
      return std::log10(value);
  }
  return value;
}

double ValueAxis::place(double value) const {
  if (std::isinf(value)) {
    return infinite.value_or(last);
  }
  if (scale == AxisScale::kLogarithmic && !(value > 0)) {
    return zero.value_or(first);
  }
  return range.place(scaled(value), first, last);
}

std::vector<Tick> ValueAxis::ticks() const {
  if (range.empty()) {
    return {};
  }
  switch (scale) {
    case AxisScale::kLinear:
      return number_ticks(range, 6);
    case AxisScale::kSquareRoot:
      return root_ticks(range.high * range.high, range.high);
    case AxisScale::kLogarithmic:
      return power_ticks(range, 8);
  }
  return {};
}

ValueAxis axis_of(const score::Metric& metric, std::span<const double> values, double first,
                  double last) {
  ValueAxis axis{.scale = metric.unit == "fraction" ? AxisScale::kLinear : AxisScale::kSquareRoot,
                 .range = {},
                 .first = first,
                 .last = last,
                 .zero = {},
                 .infinite = {}};
  make_room_for_infinite(axis, values);
  ChartRange found;
  found.include(metric.best);
  for (const double value : values) {
    if (std::isfinite(value)) {
      found.include(value);
    }
  }
  if (axis.scale == AxisScale::kSquareRoot) {
    axis.range.include(0);
    axis.range.include(found.high > 0 ? std::sqrt(found.high * 1.02) : 1);
    return axis;
  }
  constexpr double kRounding = 1e-9;
  axis.range.include(std::floor(found.low * 10 + kRounding) / 10);
  axis.range.include(std::ceil(found.high * 10 - kRounding) / 10);
  if (!(axis.range.high > axis.range.low)) {
    axis.range.include(axis.range.high - 0.1);
  }
  return axis;
}

ValueAxis logarithmic_axis(std::span<const double> values, double first, double last) {
  ValueAxis axis{.scale = AxisScale::kLogarithmic,
                 .range = {},
                 .first = first,
                 .last = last,
                 .zero = {},
                 .infinite = {}};
  for (const double value : values) {
    if (value > 0 && std::isfinite(value)) {
      axis.range.include(std::floor(std::log10(value)));
      axis.range.include(std::ceil(std::log10(value)));
    }
  }
  if (std::ranges::any_of(values, [](double value) { return value == 0; })) {
    axis.zero = first;
    axis.first += kAsidePixels;
  }
  if (axis.range.empty() || !(axis.range.high > axis.range.low)) {
    const double middle = axis.range.empty() ? 0 : axis.range.low;
    axis.range.include(middle - 1);
    axis.range.include(middle + 1);
  }
  return axis;
}

ValueAxis difference_axis(std::span<const double> values, double first, double last) {
  double largest = 0;
  for (const double value : values) {
    largest = std::max(largest, std::abs(value));
  }
  const double end = largest > 0 ? largest * 1.05 : 1;
  ValueAxis axis{.scale = AxisScale::kLinear,
                 .range = {},
                 .first = first,
                 .last = last,
                 .zero = {},
                 .infinite = {}};
  axis.range.include(-end);
  axis.range.include(end);
  return axis;
}

std::string axis_name(const score::Metric& metric, const ValueAxis& axis) {
  const std::string unit = metric.unit == "fraction" ? "" : fmt::format(" ({})", metric.unit);
  return metric.name + unit + (axis.scale == AxisScale::kSquareRoot ? ", square-root scale" : "");
}

}  // namespace volseg::report::internal
