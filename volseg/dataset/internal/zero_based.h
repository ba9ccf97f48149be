// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "volseg/mask/run_mask.h"
#include "volseg/volume/volume.h"

namespace volseg::dataset::internal {

/// What a row says about whether its run-length texts count from 0 instead of 1, which moves each
/// mask by one voxel along axis 0.
struct ZeroBasedEvidence {
  int64_t wrapped_starts = 0;  ///< runs that begin at the last voxel of a line and go on behind it
  int64_t wrapped_ends = 0;    ///< runs that end at the first voxel of a line and began before it
  bool reaches_last_voxel = false;
  int64_t boundaries = 0;         ///< ends of runs along axis 0 that were compared with the image
  std::array<double, 6> steps{};  ///< sums of the image's steps from 2 voxels before to 3 behind
};

/// Linear in runs; at most 1,024 runs are compared with the image. `image` may be null.
[[nodiscard]] ZeroBasedEvidence zero_based_evidence(std::span<const mask::RunMask> masks,
                                                    const volume::Volume* image);

/// Why a dataset is suspected; none when it is not.
[[nodiscard]] std::optional<std::string> suspect_zero_based(
    std::span<const ZeroBasedEvidence> rows);

}  // namespace volseg::dataset::internal
