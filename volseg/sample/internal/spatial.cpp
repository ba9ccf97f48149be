// SPDX-License-Identifier: Apache-2.0
#include "volseg/sample/internal/spatial.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace volseg::sample::internal {

namespace {

using Matrix = std::array<double, 9>;

constexpr Matrix kIdentity{1, 0, 0, 0, 1, 0, 0, 0, 1};
constexpr int64_t kFlatRatio = 3;

Matrix product(const Matrix& left, const Matrix& right) {
  Matrix result{};
  for (size_t i = 0; i < 9; ++i) {
    for (size_t k = 0; k < 3; ++k) {
      result[i] += left[i / 3 * 3 + k] * right[k * 3 + i % 3];
    }
  }
  return result;
}

// Turns about one axis.
Matrix rotation(size_t axis, double angle) {
  const size_t first = (axis + 1) % 3;
  const size_t second = (axis + 2) % 3;
  Matrix matrix = kIdentity;
  matrix[first * 3 + first] = std::cos(angle);
  matrix[first * 3 + second] = -std::sin(angle);
  matrix[second * 3 + first] = std::sin(angle);
  matrix[second * 3 + second] = std::cos(angle);
  return matrix;
}

bool is_flat(const core::Shape3& shape) {
  return *std::max_element(shape.begin(), shape.end()) > kFlatRatio * shape[0];
}

bool rotate(const plan::Augmentation& augmentation, bool flat, const DrawKey& key, Matrix& matrix) {
  core::CounterRandom random = key.random(Stream::kRotation);
  if (!random.chance(augmentation.rotation_probability) || augmentation.rotation_degrees == 0) {
    return false;
  }
  const double limit = augmentation.rotation_degrees * std::numbers::pi / 180;
  for (size_t axis = 0; axis < 3; ++axis) {
    const double angle = random.uniform(-limit, limit);
    if (axis == 0 || !flat) {
      matrix = product(matrix, rotation(axis, angle));
    }
  }
  return true;
}

bool scale(const plan::Augmentation& augmentation, bool flat, const DrawKey& key, Matrix& matrix) {
  core::CounterRandom random = key.random(Stream::kScaling);
  if (!random.chance(augmentation.scaling_probability)) {
    return false;
  }
  const double common = random.uniform(augmentation.scaling_low, augmentation.scaling_high);
  const double spread = augmentation.axis_scaling_fraction;
  Matrix scaling = kIdentity;
  for (size_t axis = 0; axis < 3; ++axis) {
    const double factor = common * random.uniform(1 - spread, 1 + spread);
    if (axis > 0 || !flat) {
      scaling[axis * 4] = 1 / factor;
    }
  }
  matrix = product(matrix, scaling);
  return scaling != kIdentity;
}

core::Shape3 draw_shift(double fraction, const core::Shape3& patch_shape, const DrawKey& key) {
  core::CounterRandom random = key.random(Stream::kTranslation);
  core::Shape3 shift{};
  for (size_t axis = 0; axis < 3; ++axis) {
    const double limit = fraction * static_cast<double>(patch_shape[axis]);
    shift[axis] = std::llround(random.uniform(-limit, limit));
  }
  return shift;
}

}  // namespace

SpatialChange draw_spatial_change(const plan::Augmentation& augmentation,
                                  const core::Shape3& patch_shape, const DrawKey& key) {
  SpatialChange change;
  const bool flat = is_flat(patch_shape);
  const bool rotated = rotate(augmentation, flat, key, change.matrix);
  const bool scaled = scale(augmentation, flat, key, change.matrix);
  core::CounterRandom elastic = key.random(Stream::kElastic);
  const bool bent =
      elastic.chance(augmentation.elastic_probability) && augmentation.elastic_magnitude_voxels > 0;
  if (bent) {
    change.elastic = ElasticField(patch_shape, augmentation.elastic_spacing_voxels,
                                  augmentation.elastic_magnitude_voxels, elastic);
  }
  change.interpolates = rotated || scaled || bent;
  change.shift = draw_shift(augmentation.translation_fraction, patch_shape, key);
  core::CounterRandom mirror = key.random(Stream::kMirror);
  for (size_t axis = 0; axis < 3; ++axis) {
    const bool heads = mirror.chance(0.5);
    change.mirrored[axis] =
        heads && axis < augmentation.mirror_axes.size() && augmentation.mirror_axes[axis];
  }
  return change;
}

PatchMapping::PatchMapping(const core::Shape3& begin, const core::Shape3& patch_shape,
                           const SpatialChange& change)
    : begin_(begin), patch_shape_(patch_shape), change_(change), matrix_(change.matrix) {
  for (size_t axis = 0; axis < 3; ++axis) {
    begin_[axis] += change.shift[axis];
    patch_center_[axis] = static_cast<double>(patch_shape[axis] - 1) / 2;
    case_center_[axis] = static_cast<double>(begin_[axis]) + patch_center_[axis];
    for (size_t row = 0; row < 3 && change.mirrored[axis]; ++row) {
      matrix_[row * 3 + axis] = -matrix_[row * 3 + axis];
    }
  }
}

void PatchMapping::row(int64_t a, int64_t b, ElasticWalk& walk, RowPositions& positions) const {
  const double offset_a = static_cast<double>(a) - patch_center_[0];
  const double offset_b = static_cast<double>(b) - patch_center_[1];
  for (size_t axis = 0; axis < 3; ++axis) {
    const double* from = matrix_.data() + axis * 3;
    const auto step = static_cast<float>(from[2]);
    const auto start = static_cast<float>(case_center_[axis] + from[0] * offset_a +
                                          from[1] * offset_b - from[2] * patch_center_[2]);
    std::vector<float>& along = positions[axis];
    along.resize(static_cast<size_t>(patch_shape_[2]));
    for (size_t c = 0; c < along.size(); ++c) {
      along[c] = start + step * static_cast<float>(static_cast<int32_t>(c));
    }
  }
  if (!change_.elastic.empty()) {
    walk.add_to_row(a, b, positions);
  }
}

mask::Box PatchMapping::source_box() const {
  if (!change_.interpolates) {
    return {begin_, patch_shape_};
  }
  mask::Box box;
  const std::array<double, 3> shift = change_.elastic.largest_shift();
  for (size_t axis = 0; axis < 3; ++axis) {
    double reach = shift[axis] + 1;  // one voxel for rounding
    for (size_t column = 0; column < 3; ++column) {
      reach += std::abs(matrix_[axis * 3 + column]) * patch_center_[column];
    }
    box.begin[axis] = static_cast<int64_t>(std::floor(case_center_[axis] - reach));
    const auto last = static_cast<int64_t>(std::ceil(case_center_[axis] + reach));
    box.extents[axis] = last + 1 - box.begin[axis];
  }
  return box;
}

}  // namespace volseg::sample::internal
