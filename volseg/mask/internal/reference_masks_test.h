// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "volseg/core/array.h"
#include "volseg/core/random.h"
#include "volseg/mask/run_mask.h"

// Plain counterparts of the fast paths, one voxel at a time.
namespace volseg::mask::reference {

// Sanitizers make each voxel of the reference about thirty times dearer.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr uint64_t kShapes = 50;
#else
inline constexpr uint64_t kShapes = 1000;
#endif

template <typename T>
RunMask encode(core::ArrayView<const T> voxels) {
  RunMask mask{voxels.shape, {}};
  const int64_t slice = voxels.shape[0] * voxels.shape[1];
  bool inside = false;
  for (int64_t position = 0; position < voxels.size(); ++position) {
    const bool now = voxels(position % voxels.shape[0], position % slice / voxels.shape[0],
                            position / slice) != T{};
    if (now && inside) {
      ++mask.runs.back().length;
    } else if (now) {
      mask.runs.push_back({position, 1});
    }
    inside = now;
  }
  return mask;
}

inline bool contains(const RunMask& mask, const core::Shape3& index) {
  for (int axis = 0; axis < 3; ++axis) {
    if (index[axis] < 0 || index[axis] >= mask.shape[axis]) {
      return false;
    }
  }
  const int64_t position = index[0] + mask.shape[0] * (index[1] + mask.shape[1] * index[2]);
  return std::any_of(mask.runs.begin(), mask.runs.end(), [position](const Run& run) {
    return position >= run.start && position < run.start + run.length;
  });
}

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

/// Values from 1 to `labels` with the given density, else 0, in stretches of random length.
template <typename T>
core::Array<T> draw_array(core::CounterRandom& random, const core::Shape3& shape, core::Order order,
                          double density_fraction, int64_t labels = 1) {
  core::Array<T> array(shape, order);
  T value{};
  for_each_index(shape, [&](int64_t a, int64_t b, int64_t c) {
    if (random.chance(0.5)) {
      const bool inside = random.chance(density_fraction);
      value = inside ? static_cast<T>(1 + random.below(labels)) : T{};
    }
    array(a, b, c) = value;
  });
  return array;
}

}  // namespace volseg::mask::reference
