// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "volseg/mask/components.h"

namespace volseg::score::internal {

/// Voxels that a component of one mask shares with one of another; never 0.
struct SharedVoxels {
  int64_t first = 0;   ///< component of the first mask
  int64_t second = 0;  ///< component of the second mask
  int64_t voxels = 0;
  friend bool operator==(const SharedVoxels&, const SharedVoxels&) = default;
};

/// The sparse matrix of shared voxels, by first and then second component, in one merge of the
/// segments of both; linear in segments and overlapping pairs.
[[nodiscard]] std::vector<SharedVoxels> shared_voxels(const mask::Components& first,
                                                      const mask::Components& second);

}  // namespace volseg::score::internal
