// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "volseg/core/array.h"
#include "volseg/mask/run_mask.h"

namespace volseg::plan {

/// Smallest box around the voxels where any channel differs from 0; the whole image when all are 0.
/// @param channels  at least one, of equal shapes
[[nodiscard]] mask::Box nonzero_box(const std::vector<core::Array<float>>& channels);

}  // namespace volseg::plan
