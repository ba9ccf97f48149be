// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace volseg::score::internal {

/// A row and a column that may be assigned to each other, and what that is worth (> 0).
struct WeightedPair {
  int64_t row = 0;
  int64_t column = 0;
  double weight = 0;
};

/// Column of each row, or -1: one to one, with the largest sum of weights. Pairs are sorted by row;
/// the result depends on nothing but the pairs. Shortest augmenting paths with potentials over the
/// given pairs only: a path ends within the rows and columns that compete with each other, so that
/// rows without competitors cost O(1); n competing rows of m pairs cost O(n m log m) at worst.
/// @source Jonker, Volgenant 1987
[[nodiscard]] std::vector<int64_t> assign_best(const std::vector<WeightedPair>& pairs, int64_t rows,
                                               int64_t columns);

}  // namespace volseg::score::internal
