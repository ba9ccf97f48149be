// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/component_overlap.h"

#include <algorithm>
#include <numeric>

namespace volseg::score::internal {

namespace {

int64_t end_of(const mask::Run& run) { return run.start + run.length; }

// Every shared stretch in the order of voxels; neighbours of one pair are one entry.
std::vector<SharedVoxels> shared_stretches(const mask::Components& first,
                                           const mask::Components& second) {
  std::vector<SharedVoxels> stretches;
  size_t one = 0;
  size_t other = 0;
  while (one < first.segments.size() && other < second.segments.size()) {
    const mask::Run& run = first.segments[one];
    const mask::Run& other_run = second.segments[other];
    const int64_t end = std::min(end_of(run), end_of(other_run));
    const int64_t voxels = end - std::max(run.start, other_run.start);
    if (voxels > 0) {
      const SharedVoxels shared{first.component_of[one], second.component_of[other], voxels};
      const bool continues = !stretches.empty() && stretches.back().first == shared.first &&
                             stretches.back().second == shared.second;
      if (continues) {
        stretches.back().voxels += voxels;
      } else {
        stretches.push_back(shared);
      }
    }
    one += end_of(run) == end ? 1 : 0;
    other += end_of(other_run) == end ? 1 : 0;
  }
  return stretches;
}

// Stable, by counting.
template <typename Key>
std::vector<SharedVoxels> sorted_by(const std::vector<SharedVoxels>& entries, size_t keys,
                                    Key key) {
  std::vector<int64_t> place(keys + 1, 0);
  for (const SharedVoxels& entry : entries) {
    ++place[key(entry) + 1];
  }
  std::partial_sum(place.begin(), place.end(), place.begin());
  std::vector<SharedVoxels> sorted(entries.size());
  for (const SharedVoxels& entry : entries) {
    sorted[place[key(entry)]++] = entry;
  }
  return sorted;
}

}  // namespace

std::vector<SharedVoxels> shared_voxels(const mask::Components& first,
                                        const mask::Components& second) {
  std::vector<SharedVoxels> entries = shared_stretches(first, second);
  entries = sorted_by(entries, second.sizes_voxels.size(),
                      [](const SharedVoxels& entry) { return entry.second; });
  entries = sorted_by(entries, first.sizes_voxels.size(),
                      [](const SharedVoxels& entry) { return entry.first; });
  std::vector<SharedVoxels> pairs;
  for (const SharedVoxels& entry : entries) {
    if (!pairs.empty() && pairs.back().first == entry.first &&
        pairs.back().second == entry.second) {
      pairs.back().voxels += entry.voxels;
    } else {
      pairs.push_back(entry);
    }
  }
  return pairs;
}

}  // namespace volseg::score::internal
