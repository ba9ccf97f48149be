// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/mask_statistics.h"

#include <algorithm>
#include <map>
#include <utility>

namespace volseg::dataset::internal {

namespace {

using mask::Run;

constexpr int64_t kFewestVoxels = 500;
constexpr int64_t kSeveralFold = 3;

/// Numbers q in [0, end) with q mod period < width.
int64_t count_below(int64_t end, int64_t period, int64_t width) {
  return end / period * width + std::min(end % period, width);
}

int64_t count_in_run(const Run& run, int64_t period, int64_t width) {
  return count_below(run.start + run.length, period, width) - count_below(run.start, period, width);
}

/// Voxels whose successor `stride` further is in the mask too, on the same line of the axis:
/// `period` is the stride of the next axis.
int64_t count_pairs(const std::vector<Run>& runs, int64_t stride, int64_t period) {
  int64_t pairs = 0;
  size_t ahead = 0;
  for (const Run& run : runs) {
    const int64_t begin = run.start + stride;
    const int64_t end = begin + run.length;
    while (ahead < runs.size() && runs[ahead].start + runs[ahead].length <= begin) {
      ++ahead;
    }
    for (size_t index = ahead; index < runs.size() && runs[index].start < end; ++index) {
      const int64_t first = std::max(begin, runs[index].start);
      const int64_t last = std::min(end, runs[index].start + runs[index].length);
      const Run both{first, last - first};
      // A successor in the first slab of its period is on another line.
      pairs += both.length - count_in_run(both, period, stride);
    }
  }
  return pairs;
}

int64_t count_faces_along(const std::vector<Run>& runs, int64_t stride, int64_t extent) {
  const int64_t period = stride * extent;
  int64_t with_neighbours = 0;
  for (const Run& run : runs) {
    const int64_t at_begin = count_in_run(run, period, stride);
    const int64_t not_at_end = count_in_run(run, period, period - stride);
    with_neighbours += run.length - at_begin + not_at_end;
  }
  return with_neighbours - 2 * count_pairs(runs, stride, period);
}

int64_t count_faces(std::span<const mask::RunMask> masks, const core::Shape3& shape) {
  int64_t faces = 0;
  for (const mask::RunMask& mask : masks) {
    faces += count_boundary_faces(mask, shape);
  }
  return faces;
}

}  // namespace

std::vector<Overlap> overlaps_of(std::span<const mask::RunMask> masks) {
  struct Item {
    int64_t start;
    int64_t end;
    size_t index;
  };
  std::vector<Item> items;
  for (size_t index = 0; index < masks.size(); ++index) {
    for (const Run& run : masks[index].runs) {
      items.push_back({run.start, run.start + run.length, index});
    }
  }
  std::ranges::sort(items, {}, [](const Item& item) { return std::pair(item.start, item.index); });
  std::map<std::pair<size_t, size_t>, int64_t> voxels;
  std::vector<Item> open;
  for (const Item& item : items) {
    std::erase_if(open, [&](const Item& other) { return other.end <= item.start; });
    for (const Item& other : open) {
      voxels[std::minmax(item.index, other.index)] += std::min(item.end, other.end) - item.start;
    }
    open.push_back(item);
  }
  std::vector<Overlap> overlaps;
  for (const auto& [pair, count] : voxels) {
    overlaps.push_back({pair.first, pair.second, count});
  }
  return overlaps;
}

int64_t count_boundary_faces(const mask::RunMask& mask, const core::Shape3& shape) {
  int64_t faces = 0;
  int64_t stride = 1;
  for (const int64_t extent : shape) {
    faces += count_faces_along(mask.runs, stride, extent);
    stride *= extent;
  }
  return faces;
}

std::optional<AxisOrder> suspect_axis_order(std::span<const mask::RunMask> masks) {
  int64_t voxels = 0;
  for (const mask::RunMask& mask : masks) {
    voxels += mask::area(mask);
  }
  if (voxels < kFewestVoxels) {
    return std::nullopt;
  }
  const core::Shape3& stored = masks[0].shape;
  AxisOrder best{.axes = {0, 1, 2}, .shape = stored, .faces = count_faces(masks, stored)};
  const int64_t stored_faces = best.faces;
  std::array<int, 3> axes{0, 1, 2};
  while (std::ranges::next_permutation(axes).found) {
    core::Shape3 shape{};
    std::ranges::transform(axes, shape.begin(),
                           [&](int axis) { return stored[static_cast<size_t>(axis)]; });
    const int64_t faces = shape == stored ? stored_faces : count_faces(masks, shape);
    if (faces < best.faces) {
      best = {.axes = axes, .shape = shape, .faces = faces};
    }
  }
  best.stored_faces = stored_faces;
  return best.faces * kSeveralFold <= stored_faces && best.faces < stored_faces
             ? std::optional(best)
             : std::nullopt;
}

}  // namespace volseg::dataset::internal
