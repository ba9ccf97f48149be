// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/error_place.h"

#include <algorithm>
#include <limits>

#include "volseg/mask/components.h"
#include "volseg/mask/set_algebra.h"

namespace volseg::report::internal {

namespace {

constexpr float kFar = std::numeric_limits<float>::max() / 4;

// The depth of each voxel of a mask in its bounding box; 0 outside.
class DepthMap {
 public:
  DepthMap(const mask::RunMask& mask, const std::array<double, 3>& spacing_mm)
      : box_(mask::bounding_box(mask)), depth_(box_.extents) {
    core::Array<uint8_t> voxels(box_.extents);
    mask::crop(mask, box_, voxels.view());
    for (int64_t i = 0; i < voxels.size(); ++i) {
      depth_.data()[i] = voxels.data()[i] == 0 ? 0 : kFar;
    }
    for (size_t axis = 0; axis < 3; ++axis) {
      step_[axis] = static_cast<float>(spacing_mm[axis]);
      open_below_[axis] = box_.begin[axis] > 0;
      open_above_[axis] = box_.begin[axis] + box_.extents[axis] < mask.shape[axis];
    }
    pass(false);
    pass(true);
  }

  // The deepest voxel in the box, of equals the one nearest to `centre`.
  [[nodiscard]] core::Shape3 deepest(const std::array<double, 3>& centre) const {
    core::Shape3 best{};
    float best_depth = 0;
    double best_distance = 0;
    for_voxels([&](const core::Shape3& at) {
      const float depth = depth_(at[0], at[1], at[2]);
      if (depth < best_depth || depth == 0) {
        return;
      }
      double distance = 0;
      for (size_t axis = 0; axis < 3; ++axis) {
        const double way = (static_cast<double>(at[axis]) - centre[axis]) * step_[axis];
        distance += way * way;
      }
      if (depth > best_depth || distance < best_distance) {
        best = at;
        best_depth = depth;
        best_distance = distance;
      }
    });
    return best;
  }

 private:
  template <typename Visit>
  void for_voxels(const Visit& visit) const {
    const core::Shape3& extents = box_.extents;
    core::Shape3 at{};
    for (at[2] = 0; at[2] < extents[2]; ++at[2]) {
      for (at[1] = 0; at[1] < extents[1]; ++at[1]) {
        for (at[0] = 0; at[0] < extents[0]; ++at[0]) {
          visit(at);
        }
      }
    }
  }

  // Depth of the neighbour one step towards smaller or larger indices.
  [[nodiscard]] float neighbour(core::Shape3 at, size_t axis, bool above) const {
    at[axis] += above ? 1 : -1;
    if (at[axis] < 0) {
      return open_below_[axis] ? 0 : kFar;
    }
    if (at[axis] >= box_.extents[axis]) {
      return open_above_[axis] ? 0 : kFar;
    }
    return depth_(at[0], at[1], at[2]);
  }

  // Shortest ways along the axes need one pass in each direction.
  void pass(bool backward) {
    for_voxels([&](const core::Shape3& forward_at) {
      core::Shape3 at = forward_at;
      for (size_t axis = 0; backward && axis < 3; ++axis) {
        at[axis] = box_.extents[axis] - 1 - at[axis];
      }
      float& depth = depth_(at[0], at[1], at[2]);
      for (size_t axis = 0; depth > 0 && axis < 3; ++axis) {
        depth = std::min(depth, neighbour(at, axis, backward) + step_[axis]);
      }
    });
  }

  mask::Box box_;
  core::Array<float> depth_;
  std::array<float, 3> step_{};
  std::array<bool, 3> open_below_{};
  std::array<bool, 3> open_above_{};
};

// Mean index of the voxels along each axis, from the beginning of `box`.
std::array<double, 3> centroid_in(const mask::RunMask& mask, const mask::Box& box) {
  std::array<double, 3> sum{};
  double voxels = 0;
  for (const mask::Run& run : mask.runs) {
    for (int64_t position = run.start; position < run.start + run.length; ++position) {
      const int64_t row = position / mask.shape[0];
      const int64_t slice = row / mask.shape[1];
      sum[0] += static_cast<double>(position - row * mask.shape[0]);
      sum[1] += static_cast<double>(row - slice * mask.shape[1]);
      sum[2] += static_cast<double>(slice);
      ++voxels;
    }
  }
  for (size_t axis = 0; axis < 3; ++axis) {
    sum[axis] = sum[axis] / voxels - static_cast<double>(box.begin[axis]);
  }
  return sum;
}

}  // namespace

std::optional<ErrorPlace> find_largest_error(const mask::RunMask& truth,
                                             const mask::RunMask& prediction,
                                             const std::array<double, 3>& spacing_mm) {
  constexpr auto kNeighbours = mask::Connectivity::k26;
  ErrorPlace place;
  place.part = mask::largest_component(mask::difference_of(truth, prediction), kNeighbours);
  place.missed = true;
  place.voxels = mask::area(place.part);
  mask::RunMask wrong =
      mask::largest_component(mask::difference_of(prediction, truth), kNeighbours);
  if (const int64_t voxels = mask::area(wrong); voxels > place.voxels) {
    place.part = std::move(wrong);
    place.missed = false;
    place.voxels = voxels;
  }
  if (place.voxels == 0) {
    return std::nullopt;
  }
  const mask::Box box = mask::bounding_box(place.part);
  place.position = DepthMap(place.part, spacing_mm).deepest(centroid_in(place.part, box));
  for (size_t axis = 0; axis < 3; ++axis) {
    place.position[axis] += box.begin[axis];
  }
  return place;
}

}  // namespace volseg::report::internal
