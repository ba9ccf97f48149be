// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

namespace volseg::score::internal {

/// The 3 x 3 x 3 voxels around a voxel as bits: bit a * 9 + b * 3 + c for offsets a, b, c in 0..2
/// along axes (0, 1, 2). The voxel itself is bit 13.
using Neighbourhood = uint32_t;

inline constexpr Neighbourhood kCentre = 1U << 13;

/// Exactly one of the 26 neighbours is inside.
[[nodiscard]] inline bool is_line_end(Neighbourhood voxels) {
  return std::has_single_bit(voxels & ~kCentre);
}

/// At most one 26-connected part among the 26 neighbours.
[[nodiscard]] bool has_connected_neighbours(Neighbourhood voxels);

/// Change of the Euler number (components - tunnels + cavities, 26-connected) of the mask when the
/// centre, which is inside, is deleted; times 8.
[[nodiscard]] int euler_change_by_8(Neighbourhood voxels);

/// Deleting the centre keeps the topology: neither components nor tunnels nor cavities change in
/// number. The cells that the centre shares with its neighbours form one connected set, as boxes
/// that meet in pairs meet in common, of Euler number 1; on the surface of a cube that is a disc.
[[nodiscard]] inline bool is_simple(Neighbourhood voxels) {
  return has_connected_neighbours(voxels) && euler_change_by_8(voxels) == 0;
}

}  // namespace volseg::score::internal
