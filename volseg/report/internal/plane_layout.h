// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>

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
  std::string left;  ///< orientation letters such as "R"; empty where the orientation is unknown
  std::string right;
  std::string top;
  std::string bottom;
  int64_t width = 1;  ///< [pixels]
  int64_t height = 1;

  /// Index along an array axis at a place on the screen, with a fraction, not clamped; the middle
  /// of pixel i is i + 0.5.
  [[nodiscard]] double column_index(double x, const core::Shape3& shape) const;
  [[nodiscard]] double row_index(double y, const core::Shape3& shape) const;
};

/// False when the file says nothing of how the grid lies in the patient, even where it has a
/// spacing.
[[nodiscard]] bool orientation_known(const volume::Geometry& geometry);

/// Letters of the patient's sides that a direction points to: R or L, A or P, S or I. The nearest
/// first; a second and third only where the direction leans more than 22.5 degrees to them. Empty
/// for a direction without a length.
/// @param direction  world axes (R, A, S)
[[nodiscard]] std::string letters_of(const std::array<double, 3>& direction);

/// Three planes, axial, coronal and sagittal, as radiologists see them: the patient's right is at
/// the left of the screen, superior or anterior on top. Without a known geometry the planes across
/// axes 2, 1 and 0, indices growing to the right and down. All have one scale.
struct PlaneLayout {
  std::array<Plane, 3> planes;
  double pixels_per_mm = 1;
};

/// @param panel_edge_pixels  of the longest edge of the three
[[nodiscard]] PlaneLayout lay_out_planes(const volume::Header& header, int64_t panel_edge_pixels);

/// The one of the three planes that cuts the axis with the largest spacing, the first where they
/// are equal; its longer edge has `panel_edge_pixels`.
[[nodiscard]] Plane lay_out_finest_plane(const volume::Header& header, int64_t panel_edge_pixels);

}  // namespace volseg::report::internal
