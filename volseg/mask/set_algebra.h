// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "volseg/mask/run_mask.h"

namespace volseg::mask {

/// Voxels in either mask; linear in runs, as are all of these. @throws Error(kShape) when the
/// shapes differ
[[nodiscard]] RunMask union_of(const RunMask& first, const RunMask& second);
/// Voxels in both masks. @throws Error(kShape)
[[nodiscard]] RunMask intersection_of(const RunMask& first, const RunMask& second);
/// Voxels in the first mask that are not in the second. @throws Error(kShape)
[[nodiscard]] RunMask difference_of(const RunMask& first, const RunMask& second);
/// Voxels outside the mask.
[[nodiscard]] RunMask complement_of(const RunMask& mask);

/// How many voxels lie where, of two masks.
struct Overlap {
  int64_t both = 0;
  int64_t first_only = 0;
  int64_t second_only = 0;
  friend bool operator==(const Overlap&, const Overlap&) = default;
};
/// All counts in one merge of the runs. @throws Error(kShape)
[[nodiscard]] Overlap overlap_of(const RunMask& first, const RunMask& second);

}  // namespace volseg::mask
