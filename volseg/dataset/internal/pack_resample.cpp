// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/pack_resample.h"

#include <array>
#include <cmath>

#include "volseg/core/error.h"

namespace volseg::dataset::internal {

namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<double, 9>;  // row-major

// Half-way positions would else depend on rounding errors.
constexpr double kTie = 1e-6;

Matrix steps_of(const volume::Geometry& geometry) {
  Matrix steps{};
  for (size_t index = 0; index < steps.size(); ++index) {
    steps[index] = geometry.direction[index] * geometry.spacing_mm[index % 3];
  }
  return steps;
}

double minor_of(const Matrix& matrix, size_t row, size_t column) {
  const auto at = [&](size_t down, size_t right) {
    return matrix[(row + down) % 3 * 3 + (column + right) % 3];
  };
  return at(1, 1) * at(2, 2) - at(1, 2) * at(2, 1);
}

Matrix inverse_of(const Matrix& matrix) {
  double determinant = 0;
  for (size_t column = 0; column < 3; ++column) {
    determinant += matrix[column] * minor_of(matrix, 0, column);
  }
  if (!(std::abs(determinant) > 0) || !std::isfinite(determinant)) {
    throw Error(ErrorKind::kShape, "dataset.pack", "the axes of the label map do not span space");
  }
  Matrix inverse{};
  for (size_t index = 0; index < inverse.size(); ++index) {
    inverse[index] = minor_of(matrix, index % 3, index / 3) / determinant;
  }
  return inverse;
}

int32_t nearest_label(core::ArrayView<const int32_t> labels, const Vector& position) {
  std::array<int64_t, 3> nearest{};
  for (size_t axis = 0; axis < 3; ++axis) {
    const double index = std::floor(position[axis] + 0.5 - kTie);
    if (!(index >= 0 && index < static_cast<double>(labels.shape[axis]))) {
      return 0;
    }
    nearest[axis] = static_cast<int64_t>(index);
  }
  return labels(nearest[0], nearest[1], nearest[2]);
}

}  // namespace

IndexMap::IndexMap(const volume::Geometry& from, const volume::Geometry& to) {
  const Matrix inverse = inverse_of(steps_of(from));
  const Matrix steps = steps_of(to);
  for (size_t row = 0; row < 3; ++row) {
    for (size_t inner = 0; inner < 3; ++inner) {
      const double factor = inverse[row * 3 + inner];
      begin_[row] += factor * (to.origin_mm[inner] - from.origin_mm[inner]);
      for (size_t column = 0; column < 3; ++column) {
        step_[row * 3 + column] += factor * steps[inner * 3 + column];
      }
    }
  }
}

std::array<double, 3> IndexMap::at(int64_t a, int64_t b, int64_t c) const {
  const Vector index = {static_cast<double>(a), static_cast<double>(b), static_cast<double>(c)};
  Vector result = begin_;
  for (size_t row = 0; row < 3; ++row) {
    for (size_t column = 0; column < 3; ++column) {
      result[row] += step_[row * 3 + column] * index[column];
    }
  }
  return result;
}

bool IndexMap::is_inside(const core::Shape3& index, const core::Shape3& shape) const {
  const Vector position = at(index[0], index[1], index[2]);
  for (size_t axis = 0; axis < 3; ++axis) {
    const double end = static_cast<double>(shape[axis]) - 0.5;
    if (!(position[axis] >= -0.5 - kTie && position[axis] <= end + kTie)) {
      return false;
    }
  }
  return true;
}

core::Array<int32_t> resample_nearest(core::ArrayView<const int32_t> labels,
                                      const volume::Geometry& from, const core::Shape3& shape,
                                      const volume::Geometry& to) {
  const IndexMap map(from, to);
  core::Array<int32_t> result(shape);
  int32_t* next = result.data();
  for (int64_t c = 0; c < shape[2]; ++c) {
    for (int64_t b = 0; b < shape[1]; ++b) {
      for (int64_t a = 0; a < shape[0]; ++a) {
        *next++ = nearest_label(labels, map.at(a, b, c));
      }
    }
  }
  return result;
}

}  // namespace volseg::dataset::internal
