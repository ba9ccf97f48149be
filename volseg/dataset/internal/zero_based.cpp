// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/zero_based.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "volseg/dataset/internal/voxel_values.h"

namespace volseg::dataset::internal {

namespace {

constexpr int64_t kMostCompared = 1024;
constexpr int64_t kFewestBoundaries = 50;
constexpr int64_t kFewestWraps = 20;
constexpr int64_t kWrapRatio = 4;
constexpr double kContrastRatio = 1.5;
constexpr double kShareOfRows = 0.8;

void look_at_wraps(const mask::RunMask& mask, ZeroBasedEvidence& evidence) {
  const int64_t line = mask.shape[0];
  if (mask.runs.empty() || line < 3) {
    return;
  }
  int64_t line_begin = 0;
  for (const mask::Run& run : mask.runs) {
    const int64_t end = run.start + run.length;
    if (run.start - line_begin >= line) {
      line_begin = run.start / line * line;
    }
    if (end <= line_begin + line) {
      continue;
    }
    evidence.wrapped_starts += run.start == line_begin + line - 1 ? 1 : 0;
    evidence.wrapped_ends += end % line == 1 ? 1 : 0;
  }
  const mask::Run& last = mask.runs.back();
  evidence.reaches_last_voxel |= last.start + last.length == core::voxel_count(mask.shape);
}

// Adds the steps of the image at a boundary before voxel `a` of a line, and 1 and 2 voxels further.
void compare_boundary(const VoxelValues& values, int64_t offset, ZeroBasedEvidence& evidence) {
  std::array<double, 3> steps{};
  for (size_t further = 0; further < steps.size(); ++further) {
    const int64_t here = offset + static_cast<int64_t>(further) * values.stride(0);
    steps[further] = std::abs(values.at(here) - values.at(here - values.stride(0)));
    if (!std::isfinite(steps[further])) {
      return;
    }
  }
  ++evidence.boundaries;
  for (size_t further = 0; further < steps.size(); ++further) {
    evidence.contrasts[further] += steps[further];
  }
}

void compare_with_image(const mask::RunMask& mask, int64_t step, const VoxelValues& values,
                        ZeroBasedEvidence& evidence) {
  constexpr int64_t kThinnest = 3;
  const int64_t line = mask.shape[0];
  for (size_t index = 0; index < mask.runs.size(); index += static_cast<size_t>(step)) {
    const mask::Run& run = mask.runs[index];
    const int64_t begin = run.start % line;
    const int64_t end = begin + run.length;
    if (begin < 1 || run.length < kThinnest || end + 2 >= line) {
      continue;
    }
    const int64_t offset = values.offset_of(run.start, 0);
    compare_boundary(values, offset, evidence);
    compare_boundary(values, offset + run.length * values.stride(0), evidence);
  }
}

}  // namespace

ZeroBasedEvidence zero_based_evidence(std::span<const mask::RunMask> masks,
                                      const volume::Volume* image) {
  ZeroBasedEvidence evidence;
  int64_t runs = 0;
  for (const mask::RunMask& mask : masks) {
    look_at_wraps(mask, evidence);
    runs += static_cast<int64_t>(mask.runs.size());
  }
  if (image != nullptr) {
    const VoxelValues values(*image);
    for (const mask::RunMask& mask : masks) {
      compare_with_image(mask, runs / kMostCompared + 1, values, evidence);
    }
  }
  return evidence;
}

std::optional<std::string> suspect_zero_based(std::span<const ZeroBasedEvidence> rows) {
  int64_t starts = 0;
  int64_t ends = 0;
  int64_t compared = 0;
  int64_t further = 0;
  for (const ZeroBasedEvidence& row : rows) {
    if (row.reaches_last_voxel) {
      return std::nullopt;
    }
    starts += row.wrapped_starts;
    ends += row.wrapped_ends;
    if (row.boundaries >= kFewestBoundaries) {
      ++compared;
      const auto& [here, one, two] = row.contrasts;
      further += one >= kContrastRatio * here && one >= kContrastRatio * two && one > 0 ? 1 : 0;
    }
  }
  if (starts >= kFewestWraps && starts >= kWrapRatio * ends) {
    return fmt::format(
        "{} runs begin at the last voxel of a line along axis 0 and go on in the next line, "
        "{} end so; one voxel further all would begin a line",
        starts, ends);
  }
  if (further > 0 && static_cast<double>(further) >= kShareOfRows * static_cast<double>(compared)) {
    return fmt::format(
        "the edges of the image lie one voxel further along axis 0 than those of the masks, in {} "
        "of {} rows that can tell",
        further, compared);
  }
  return std::nullopt;
}

}  // namespace volseg::dataset::internal
