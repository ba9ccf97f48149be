// SPDX-License-Identifier: Apache-2.0
#include "volseg/mask/run_mask.h"

#include <algorithm>

#include "volseg/core/error.h"
#include "volseg/mask/internal/runs.h"

namespace volseg::mask {

namespace {

core::Shape3 index_of(int64_t position, const core::Shape3& shape) {
  const int64_t row = position / shape[0];
  return {position % shape[0], row % shape[1], row / shape[1]};
}

struct Range {
  int64_t low = 0;
  int64_t high = -1;  // inclusive

  void include(int64_t first, int64_t last) {
    low = high < low ? first : std::min(low, first);
    high = std::max(high, last);
  }
};

}  // namespace

void internal::require_same_shape(const core::Shape3& first, const core::Shape3& second,
                                  std::string_view operation) {
  if (first != second) {
    throw Error(ErrorKind::kShape, operation,
                "masks have shapes " + core::to_string(first) + " and " + core::to_string(second) +
                    "; they must be equal");
  }
}

int64_t area(const RunMask& mask) {
  int64_t voxels = 0;
  for (const Run& run : mask.runs) {
    voxels += run.length;
  }
  return voxels;
}

Box bounding_box(const RunMask& mask) {
  if (mask.runs.empty()) {
    return {};
  }
  std::array<Range, 3> ranges;
  for (const Run& run : mask.runs) {
    const core::Shape3 first = index_of(run.start, mask.shape);
    const core::Shape3 last = index_of(internal::end_of(run) - 1, mask.shape);
    const bool one_slice = first[2] == last[2];
    const bool one_row = one_slice && first[1] == last[1];
    ranges[0].include(one_row ? first[0] : 0, one_row ? last[0] : mask.shape[0] - 1);
    ranges[1].include(one_slice ? first[1] : 0, one_slice ? last[1] : mask.shape[1] - 1);
    ranges[2].include(first[2], last[2]);
  }
  Box box;
  for (int axis = 0; axis < 3; ++axis) {
    box.begin[axis] = ranges[axis].low;
    box.extents[axis] = ranges[axis].high - ranges[axis].low + 1;
  }
  return box;
}

int64_t intersection_area(const RunMask& first, const RunMask& second) {
  internal::require_same_shape(first.shape, second.shape, "mask.intersection_area");
  int64_t voxels = 0;
  auto one = first.runs.begin();
  auto other = second.runs.begin();
  while (one != first.runs.end() && other != second.runs.end()) {
    const int64_t one_end = internal::end_of(*one);
    const int64_t other_end = internal::end_of(*other);
    const int64_t shared = std::min(one_end, other_end) - std::max(one->start, other->start);
    voxels += std::max<int64_t>(shared, 0);
    one += one_end <= other_end ? 1 : 0;
    other += other_end <= one_end ? 1 : 0;
  }
  return voxels;
}

VoxelSampler::VoxelSampler(const RunMask& mask) : shape_(mask.shape) {
  runs_.reserve(mask.runs.size() + 1);
  int64_t voxels = 0;
  for (const Run& run : mask.runs) {
    runs_.push_back({voxels, run.start});
    voxels += run.length;
  }
  runs_.push_back({voxels, 0});
  index_runs();
}

void VoxelSampler::index_runs() {
  constexpr int64_t kRunsInPart = 4;  // on average
  const auto runs = static_cast<int64_t>(runs_.size());
  while ((area() >> part_bits_) * kRunsInPart > runs) {
    ++part_bits_;
  }
  const int64_t parts = (area() >> part_bits_) + 1;
  run_of_part_.reserve(static_cast<size_t>(parts) + 1);
  int64_t run = 0;
  for (int64_t part = 0; part < parts; ++part) {
    while (run + 1 < runs && runs_[run + 1].voxels_before <= part << part_bits_) {
      ++run;
    }
    run_of_part_.push_back(run);
  }
  run_of_part_.push_back(runs - 1);
}

core::Shape3 VoxelSampler::draw(core::CounterRandom& random) const {
  if (empty()) {
    throw Error(ErrorKind::kUsage, "mask.draw", "the mask is empty; ask empty() before drawing");
  }
  const int64_t drawn = random.below(area());
  const int64_t part = drawn >> part_bits_;
  const auto behind = std::upper_bound(
      runs_.begin() + run_of_part_[part], runs_.begin() + run_of_part_[part + 1] + 1, drawn,
      [](int64_t voxel, const CountedRun& run) { return voxel < run.voxels_before; });
  const CountedRun& run = *(behind - 1);
  return index_of(run.start + drawn - run.voxels_before, shape_);
}

}  // namespace volseg::mask
