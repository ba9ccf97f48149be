// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "volseg/core/array.h"
#include "volseg/volume/volume.h"

namespace volseg::report::internal {

/// How one plane of an image lies on the screen.
struct Plane {
  size_t fixed_axis = 0;         ///< array axis that the plane cuts
  size_t horizontal_axis = 1;    ///< array axis from left to right
  size_t vertical_axis = 2;      ///< array axis from top to bottom
  bool flip_horizontal = false;  ///< the highest index is at the left
  bool flip_vertical = false;    ///< the highest index is at the top
  char left = 0;                 ///< orientation letters; 0 where the geometry is unknown
  char right = 0;
  char top = 0;
  char bottom = 0;
  int64_t width = 1;  ///< [pixels]
  int64_t height = 1;

  /// Index along an array axis at the middle of a pixel, with a fraction, not clamped.
  [[nodiscard]] double column_index(int64_t x, const core::Shape3& shape) const;
  [[nodiscard]] double row_index(int64_t y, const core::Shape3& shape) const;
};

/// Three planes, axial, coronal and sagittal, as radiologists see them: the patient's right is at
/// the left of the screen, superior or anterior on top. Without a known geometry the planes across
/// axes 2, 1 and 0, indices growing to the right and down. All have one scale.
struct PlaneLayout {
  std::array<Plane, 3> planes;
  double pixels_per_mm = 1;
};

[[nodiscard]] PlaneLayout lay_out_planes(const volume::Header& header, int64_t panel_edge_pixels);

}  // namespace volseg::report::internal
