// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/affine.h"

#include <algorithm>
#include <cmath>

namespace volseg::volume::internal {

namespace {

constexpr double kAgreement = 1e-3;

}  // namespace

double length(const Vector3& vector) { return std::hypot(vector[0], vector[1], vector[2]); }

double dot(const Vector3& first, const Vector3& second) {
  return first[0] * second[0] + first[1] * second[1] + first[2] * second[2];
}

Vector3 cross(const Vector3& first, const Vector3& second) {
  return {first[1] * second[2] - first[2] * second[1], first[2] * second[0] - first[0] * second[2],
          first[0] * second[1] - first[1] * second[0]};
}

bool is_usable(const Affine& affine) {
  const auto& [a, b, c] = affine.columns;
  const double box = length(a) * length(b) * length(c);
  const bool finite = std::ranges::all_of(affine.origin, [](double x) { return std::isfinite(x); });
  return finite && std::isfinite(box) && box > 0 && std::abs(dot(cross(a, b), c)) > 1e-6 * box;
}

bool is_sheared(const Affine& affine) {
  for (size_t axis = 0; axis < 3; ++axis) {
    const auto& first = affine.columns[axis];
    const auto& second = affine.columns[(axis + 1) % 3];
    if (std::abs(dot(first, second)) > kAgreement * length(first) * length(second)) {
      return true;
    }
  }
  return false;
}

bool agree(const Affine& first, const Affine& second) {
  double smallest = length(first.columns[0]);
  double difference = 0;
  for (size_t row = 0; row < 3; ++row) {
    smallest = std::min(smallest, length(first.columns[row]));
    difference = std::max(difference, std::abs(first.origin[row] - second.origin[row]));
    for (size_t axis = 0; axis < 3; ++axis) {
      difference =
          std::max(difference, std::abs(first.columns[axis][row] - second.columns[axis][row]));
    }
  }
  return difference <= kAgreement * smallest;
}

void set_affine(const Affine& affine, Geometry& geometry) {
  geometry.known = true;
  geometry.origin_mm = affine.origin;
  for (size_t axis = 0; axis < 3; ++axis) {
    const auto& column = affine.columns[axis];
    geometry.spacing_mm[axis] = length(column);
    for (size_t row = 0; row < 3; ++row) {
      geometry.direction[row * 3 + axis] = column[row] / geometry.spacing_mm[axis];
    }
  }
}

Affine affine_of(const Geometry& geometry) {
  Affine affine{.origin = geometry.origin_mm};
  for (size_t axis = 0; axis < 3; ++axis) {
    for (size_t row = 0; row < 3; ++row) {
      affine.columns[axis][row] = geometry.direction[row * 3 + axis] * geometry.spacing_mm[axis];
    }
  }
  return affine;
}

Vector3 in_patient_axes(const Vector3& vector) { return {0 - vector[0], 0 - vector[1], vector[2]}; }

void swap_patient_axes(Affine& affine) {
  affine.origin = in_patient_axes(affine.origin);
  for (Vector3& column : affine.columns) {
    column = in_patient_axes(column);
  }
}

Geometry geometry_of(const Affine& affine, const std::string& what,
                     std::vector<std::string>& notes) {
  Geometry geometry;
  if (!is_usable(affine)) {
    notes.push_back(what + " are singular or not finite; spacing and position are unknown");
    return geometry;
  }
  if (is_sheared(affine)) {
    notes.push_back(what + " are sheared: voxel axes are not at right angles");
  }
  set_affine(affine, geometry);
  return geometry;
}

}  // namespace volseg::volume::internal
