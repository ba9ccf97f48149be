// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "volseg/core/error.h"
#include "volseg/score/internal/sorted_values.h"

namespace volseg::score {

namespace {

using internal::mean_of;
using internal::percentile_of_sorted;
using internal::sorted_copy;

std::optional<double> standard_deviation(std::span<const double> values, double mean) {
  if (values.size() < 2) {
    return std::nullopt;
  }
  double squares = 0;
  for (const double value : values) {
    squares += (value - mean) * (value - mean);
  }
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

}  // namespace

double internal::mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

void internal::require_finite(std::span<const double> values, std::string_view operation) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      throw Error(ErrorKind::kUsage, operation,
                  fmt::format("value {} of {} is {}; expected finite numbers: leave out cases "
                              "without a value",
                              i + 1, values.size(), values[i]));
    }
  }
}

std::vector<double> internal::sorted_copy(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

// Between two values as numpy does it: from the nearer end, so that equal neighbours give
// themselves.
double internal::percentile_of_sorted(std::span<const double> sorted, double percent) {
  const double place = percent / 100 * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  const double fraction = place - static_cast<double>(below);
  const double step = sorted[above] - sorted[below];
  return fraction < 0.5 ? sorted[below] + step * fraction : sorted[above] - step * (1 - fraction);
}

double percentile(std::span<const double> values, double percent) {
  internal::require_finite(values, "score.percentile");
  if (values.empty() || !(percent >= 0 && percent <= 100)) {
    throw Error(ErrorKind::kUsage, "score.percentile",
                fmt::format("percentile {} of {} values; expected 0 to 100 of at least one value",
                            percent, values.size()));
  }
  return percentile_of_sorted(sorted_copy(values), percent);
}

std::optional<Summary> summarize(std::span<const double> values) {
  internal::require_finite(values, "score.summarize");
  if (values.empty()) {
    return std::nullopt;
  }
  const std::vector<double> sorted = sorted_copy(values);
  const double mean = mean_of(values);
  return Summary{.count = static_cast<int64_t>(values.size()),
                 .mean = mean,
                 .median = percentile_of_sorted(sorted, 50),
                 .standard_deviation = standard_deviation(values, mean),
                 .percentile_5 = percentile_of_sorted(sorted, 5),
                 .percentile_95 = percentile_of_sorted(sorted, 95),
                 .smallest = sorted.front(),
                 .largest = sorted.back()};
}

}  // namespace volseg::score
