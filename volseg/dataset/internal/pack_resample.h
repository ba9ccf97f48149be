// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "volseg/core/array.h"
#include "volseg/volume/volume.h"

namespace volseg::dataset::internal {

/// A label map brought onto another grid by the world positions of voxels: every voxel of the new
/// grid takes the label of the nearest voxel, half-way the one of lower index; 0 where the old grid
/// does not reach. Linear in voxels of the new grid.
/// @param from   where the labels lie, known
/// @param shape  of the new grid
/// @param to     where the new grid lies, known
/// @throws Error(kShape) when the axes of `from` do not span space
[[nodiscard]] core::Array<int32_t> resample_nearest(core::ArrayView<const int32_t> labels,
                                                    const volume::Geometry& from,
                                                    const core::Shape3& shape,
                                                    const volume::Geometry& to);

}  // namespace volseg::dataset::internal
