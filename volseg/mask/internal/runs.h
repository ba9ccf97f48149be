// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "volseg/mask/run_mask.h"

namespace volseg::mask::internal {

/// @throws Error(kShape) with both shapes when they differ
void require_same_shape(const core::Shape3& first, const core::Shape3& second,
                        std::string_view operation);

/// One past the last voxel.
inline int64_t end_of(const Run& run) { return run.start + run.length; }

/// Adds a run behind the others, joined with the last one when they touch.
inline void append_run(std::vector<Run>& runs, const Run& run) {
  if (!runs.empty() && end_of(runs.back()) == run.start) {
    runs.back().length += run.length;
  } else {
    runs.push_back(run);
  }
}

/// Index of the first run at or behind `cursor` that ends behind `position`; doubling steps, then a
/// binary search.
inline size_t advance(const std::vector<Run>& runs, size_t cursor, int64_t position) {
  size_t step = 1;
  size_t low = cursor;
  while (low + step <= runs.size() && end_of(runs[low + step - 1]) <= position) {
    low += step;
    step *= 2;
  }
  const auto high = runs.begin() + static_cast<int64_t>(std::min(low + step, runs.size()));
  const auto found =
      std::partition_point(runs.begin() + static_cast<int64_t>(low), high,
                           [position](const Run& run) { return end_of(run) <= position; });
  return static_cast<size_t>(found - runs.begin());
}

/// Voxels [begin, end) along axis 0 in row (b, c) of a mask.
struct RowRange {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t b = 0;
  int64_t c = 0;
};

/// Calls segment(begin, end), along axis 0, for each part of a run in the range. `cursor` is the
/// index of a run that starts no later than any run of the range; it moves forward.
template <typename Segment>
void for_each_segment(const RunMask& mask, const RowRange& range, size_t& cursor, Segment segment) {
  const int64_t row = mask.shape[0] * (range.b + mask.shape[1] * range.c);
  cursor = advance(mask.runs, cursor, row + range.begin);
  for (size_t i = cursor; i < mask.runs.size() && mask.runs[i].start < row + range.end; ++i) {
    segment(std::max(mask.runs[i].start - row, range.begin),
            std::min(end_of(mask.runs[i]) - row, range.end));
    cursor = i;
  }
}

}  // namespace volseg::mask::internal
