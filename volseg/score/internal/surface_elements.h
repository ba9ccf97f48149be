// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace volseg::score::internal {

inline constexpr int kCornerCodes = 256;

/// The area of the contour inside the cube between eight voxel centres, for each code of which are
/// inside (corner_code): triangles through the middles of the cube's edges that part the smaller
/// side's voxels from the others and, on a face with two of them across, from each other. A contour
/// of more than three edges is cut into the triangles that are largest together at equal spacings.
/// @source Lorensen and Cline 1987, "Marching cubes"; Nikolov et al. 2018, arXiv:1809.04430
[[nodiscard]] std::array<double, kCornerCodes> element_areas_mm2(
    const std::array<double, 3>& spacing_mm);

}  // namespace volseg::score::internal
