// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/neighbourhood.h"

#include <array>

namespace volseg::score::internal {

namespace {

constexpr Neighbourhood kAll = (1U << 27) - 1;
constexpr int kCorners = 8;
constexpr int kBlocks = 256;

// Voxels with offset 0 along an axis whose offsets are `step` bits apart; shifting by 2 * step
// gives those with offset 2.
constexpr Neighbourhood first_along(int step) {
  Neighbourhood voxels = 0;
  for (int bit = 0; bit < 27; ++bit) {
    voxels |= bit / step % 3 == 0 ? 1U << bit : 0;
  }
  return voxels;
}

template <int kStep>
Neighbourhood grow_along(Neighbourhood voxels) {
  constexpr Neighbourhood kFirst = first_along(kStep);
  constexpr Neighbourhood kLast = kFirst << (2 * kStep);
  return voxels | (voxels & ~kLast) << kStep | (voxels & ~kFirst) >> kStep;
}

// Cells of 2 x 2 x 2 voxels around their common vertex that lie in a voxel with a bit in `block`
// (bit 4 a + 2 b + c), each counted by its share of this vertex, times 8; Euler's alternating sum.
// A cell is known by the voxels around it: those that agree with `corner` along the fixed axes.
constexpr int block_euler_by_8(int block) {
  int sum = 0;
  for (int fixed_axes = 0; fixed_axes < kCorners; ++fixed_axes) {
    for (int corner = 0; corner < kCorners; ++corner) {
      if ((corner & ~fixed_axes) != 0) {
        continue;
      }
      bool is_inside = false;
      for (int voxel = 0; voxel < kCorners; ++voxel) {
        is_inside = is_inside || ((voxel & fixed_axes) == corner && (block >> voxel & 1) != 0);
      }
      const int dimension = std::popcount(static_cast<unsigned>(fixed_axes));
      const int share_by_8 = kCorners >> dimension;
      sum += is_inside ? (dimension % 2 == 0 ? share_by_8 : -share_by_8) : 0;
    }
  }
  return sum;
}

// [corner][block]: what deleting the voxel at `corner` changes.
constexpr auto kEulerChanges = [] {
  std::array<int, kBlocks> numbers{};
  for (int block = 0; block < kBlocks; ++block) {
    numbers[block] = block_euler_by_8(block);
  }
  std::array<std::array<int8_t, kBlocks>, kCorners> changes{};
  for (int corner = 0; corner < kCorners; ++corner) {
    for (int block = 0; block < kBlocks; ++block) {
      const int voxel = 1 << corner;
      changes[corner][block] =
          static_cast<int8_t>(numbers[block & ~voxel] - numbers[block | voxel]);
    }
  }
  return changes;
}();

}  // namespace

bool has_connected_neighbours(Neighbourhood voxels) {
  const Neighbourhood neighbours = voxels & kAll & ~kCentre;
  Neighbourhood part = neighbours & -neighbours;
  for (Neighbourhood before = 0; part != before;) {
    before = part;
    part = grow_along<9>(grow_along<3>(grow_along<1>(part))) & neighbours;
  }
  return part == neighbours;
}

int euler_change_by_8(Neighbourhood voxels) {
  int change = 0;
  for (unsigned octant = 0; octant < kCorners; ++octant) {
    const unsigned first_bit = (octant >> 2) * 9 + (octant >> 1 & 1) * 3 + (octant & 1);
    const Neighbourhood near = voxels >> first_bit;
    const unsigned block = (near & 3) | (near >> 1 & 0xC) | (near >> 5 & 0x30) | (near >> 6 & 0xC0);
    change += kEulerChanges[7 - octant][block];
  }
  return change;
}

}  // namespace volseg::score::internal
