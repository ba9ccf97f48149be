// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "volseg/core/array.h"
#include "volseg/volume/volume.h"

namespace volseg::dataset::internal {

/// What is kept of an image to compare it with the others.
struct ImageFacts {
  core::Shape3 shape{};
  std::optional<std::array<double, 3>> spacing_mm;  ///< when the file has a geometry
  uint64_t fingerprint = 0;                         ///< of shape, channels and a sample of voxels
  bool is_constant = false;  ///< over the sample; check compares the other voxels as well
  double median = 0;         ///< of the finite voxels of the sample, first channel
  double range = 0;          ///< between its 5th and 95th percentile
};

/// Looks at 4,096 voxels at even distances in Fortran order: equal for the same voxels in another
/// format or memory order.
[[nodiscard]] ImageFacts facts_of(const volume::Volume& image);

/// A hash of shape, channels and every voxel, equal for the same values in another format, type or
/// memory order. One pass.
[[nodiscard]] std::array<uint64_t, 2> content_hash(const volume::Volume& image);

}  // namespace volseg::dataset::internal
