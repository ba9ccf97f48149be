// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "volseg/core/array.h"
#include "volseg/volume/volume.h"

namespace volseg::dataset::internal {

/// Indices on one grid as an affine function of indices on another.
class IndexMap {
 public:
  /// @param from  grid of the results  @param to  grid of the arguments
  /// @throws Error(kShape) when the axes of `from` do not span space
  IndexMap(const volume::Geometry& from, const volume::Geometry& to);
  /// The index on `from` of a voxel of `to`.
  [[nodiscard]] std::array<double, 3> at(int64_t a, int64_t b, int64_t c) const;
  /// True when the centre of a voxel of `to` lies in a voxel of `from`, which has this shape.
  [[nodiscard]] bool is_inside(const core::Shape3& index, const core::Shape3& shape) const;

 private:
  std::array<double, 9> step_{};
  std::array<double, 3> begin_{};
};

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
