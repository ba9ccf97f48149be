// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <vector>

#include "volseg/volume/volume.h"

namespace volseg::volume::internal {

using Vector3 = std::array<double, 3>;

/// A voxel-to-world map in millimetres; column a is the step along array axis a.
struct Affine {
  std::array<Vector3, 3> columns{};
  Vector3 origin{};
};

[[nodiscard]] double length(const Vector3& vector);
[[nodiscard]] double dot(const Vector3& first, const Vector3& second);
[[nodiscard]] Vector3 cross(const Vector3& first, const Vector3& second);

/// A number for messages, seven digits of it.
[[nodiscard]] std::string short_text(double value);

/// Finite, with three columns that span space.
[[nodiscard]] bool is_usable(const Affine& affine);
/// Whether two columns are not at right angles.
[[nodiscard]] bool is_sheared(const Affine& affine);
/// True when columns and origin agree within 1e-3 of the smallest spacing.
[[nodiscard]] bool agree(const Affine& first, const Affine& second);

/// Marks the geometry as known and takes spacing, direction and origin from a usable map.
void set_affine(const Affine& affine, Geometry& geometry);
[[nodiscard]] Affine affine_of(const Geometry& geometry);

/// Turns a vector of L, P, S into R, A, S, or back.
[[nodiscard]] Vector3 in_patient_axes(const Vector3& vector);
/// Turns world axes L, P, S into R, A, S, or back.
void swap_patient_axes(Affine& affine);

/// The geometry of a map that a file states; an unusable or sheared one is said in `notes`.
/// @param what  the fields that state it, such as "the space directions"
[[nodiscard]] Geometry geometry_of(const Affine& affine, const std::string& what,
                                   std::vector<std::string>& notes);

}  // namespace volseg::volume::internal
