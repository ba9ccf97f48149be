// SPDX-License-Identifier: Apache-2.0
#include "volseg/sample/internal/elastic.h"

#include <algorithm>
#include <cmath>

namespace volseg::sample::internal {

namespace {

// Uniform cubic B-spline; the weights are positive and add up to 1.
std::array<float, 4> spline_weights(double fraction) {
  const double rest = 1 - fraction;
  const double square = fraction * fraction;
  const double cube = square * fraction;
  return {static_cast<float>(rest * rest * rest / 6),
          static_cast<float>((3 * cube - 6 * square + 4) / 6),
          static_cast<float>((-3 * cube + 3 * square + 3 * fraction + 1) / 6),
          static_cast<float>(cube / 6)};
}

// Weighted sum of four blocks of `size` values that lie `size` apart.
void blend_blocks(const float* blocks, const std::array<float, 4>& weights, int64_t size,
                  float* sum) {
  const float* second = blocks + size;
  const float* third = second + size;
  const float* fourth = third + size;
  for (int64_t i = 0; i < size; ++i) {
    sum[i] = weights[0] * blocks[i] + weights[1] * second[i] + weights[2] * third[i] +
             weights[3] * fourth[i];
  }
}

}  // namespace

ElasticField::ElasticField(const core::Shape3& patch_shape, double spacing_voxels,
                           double magnitude_voxels, core::CounterRandom random) {
  const double spacing = std::max(1.0, spacing_voxels);
  for (size_t axis = 0; axis < 3; ++axis) {
    const int64_t extent = patch_shape[axis];
    for (int64_t voxel = 0; voxel < extent; ++voxel) {
      const double position = static_cast<double>(voxel) / spacing;
      const double first = std::floor(position);
      knots_[axis].push_back({static_cast<int64_t>(first), spline_weights(position - first)});
    }
    grid_shape_[axis] = knots_[axis].back().first + 4;
  }
  values_.resize(static_cast<size_t>(3 * core::voxel_count(grid_shape_)));
  for (float& value : values_) {
    value = static_cast<float>(magnitude_voxels * random.normal());
  }
}

std::array<double, 3> ElasticField::largest_shift() const {
  std::array<double, 3> largest{};
  const size_t size = values_.size() / 3;
  for (size_t i = 0; i < values_.size(); ++i) {
    double& bound = largest[i / size];
    bound = std::max(bound, std::abs(static_cast<double>(values_[i])));
  }
  return largest;
}

ElasticWalk::ElasticWalk(const ElasticField& field)
    : field_(field),
      plane_(static_cast<size_t>(3 * field.grid_shape_[1] * field.grid_shape_[2])),
      row_(static_cast<size_t>(field.grid_shape_[2])) {}

void ElasticWalk::add_to_row(int64_t a, int64_t b, RowPositions& positions) {
  const core::Shape3& grid = field_.grid_shape_;
  const int64_t plane_size = grid[1] * grid[2];
  if (plane_number_ != a) {
    const ElasticField::Knot& knot = field_.knots_[0][static_cast<size_t>(a)];
    for (int64_t axis = 0; axis < 3; ++axis) {
      const float* blocks = field_.values_.data() + (axis * grid[0] + knot.first) * plane_size;
      blend_blocks(blocks, knot.weights, plane_size, plane_.data() + axis * plane_size);
    }
    plane_number_ = a;
  }
  const ElasticField::Knot& knot = field_.knots_[1][static_cast<size_t>(b)];
  const std::vector<ElasticField::Knot>& along = field_.knots_[2];
  for (size_t axis = 0; axis < 3; ++axis) {
    const float* blocks =
        plane_.data() + static_cast<int64_t>(axis) * plane_size + knot.first * grid[2];
    blend_blocks(blocks, knot.weights, grid[2], row_.data());
    float* shifted = positions[axis].data();
    for (size_t c = 0; c < along.size(); ++c) {
      const float* control = row_.data() + along[c].first;
      const std::array<float, 4>& weights = along[c].weights;
      shifted[c] += weights[0] * control[0] + weights[1] * control[1] + weights[2] * control[2] +
                    weights[3] * control[3];
    }
  }
}

}  // namespace volseg::sample::internal
