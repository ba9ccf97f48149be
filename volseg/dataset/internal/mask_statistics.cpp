// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/mask_statistics.h"

#include <algorithm>
#include <array>
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

// Index of the first run at or behind `cursor` that ends behind `position`.
size_t first_ending_after(const std::vector<Run>& runs, size_t cursor, int64_t position) {
  size_t step = 1;
  while (cursor + step < runs.size() &&
         runs[cursor + step - 1].start + runs[cursor + step - 1].length <= position) {
    cursor += step;
    step *= 2;
  }
  const auto begin = runs.begin() + static_cast<int64_t>(cursor);
  const auto end = runs.begin() + static_cast<int64_t>(std::min(cursor + step, runs.size()));
  return static_cast<size_t>(
      std::partition_point(
          begin, end, [position](const Run& run) { return run.start + run.length <= position; }) -
      runs.begin());
}

// Of a sample of runs, the voxels whose successor `stride` further is in the mask as well.
int64_t sampled_pairs(const std::vector<Run>& runs, size_t step, int64_t stride) {
  int64_t pairs = 0;
  size_t ahead = 0;
  for (size_t index = 0; index < runs.size(); index += step) {
    const int64_t begin = runs[index].start + stride;
    const int64_t end = begin + runs[index].length;
    ahead = first_ending_after(runs, ahead, begin);
    for (size_t other = ahead; other < runs.size() && runs[other].start < end; ++other) {
      pairs += std::min(end, runs[other].start + runs[other].length) -
               std::max(begin, runs[other].start);
    }
  }
  return pairs;
}

double sampled_fraction(std::span<const mask::RunMask> masks, size_t step, int64_t stride) {
  int64_t pairs = 0;
  int64_t voxels = 0;
  for (const mask::RunMask& mask : masks) {
    pairs += sampled_pairs(mask.runs, step, stride);
    for (size_t index = 0; index < mask.runs.size(); index += step) {
      voxels += mask.runs[index].length;
    }
  }
  return voxels == 0 ? 0 : static_cast<double>(pairs) / static_cast<double>(voxels);
}

/// True when a sample shows that no other order of the axes comes near a third of the faces.
bool is_clearly_in_order(std::span<const mask::RunMask> masks, const core::Shape3& stored) {
  constexpr size_t kSampledRuns = 4096;  // of all masks
  constexpr size_t kFewestOfMask = 64;
  constexpr double kMargin = 2;
  const size_t sampled_of_mask = std::max(kSampledRuns / masks.size(), kFewestOfMask);
  const auto& [a, b, c] = stored;
  const std::array<int64_t, 6> strides = {a, b, c, a * b, a * c, b * c};
  std::array<double, 6> faces{};
  double along_runs = 0;
  for (const mask::RunMask& mask : masks) {
    const size_t step = mask.runs.size() / sampled_of_mask + 1;
    int64_t voxels = 0;
    int64_t sampled = 0;
    for (size_t index = 0; index < mask.runs.size(); index += step) {
      voxels += mask.runs[index].length;
      ++sampled;
    }
    const auto weight = static_cast<double>(step);
    along_runs += weight * static_cast<double>(sampled);
    for (size_t index = 0; index < strides.size(); ++index) {
      faces[index] +=
          weight * static_cast<double>(voxels - sampled_pairs(mask.runs, step, strides[index]));
    }
  }
  const double second = std::min({faces[0], faces[1], faces[2]});
  const double third = std::min({faces[3], faces[4], faces[5]});
  return faces[0] + faces[3] + along_runs < kMargin * (second + third + along_runs);
}

}  // namespace

RunTotals totals_of(std::span<const mask::RunMask> masks) {
  RunTotals totals;
  for (const mask::RunMask& mask : masks) {
    totals.runs += std::ssize(mask.runs);
    for (const Run& run : mask.runs) {
      totals.voxels += run.length;
      totals.longest = std::max(totals.longest, run.length);
    }
  }
  return totals;
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

std::optional<AxisOrder> suspect_axis_order(std::span<const mask::RunMask> masks,
                                            const RunTotals& totals) {
  const bool can_tell = totals.voxels >= kFewestVoxels;
  return can_tell && !is_clearly_in_order(masks, masks[0].shape) ? find_axis_order(masks)
                                                                 : std::nullopt;
}

std::optional<AxisOrder> find_axis_order(std::span<const mask::RunMask> masks) {
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

std::optional<OtherLine> suspect_other_line(std::span<const mask::RunMask> masks,
                                            const RunTotals& totals) {
  constexpr int64_t kLongestLine = 4096;
  constexpr size_t kSampledRuns = 512;
  constexpr double kFewestNeighbours = 0.6;
  constexpr double kTwice = 2;
  constexpr int64_t kShortestMean = 3;
  if (totals.voxels < kFewestVoxels || totals.voxels < kShortestMean * totals.runs) {
    return std::nullopt;
  }
  const size_t step = static_cast<size_t>(totals.runs) / kSampledRuns + 1;
  const int64_t stored = masks[0].shape[0];
  OtherLine best{.stored_fraction = sampled_fraction(masks, step, stored)};
  if (best.stored_fraction * kTwice > 1) {
    return std::nullopt;
  }
  // A shift within a run would find the run itself.
  for (int64_t length = totals.longest + 1; length <= kLongestLine; ++length) {
    const double fraction = length % stored == 0 ? 0 : sampled_fraction(masks, step, length);
    if (fraction > best.fraction) {
      best.fraction = fraction;
      best.length = length;
    }
  }
  return best.fraction >= std::max(kFewestNeighbours, kTwice * best.stored_fraction)
             ? std::optional(best)
             : std::nullopt;
}

}  // namespace volseg::dataset::internal
