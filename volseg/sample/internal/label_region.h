// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "volseg/core/array.h"
#include "volseg/mask/run_mask.h"

namespace volseg::sample::internal {

/// The part of `box` inside [0, shape); extents 0 when there is none.
[[nodiscard]] mask::Box clip(const mask::Box& box, const core::Shape3& shape);

/// True when the boxes share a voxel.
[[nodiscard]] bool intersects(const mask::Box& first, const mask::Box& second);

/// Writes `value` into the voxels of `box` that are in the mask and leaves the others, so that many
/// classes share one map. `voxels` has the extents of `box`, of which any part may lie outside the
/// mask's shape; strides are free. Cost: the mask's runs between the first and the last row of the
/// box.
void paint_box(const mask::RunMask& mask, const mask::Box& box, uint8_t value,
               core::ArrayView<uint8_t> voxels);

}  // namespace volseg::sample::internal
