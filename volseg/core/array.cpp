// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/array.h"

#include "volseg/core/error.h"

namespace volseg::core {

int64_t voxel_count(const Shape3& shape) {
  constexpr int64_t kMostVoxels = int64_t{1} << 62;
  int64_t count = 1;
  for (const int64_t extent : shape) {
    if (extent < 0) {
      throw Error(ErrorKind::kShape, "core.voxel_count", "negative extent in " + to_string(shape));
    }
    if (extent > 0 && count > kMostVoxels / extent) {
      throw Error(ErrorKind::kLimit, "core.voxel_count",
                  "shape " + to_string(shape) + " has more than 2^62 voxels");
    }
    count *= extent;
  }
  return count;
}

Strides3 dense_strides(const Shape3& shape, Order order) {
  if (order == Order::kFortran) {
    return {1, shape[0], shape[0] * shape[1]};
  }
  return {shape[1] * shape[2], shape[2], 1};
}

std::string to_string(const Shape3& shape) {
  return std::to_string(shape[0]) + " x " + std::to_string(shape[1]) + " x " +
         std::to_string(shape[2]);
}

}  // namespace volseg::core
