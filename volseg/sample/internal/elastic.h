// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/core/random.h"

namespace volseg::sample::internal {

/// Positions of one row of a patch in its case, one list for each case axis [voxels].
using RowPositions = std::array<std::vector<float>, 3>;

/// A smooth random shift of every voxel of a patch: a coarse grid of normally distributed shifts
/// between which a uniform cubic B-spline runs. Without a grid no voxel is shifted.
class ElasticField {
 public:
  ElasticField() = default;
  /// @param spacing_voxels    between control points; below 1 counts as 1
  /// @param magnitude_voxels  standard deviation of a control point's shift along each axis
  ElasticField(const core::Shape3& patch_shape, double spacing_voxels, double magnitude_voxels,
               core::CounterRandom random);

  [[nodiscard]] bool empty() const { return values_.empty(); }
  /// A bound of the shift along each case axis [voxels].
  [[nodiscard]] std::array<double, 3> largest_shift() const;

 private:
  friend class ElasticWalk;
  /// The four control points around a voxel along one axis.
  struct Knot {
    int64_t first = 0;
    std::array<float, 4> weights{};
  };
  std::array<std::vector<Knot>, 3> knots_;  // per patch axis, per voxel
  core::Shape3 grid_shape_{};
  std::vector<float> values_;  // (case axis, grid axis 0, 1, 2), last fastest
};

/// Walks a field row by row; one for each thread.
class ElasticWalk {
 public:
  explicit ElasticWalk(const ElasticField& field);
  /// Adds the shifts of row (a, b) to `positions`.
  void add_to_row(int64_t a, int64_t b, RowPositions& positions);

 private:
  const ElasticField& field_;
  int64_t plane_number_ = -1;
  std::vector<float> plane_;  // (case axis, grid axis 1, 2) of the current patch plane
  std::vector<float> row_;    // (grid axis 2) of the current row
};

}  // namespace volseg::sample::internal
