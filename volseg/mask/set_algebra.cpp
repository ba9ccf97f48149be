// SPDX-License-Identifier: Apache-2.0
#include "volseg/mask/set_algebra.h"

#include <algorithm>
#include <vector>

#include "volseg/mask/internal/runs.h"

namespace volseg::mask {

namespace {

using internal::end_of;

// Adds a run that starts no earlier than those before.
void join_run(std::vector<Run>& runs, const Run& run) {
  if (runs.empty() || end_of(runs.back()) < run.start) {
    runs.push_back(run);
  } else {
    runs.back().length = std::max(end_of(runs.back()), end_of(run)) - runs.back().start;
  }
}

}  // namespace

RunMask union_of(const RunMask& first, const RunMask& second) {
  internal::require_same_shape(first.shape, second.shape, "mask.union_of");
  RunMask joined{first.shape, {}};
  joined.runs.reserve(std::max(first.runs.size(), second.runs.size()));
  auto one = first.runs.begin();
  auto other = second.runs.begin();
  while (one != first.runs.end() || other != second.runs.end()) {
    const bool takes_one =
        other == second.runs.end() || (one != first.runs.end() && one->start <= other->start);
    join_run(joined.runs, takes_one ? *one++ : *other++);
  }
  return joined;
}

RunMask intersection_of(const RunMask& first, const RunMask& second) {
  internal::require_same_shape(first.shape, second.shape, "mask.intersection_of");
  RunMask shared{first.shape, {}};
  auto one = first.runs.begin();
  auto other = second.runs.begin();
  while (one != first.runs.end() && other != second.runs.end()) {
    const int64_t begin = std::max(one->start, other->start);
    const int64_t one_end = end_of(*one);
    const int64_t other_end = end_of(*other);
    const int64_t end = std::min(one_end, other_end);
    if (begin < end) {
      shared.runs.push_back({begin, end - begin});
    }
    one += one_end == end ? 1 : 0;
    other += other_end == end ? 1 : 0;
  }
  return shared;
}

RunMask difference_of(const RunMask& first, const RunMask& second) {
  internal::require_same_shape(first.shape, second.shape, "mask.difference_of");
  RunMask left{first.shape, {}};
  auto hole = second.runs.begin();
  for (const Run& run : first.runs) {
    int64_t begin = run.start;
    while (hole != second.runs.end() && end_of(*hole) <= begin) {
      ++hole;
    }
    for (auto next = hole; next != second.runs.end() && next->start < end_of(run); ++next) {
      if (next->start > begin) {
        left.runs.push_back({begin, next->start - begin});
      }
      begin = end_of(*next);
      hole = next;
    }
    if (begin < end_of(run)) {
      left.runs.push_back({begin, end_of(run) - begin});
    }
  }
  return left;
}

RunMask complement_of(const RunMask& mask) {
  return difference_of({mask.shape, {{0, core::voxel_count(mask.shape)}}}, mask);
}

Overlap overlap_of(const RunMask& first, const RunMask& second) {
  const int64_t both = intersection_area(first, second);
  return {both, area(first) - both, area(second) - both};
}

}  // namespace volseg::mask
