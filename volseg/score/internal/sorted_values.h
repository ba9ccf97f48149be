// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace volseg::score::internal {

/// Of at least one value.
[[nodiscard]] double mean_of(std::span<const double> values);

/// @throws Error(kUsage) naming the first value that is not finite
void require_finite(std::span<const double> values, std::string_view operation);

[[nodiscard]] std::vector<double> sorted_copy(std::span<const double> values);

/// As percentile(), of at least one ascending value and a percent in [0, 100].
[[nodiscard]] double percentile_of_sorted(std::span<const double> sorted, double percent);

}  // namespace volseg::score::internal
