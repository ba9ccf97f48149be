// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>

#include "volseg/report/slices.h"

namespace volseg::report {

namespace {

// The voxel of one row piece that is nearest to a point.
struct NearestVoxel {
  std::array<double, 3> point;
  double least = std::numeric_limits<double>::infinity();
  core::Shape3 voxel{};

  void visit(int64_t begin, int64_t end, int64_t b, int64_t c) {
    const int64_t a = std::clamp<int64_t>(std::llround(point[0]), begin, end - 1);
    const core::Shape3 candidate{a, b, c};
    double distance = 0;
    for (size_t axis = 0; axis < 3; ++axis) {
      const double along = static_cast<double>(candidate[axis]) - point[axis];
      distance += along * along;
    }
    if (distance < least) {
      least = distance;
      voxel = candidate;
    }
  }
};

// Calls visit(begin, end, b, c) for the part of each run in each row of axis 0.
template <typename Visit>
void for_row_pieces(const mask::RunMask& mask, const Visit& visit) {
  const int64_t length = mask.shape[0];
  for (const mask::Run& run : mask.runs) {
    int64_t start = run.start;
    while (start < run.start + run.length) {
      const int64_t row = start / length;
      const int64_t end = std::min(run.start + run.length, (row + 1) * length);
      visit(start - row * length, end - row * length, row % mask.shape[1], row / mask.shape[1]);
      start = end;
    }
  }
}

}  // namespace

std::optional<core::Shape3> middle_of(const mask::RunMask& mask) {
  std::array<double, 3> sums{};
  double count = 0;
  for_row_pieces(mask, [&](int64_t begin, int64_t end, int64_t b, int64_t c) {
    const auto voxels = static_cast<double>(end - begin);
    sums[0] += voxels * static_cast<double>(begin + end - 1) / 2;
    sums[1] += voxels * static_cast<double>(b);
    sums[2] += voxels * static_cast<double>(c);
    count += voxels;
  });
  if (count == 0) {
    return std::nullopt;
  }
  NearestVoxel nearest{.point = {sums[0] / count, sums[1] / count, sums[2] / count}};
  for_row_pieces(mask, [&](int64_t begin, int64_t end, int64_t b, int64_t c) {
    nearest.visit(begin, end, b, c);
  });
  return nearest.voxel;
}

}  // namespace volseg::report
