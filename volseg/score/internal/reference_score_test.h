// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/core/random.h"
#include "volseg/mask/run_mask.h"

// Plain counterparts of the scores, one voxel at a time.
namespace volseg::score::reference {

using Dense = core::Array<uint8_t>;

/// Calls work(a, b, c) for each index below `shape`.
template <typename Work>
void for_each_index(const core::Shape3& shape, Work work) {
  for (int64_t c = 0; c < shape[2]; ++c) {
    for (int64_t b = 0; b < shape[1]; ++b) {
      for (int64_t a = 0; a < shape[0]; ++a) {
        work(a, b, c);
      }
    }
  }
}

/// Extents from 1 to `most`.
inline core::Shape3 draw_shape(core::CounterRandom& random, int64_t most) {
  return {1 + random.below(most), 1 + random.below(most), 1 + random.below(most)};
}

/// Every voxel a coin toss.
inline Dense draw_noise(core::CounterRandom& random, const core::Shape3& shape,
                        double density_fraction) {
  Dense voxels(shape);
  for (int64_t i = 0; i < voxels.size(); ++i) {
    voxels.data()[i] = random.chance(density_fraction) ? 1 : 0;
  }
  return voxels;
}

/// Boxes at random places, which join and leave holes.
inline Dense draw_boxes(core::CounterRandom& random, const core::Shape3& shape, int64_t boxes) {
  Dense voxels(shape, core::Order::kFortran, 0);
  for (int64_t i = 0; i < boxes; ++i) {
    const uint8_t value = random.chance(0.75) ? 1 : 0;
    core::Shape3 begin{};
    core::Shape3 extents{};
    for (int axis = 0; axis < 3; ++axis) {
      begin[axis] = random.below(shape[axis]);
      extents[axis] = 1 + random.below(shape[axis] - begin[axis]);
    }
    for_each_index(extents, [&](int64_t a, int64_t b, int64_t c) {
      voxels(begin[0] + a, begin[1] + b, begin[2] + c) = value;
    });
  }
  return voxels;
}

inline mask::RunMask runs_of(const Dense& voxels) { return mask::encode(voxels.view()); }

inline Dense dense_of(const mask::RunMask& mask) {
  Dense voxels(mask.shape, core::Order::kFortran, 0);
  mask::decode(mask, voxels.view());
  return voxels;
}

/// The value of a voxel, 0 outside the array.
inline uint8_t at(const Dense& voxels, int64_t a, int64_t b, int64_t c) {
  const core::Shape3& shape = voxels.shape();
  const bool is_inside = a >= 0 && b >= 0 && c >= 0 && a < shape[0] && b < shape[1] && c < shape[2];
  return is_inside ? voxels(a, b, c) : 0;
}

}  // namespace volseg::score::reference
