// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "volseg/core/array.h"
#include "volseg/mask/run_mask.h"
#include "volseg/plan/recipe.h"
#include "volseg/sample/internal/draw_key.h"
#include "volseg/sample/internal/elastic.h"

namespace volseg::sample::internal {

/// How a patch is moved, turned, scaled, bent and mirrored.
struct SpatialChange {
  core::Shape3 shift{};            ///< added to the patch's begin [voxels]
  std::array<bool, 3> mirrored{};  ///< patch axes that run backwards
  bool interpolates = false;       ///< false: whole voxels are copied, matrix and elastic unused
  /// Row-major; takes a voxel's offset from the patch centre to the offset in the case.
  std::array<double, 9> matrix{1, 0, 0, 0, 1, 0, 0, 0, 1};
  ElasticField elastic;
};

/// Draws the spatial part of an augmentation. In a patch whose first axis is over three times
/// shorter than its longest, axis 0 is neither turned nor scaled, as in nnU-Net.
[[nodiscard]] SpatialChange draw_spatial_change(const plan::Augmentation& augmentation,
                                                const core::Shape3& patch_shape,
                                                const DrawKey& key);

/// Takes voxels of a patch to positions in its case.
class PatchMapping {
 public:
  /// @param begin   case voxel of the patch's first voxel before the change; may lie outside
  /// @param change  must outlive the mapping
  PatchMapping(const core::Shape3& begin, const core::Shape3& patch_shape,
               const SpatialChange& change);

  /// Positions of the patch row (a, b, all c). `walk` belongs to the change's elastic field.
  void row(int64_t a, int64_t b, ElasticWalk& walk, RowPositions& positions) const;
  /// A box that holds every case voxel that is nearest to a position; may reach outside the case.
  [[nodiscard]] mask::Box source_box() const;
  [[nodiscard]] const core::Shape3& begin() const { return begin_; }
  [[nodiscard]] const core::Shape3& patch_shape() const { return patch_shape_; }
  [[nodiscard]] const SpatialChange& change() const { return change_; }

 private:
  core::Shape3 begin_;
  core::Shape3 patch_shape_;
  const SpatialChange& change_;
  std::array<double, 9> matrix_;  // with mirroring
  std::array<double, 3> patch_center_;
  std::array<double, 3> case_center_;
};

}  // namespace volseg::sample::internal
