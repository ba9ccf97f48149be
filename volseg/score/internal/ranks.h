// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace volseg::score::internal {

/// Ranks of values, and how many share each.
struct Ranks {
  std::vector<double> ranks;           ///< of each value, 1 for the smallest; equal ones their mean
  std::vector<int64_t> sizes_of_ties;  ///< of each group of equal values, ascending in value
};

[[nodiscard]] Ranks rank_values(std::span<const double> values);

}  // namespace volseg::score::internal
