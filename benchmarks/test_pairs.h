// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "benchmarks/test_masks.h"
#include "volseg/core/random.h"
#include "volseg/mask/run_mask.h"

// The pairs that scores are timed on; write_test_masks gives the same ones to the peers.
namespace volseg::benchmarks {

inline constexpr core::Shape3 kBrainShape = {181, 217, 181};
inline constexpr core::Shape3 kBrainSteps = {2, -1, 1};
inline constexpr std::array<double, 3> kBrainSpacing = {1, 1.2, 2.5};
inline constexpr int64_t kRunPairs = 1000;
inline constexpr int64_t kRunsEach = 2000;

/// Runs of the voxels for which `is_inside` holds.
template <typename Inside>
mask::RunMask make_runs(const core::Shape3& shape, Inside is_inside) {
  mask::RunMask mask{shape, {}};
  for (int64_t position = 0; position < core::voxel_count(shape); ++position) {
    const int64_t column = position / shape[0];
    if (!is_inside(core::Shape3{position % shape[0], column % shape[1], column / shape[1]})) {
      continue;
    }
    if (!mask.runs.empty() && mask.runs.back().start + mask.runs.back().length == position) {
      ++mask.runs.back().length;
    } else {
      mask.runs.push_back({position, 1});
    }
  }
  return mask;
}

/// Moves the content; what leaves the volume is gone.
inline mask::RunMask moved(const mask::RunMask& mask, const core::Shape3& steps) {
  core::Array<uint8_t> before(mask.shape);
  mask::decode(mask, before.view());
  return make_runs(mask.shape, [&](const core::Shape3& index) {
    core::Shape3 from{};
    for (int axis = 0; axis < 3; ++axis) {
      from[axis] = index[axis] - steps[axis];
      if (from[axis] < 0 || from[axis] >= mask.shape[axis]) {
        return false;
      }
    }
    return before(from[0], from[1], from[2]) != 0;
  });
}

/// A voxel of the lungs with their surface by the toss of another coin, and moved by a voxel in
/// half of all blocks.
inline bool is_predicted_lung(const core::Shape3& index) {
  constexpr uint64_t kCoin = 0x5bf0'3635'dcf9'6231;
  const uint64_t block =
      hash_of(static_cast<uint64_t>(index[0] / 16 + 32 * (index[1] / 16 + 32 * (index[2] / 16))));
  const int64_t position = index[0] + kMaskShape[0] * (index[1] + kMaskShape[1] * index[2]);
  const bool heads = (hash_of(static_cast<uint64_t>(position) ^ kCoin) & 7) == 0;
  const int64_t step = static_cast<int64_t>(block & 1) + (heads ? 1 : 0);
  return is_lung({index[0], std::max<int64_t>(index[1] - step, 0), index[2]});
}

/// A voxel of an ellipsoid with a folded surface.
inline bool is_brain(const core::Shape3& index) {
  constexpr std::array<double, 3> kRadii = {68, 85, 66};
  double distance = 0.002 * static_cast<double>(index[0] * index[1] % 13 + index[2] % 11);
  for (int axis = 0; axis < 3; ++axis) {
    const double offset =
        (static_cast<double>(index[axis]) - static_cast<double>(kBrainShape[axis]) / 2) /
        kRadii[axis];
    distance += offset * offset;
  }
  return distance < 1;
}

/// Run list `index`: gaps of 1 to 1000 voxels, runs of 1 to 60.
inline mask::RunMask draw_runs(uint64_t index) {
  core::CounterRandom random(2, 0, index);
  mask::RunMask mask{kMaskShape, {}};
  int64_t position = 0;
  for (int64_t i = 0; i < kRunsEach; ++i) {
    const int64_t start = position + 1 + random.below(1000);
    position = start + 1 + random.below(60);
    mask.runs.push_back({start, position - start});
  }
  return mask;
}

}  // namespace volseg::benchmarks
