// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "volseg/core/array.h"
#include "volseg/core/random.h"
#include "volseg/mask/run_mask.h"

// Small masks to try surfaces on.
namespace volseg::score::internal {

struct TestPair {
  mask::RunMask truth;
  mask::RunMask prediction;
};

inline mask::RunMask to_runs(const core::Array<uint8_t>& voxels) {
  return mask::encode(core::ArrayView<const uint8_t>(voxels.view()));
}

/// Voxels by chance, in a box of the shape by chance, so that masks are thin, full, far apart.
inline mask::RunMask random_mask(const core::Shape3& shape, core::CounterRandom& random) {
  core::Array<uint8_t> voxels(shape, core::Order::kFortran, uint8_t{0});
  core::Shape3 begin{};
  core::Shape3 end{};
  for (int axis = 0; axis < 3; ++axis) {
    begin[axis] = random.below(shape[axis]);
    end[axis] = begin[axis] + 1 + random.below(shape[axis] - begin[axis]);
  }
  const double density = static_cast<double>(1 + random.below(8)) / 8;
  for (int64_t c = begin[2]; c < end[2]; ++c) {
    for (int64_t b = begin[1]; b < end[1]; ++b) {
      for (int64_t a = begin[0]; a < end[0]; ++a) {
        voxels(a, b, c) = random.chance(density) ? 1 : 0;
      }
    }
  }
  return to_runs(voxels);
}

inline TestPair random_pair(uint64_t trial) {
  core::CounterRandom random(5, 0, trial);
  core::Shape3 shape{};
  for (int64_t& extent : shape) {
    extent = 1 + random.below(12);
  }
  shape[0] += trial % 4 == 3 ? random.below(150) : 0;
  return {random_mask(shape, random), random_mask(shape, random)};
}

inline core::Array<uint8_t> to_voxels(const mask::RunMask& mask) {
  core::Array<uint8_t> voxels(mask.shape);
  mask::decode(mask, voxels.view());
  return voxels;
}

inline mask::RunMask with_margin(const mask::RunMask& mask, const core::Shape3& margin) {
  core::Array<uint8_t> wide(
      {mask.shape[0] + 2 * margin[0], mask.shape[1] + 2 * margin[1], mask.shape[2] + 2 * margin[2]},
      core::Order::kFortran, uint8_t{0});
  mask::decode(mask, wide.view().box(margin, mask.shape));
  return to_runs(wide);
}

/// Single voxels, some of them perhaps the same.
inline mask::RunMask scattered_mask(const core::Shape3& shape, int64_t voxels,
                                    core::CounterRandom& random) {
  core::Array<uint8_t> drawn(shape, core::Order::kFortran, uint8_t{0});
  for (int64_t i = 0; i < voxels; ++i) {
    drawn(random.below(shape[0]), random.below(shape[1]), random.below(shape[2])) = 1;
  }
  return to_runs(drawn);
}

/// Voxels whose centres are no farther than `radius` from `centre`, but farther than `hole`.
inline mask::RunMask ball_mask(const core::Shape3& shape, const core::Shape3& centre,
                               int64_t radius, int64_t hole) {
  core::Array<uint8_t> voxels(shape);
  for (int64_t i = 0; i < voxels.size(); ++i) {
    const core::Shape3 index = {i % shape[0], i / shape[0] % shape[1], i / shape[0] / shape[1]};
    int64_t squared = 0;
    for (int axis = 0; axis < 3; ++axis) {
      squared += (index[axis] - centre[axis]) * (index[axis] - centre[axis]);
    }
    voxels.data()[i] = squared <= radius * radius && squared > hole * hole ? 1 : 0;
  }
  return to_runs(voxels);
}

}  // namespace volseg::score::internal
