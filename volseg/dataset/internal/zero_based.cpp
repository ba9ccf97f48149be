// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/zero_based.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "volseg/dataset/internal/voxel_values.h"

namespace volseg::dataset::internal {

namespace {

constexpr int64_t kMostCompared = 1024;
constexpr int64_t kFewestBoundaries = 50;
constexpr int64_t kFewestWraps = 20;
constexpr int64_t kWrapRatio = 4;
constexpr int64_t kStepsBefore = 2;
constexpr double kSymmetryRatio = 4;
constexpr double kShareOfRows = 0.8;

void look_at_wraps(const mask::RunMask& mask, ZeroBasedEvidence& evidence) {
  const int64_t line = mask.shape[0];
  if (mask.runs.empty() || line < 3) {
    return;
  }
  const double lines_a_voxel = 1 / static_cast<double>(line);
  for (const mask::Run& run : mask.runs) {
    // Without a division; the estimate of the line is off by one at most.
    const auto about = static_cast<int64_t>(static_cast<double>(run.start) * lines_a_voxel);
    int64_t place = run.start - about * line;
    place += place < 0 ? line : 0;
    place -= place >= line ? line : 0;
    if (place + run.length <= line) {
      continue;
    }
    evidence.wrapped_starts += place == line - 1 ? 1 : 0;
    evidence.wrapped_ends += (place + run.length) % line == 1 ? 1 : 0;
  }
  const mask::Run& last = mask.runs.back();
  evidence.reaches_last_voxel |= last.start + last.length == core::voxel_count(mask.shape);
}

// Adds the steps of the image around the boundary between a voxel and the one before it.
void compare_boundary(const VoxelValues& values, int64_t offset, ZeroBasedEvidence& evidence) {
  std::array<double, 6> steps{};
  int64_t here = offset - (kStepsBefore + 1) * values.stride(0);
  double before = values.at(here);
  for (double& step : steps) {
    here += values.stride(0);
    const double value = values.at(here);
    step = std::abs(value - std::exchange(before, value));
    if (!std::isfinite(step)) {
      return;
    }
  }
  ++evidence.boundaries;
  std::ranges::transform(steps, evidence.steps, evidence.steps.begin(), std::plus<>());
}

// The steps are highest one voxel further and fall off alike to both sides of that place.
bool is_centred_further(const std::array<double, 6>& steps) {
  const auto at = [&steps](int64_t place) {
    return steps[static_cast<size_t>(place + kStepsBefore)];
  };
  const double about_here = std::abs(at(1) - at(-1)) + std::abs(at(2) - at(-2));
  const double about_further = std::abs(at(2) - at(0)) + std::abs(at(3) - at(-1));
  return at(1) == *std::ranges::max_element(steps) && at(1) > at(0) &&
         kSymmetryRatio * about_further <= about_here;
}

void compare_with_image(const mask::RunMask& mask, int64_t step, const VoxelValues& values,
                        ZeroBasedEvidence& evidence) {
  constexpr int64_t kThinnest = 3;
  const int64_t line = mask.shape[0];
  for (size_t index = 0; index < mask.runs.size(); index += static_cast<size_t>(step)) {
    const mask::Run& run = mask.runs[index];
    const int64_t begin = run.start % line;
    const int64_t end = begin + run.length;
    if (begin <= kStepsBefore || run.length < kThinnest || end + kStepsBefore + 1 >= line) {
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
      further += is_centred_further(row.steps) ? 1 : 0;
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
