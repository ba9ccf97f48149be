// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "volseg/mask/run_mask.h"
#include "volseg/plan/fingerprint.h"
#include "volseg/volume/volume.h"

namespace volseg::plan {

/// A value and how many voxels it stands for.
struct WeightedValue {
  double value = 0;
  double weight = 0;
};

/// Runs of all masks joined, and whether any two masks share a voxel.
struct Foreground {
  std::vector<mask::Run> runs;
  bool overlaps = false;
};
[[nodiscard]] Foreground join(const std::vector<mask::RunMask>& masks);

/// Values inside the foreground: every value with its count where a voxel has at most 16 integer
/// bits, else `most_samples` voxels drawn uniformly by counters of (seed, case_index, channel).
[[nodiscard]] std::vector<WeightedValue> foreground_values(
    const volume::Volume& image, int64_t channel, core::ArrayView<const float> values,
    const Foreground& foreground, int64_t case_index, int64_t most_samples);

/// Statistics of weighted values; percentiles interpolate between ranks as NumPy's default.
/// All 0 without values.
[[nodiscard]] IntensityStatistics statistics_of(std::vector<WeightedValue> values);

}  // namespace volseg::plan
