// SPDX-License-Identifier: Apache-2.0
#include "volseg/plan/nonzero_box.h"

#include <algorithm>
#include <array>
#include <limits>

namespace volseg::plan {
namespace {

/// First and last index of the voxels found so far, along each axis.
struct Extremes {
  core::Shape3 first;
  core::Shape3 last;
  void include(int axis, int64_t index) {
    first[axis] = std::min(first[axis], index);
    last[axis] = std::max(last[axis], index);
  }
};

void scan_rows(const core::Array<float>& values, Extremes& extremes) {
  const bool last_is_fastest = values.order() == core::Order::kC;
  const int slow = last_is_fastest ? 0 : 2;
  const int fast = last_is_fastest ? 2 : 0;
  const core::Shape3& shape = values.shape();
  const auto differs = [](float value) { return value != 0; };
  for (int64_t i = 0; i < shape[slow]; ++i) {
    for (int64_t j = 0; j < shape[1]; ++j) {
      const float* row = values.data() + (i * shape[1] + j) * shape[fast];
      const float* end = row + shape[fast];
      const float* first = std::find_if(row, end, differs);
      if (first == end) {
        continue;
      }
      const auto last =
          std::find_if(std::make_reverse_iterator(end), std::make_reverse_iterator(first), differs);
      extremes.include(slow, i);
      extremes.include(1, j);
      extremes.include(fast, first - row);
      extremes.include(fast, last.base() - 1 - row);
    }
  }
}

}  // namespace

mask::Box nonzero_box(const std::vector<core::Array<float>>& channels) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  Extremes extremes{{kMost, kMost, kMost}, {-1, -1, -1}};
  for (const core::Array<float>& channel : channels) {
    scan_rows(channel, extremes);
  }
  if (extremes.last[0] < 0) {
    return {{0, 0, 0}, channels.front().shape()};
  }
  mask::Box box{extremes.first, {}};
  for (int axis = 0; axis < 3; ++axis) {
    box.extents[axis] = extremes.last[axis] - extremes.first[axis] + 1;
  }
  return box;
}

}  // namespace volseg::plan
