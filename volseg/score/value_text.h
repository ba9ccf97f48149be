// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "volseg/score/compare_sets.h"
#include "volseg/score/metric.h"

namespace volseg::score {

/// A metric at the head of a column, with a unit of length or volume: "HD95 (mm)", "Dice".
[[nodiscard]] std::string head_of(const Metric& metric);

/// A value for a person, with digits by its unit; "-" without one, "inf" for an infinite one.
[[nodiscard]] std::string value_text(const MetricValue& value, const Metric& metric);

/// The figures of a comparison of two sets for a person; "-" for what does not exist.
struct PairText {
  std::string cases = "0";  ///< with values in both sets
  std::string first_mean = "-";
  std::string second_mean = "-";
  std::string mean_difference = "-";  ///< second less first, with its sign
  std::string interval = "-";         ///< of the difference
  std::string p_value = "-";          ///< of Wilcoxon's test
  std::string better_in_first = "-";  ///< cases
  std::string better_in_second = "-";
};
[[nodiscard]] PairText pair_text(const MetricPair& pair, const Metric& metric);

}  // namespace volseg::score
