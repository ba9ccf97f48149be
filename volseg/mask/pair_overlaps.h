// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "volseg/mask/run_mask.h"

namespace volseg::mask {

/// Two masks, by index, and the number of voxels in both.
struct PairOverlap {
  size_t first = 0;
  size_t second = 0;
  int64_t voxels = 0;
  friend bool operator==(const PairOverlap&, const PairOverlap&) = default;
};

/// Pairs of masks that share voxels, in order of indices; shapes must be equal. Linear in runs
/// where nothing is shared; where much is, about one comparison of bits for each pair.
/// @throws Error(kShape)
[[nodiscard]] std::vector<PairOverlap> pair_overlaps_of(std::span<const RunMask> masks);

}  // namespace volseg::mask
