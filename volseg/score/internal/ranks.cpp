// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/ranks.h"

#include <algorithm>
#include <numeric>

namespace volseg::score::internal {

Ranks rank_values(std::span<const double> values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [values](size_t first, size_t second) { return values[first] < values[second]; });
  Ranks found{.ranks = std::vector<double>(values.size())};
  for (size_t begin = 0; begin < order.size();) {
    size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) {
      ++end;
    }
    for (size_t i = begin; i < end; ++i) {
      found.ranks[order[i]] = (static_cast<double>(begin + end) + 1) / 2;
    }
    found.sizes_of_ties.push_back(static_cast<int64_t>(end - begin));
    begin = end;
  }
  return found;
}

}  // namespace volseg::score::internal
