// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/value_text.h"

#include <fmt/format.h>

#include <cmath>

namespace volseg::score {

namespace {

std::string signed_text(double value, const Metric& metric) {
  return (value > 0 ? "+" : "") + value_text(value, metric);
}

std::string p_text(double p_value) {
  return p_value < 0.0001 ? "< 0.0001" : fmt::format("{:.4f}", p_value);
}

}  // namespace

std::string head_of(const Metric& metric) {
  return metric.unit == "mm" || metric.unit == "ml"
             ? fmt::format("{} ({})", metric.short_name, metric.unit)
             : metric.short_name;
}

std::string value_text(const MetricValue& value, const Metric& metric) {
  if (!value) {
    return "-";
  }
  if (!std::isfinite(*value)) {
    return *value > 0 ? "inf" : "-inf";
  }
  if (metric.unit == "fraction") {
    return fmt::format("{:.4f}", *value);
  }
  const bool whole = metric.unit != "mm" && metric.unit != "ml" && *value == std::round(*value);
  return whole ? fmt::format("{:.0f}", *value) : fmt::format("{:.3f}", *value);
}

PairText pair_text(const MetricPair& pair, const Metric& metric) {
  if (!pair.paired) {
    return {};
  }
  const PairedComparison& paired = *pair.paired;
  const bool higher = metric.direction == Direction::kHigherIsBetter;
  const int64_t first =
      (higher ? paired.first_higher : paired.second_higher) + pair.second_infinite;
  const int64_t second =
      (higher ? paired.second_higher : paired.first_higher) + pair.first_infinite;
  PairText text = {.cases = std::to_string(paired.cases),
                   .first_mean = value_text(paired.first_mean, metric),
                   .second_mean = value_text(paired.second_mean, metric),
                   .mean_difference = signed_text(paired.mean_difference, metric),
                   .better_in_first = std::to_string(first),
                   .better_in_second = std::to_string(second)};
  if (paired.interval) {
    text.interval = fmt::format("{} to {}", signed_text(paired.interval->low, metric),
                                signed_text(paired.interval->high, metric));
  }
  if (paired.wilcoxon) {
    text.p_value = p_text(paired.wilcoxon->p_value);
  }
  return text;
}

}  // namespace volseg::score
