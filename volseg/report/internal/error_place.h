// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "volseg/mask/run_mask.h"

namespace volseg::report::internal {

/// Where truth and prediction of one class differ most.
struct ErrorPlace {
  core::Shape3 position{};  ///< the deepest voxel of the largest part
  bool missed = false;      ///< of the truth only (FN); else of the prediction only (FP)
  mask::RunMask part;       ///< the largest connected part of either kind (26 neighbours)
  int64_t voxels = 0;       ///< of the part
};

/// None where the two are equal. Of parts of one size the missed one, then the first. Depth is the
/// shortest way along the axes out of the part, in mm; the image's border is no way out. Of equally
/// deep voxels the one nearest to the part's centroid. Memory: 4 bytes for each voxel of the part's
/// bounding box.
[[nodiscard]] std::optional<ErrorPlace> find_largest_error(const mask::RunMask& truth,
                                                           const mask::RunMask& prediction,
                                                           const std::array<double, 3>& spacing_mm);

}  // namespace volseg::report::internal
