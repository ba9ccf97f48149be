// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/near_names.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace volseg::core {

namespace {

constexpr size_t kLongestName = 64;

size_t count_edits(std::string_view first, std::string_view second) {
  std::vector<size_t> edits(second.size() + 1);
  std::iota(edits.begin(), edits.end(), size_t{0});
  for (size_t i = 0; i < first.size(); ++i) {
    size_t diagonal = std::exchange(edits[0], i + 1);
    for (size_t j = 0; j < second.size(); ++j) {
      const size_t replaced = diagonal + (first[i] == second[j] ? 0 : 1);
      diagonal = edits[j + 1];
      edits[j + 1] = std::min({replaced, edits[j] + 1, edits[j + 1] + 1});
    }
  }
  return edits.back();
}

}  // namespace

std::vector<std::string> near_names(std::string_view name, std::vector<std::string> names,
                                    size_t count) {
  std::vector<std::pair<size_t, std::string>> ranked;
  for (std::string& one : names) {
    const size_t edits =
        count_edits(name.substr(0, kLongestName), std::string_view(one).substr(0, kLongestName));
    ranked.emplace_back(edits, std::move(one));
  }
  std::ranges::sort(ranked);
  std::vector<std::string> nearest;
  for (size_t index = 0; index < std::min(count, ranked.size()); ++index) {
    nearest.push_back(std::move(ranked[index].second));
  }
  return nearest;
}

}  // namespace volseg::core
