// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "volseg/prepare/resample.h"

namespace volseg::prepare {

/// The part of one axis that is computed: samples of a source window to samples of a target window,
/// on axes of the full sizes.
struct AxisWindow {
  int64_t source_size = 1;
  int64_t target_size = 1;
  int64_t source_begin = 0;
  int64_t source_count = 1;
  int64_t target_begin = 0;
  int64_t target_count = 1;
};

/// How an axis is sampled.
enum class Sampling { kNearest, kLinear, kCubic };

/// Edge values repeated before and after a line, so that no tap needs a bound check.
inline constexpr int64_t kPadding = 2;

/// First tap of each target sample in a line padded by kPadding, and the weights of its taps.
struct AxisMap {
  int64_t taps = 1;
  std::vector<int64_t> first;
  std::vector<std::array<float, 4>> weights;
};

/// Position of a target sample on the source axis; voxels are centred at half steps.
[[nodiscard]] double source_position(const AxisWindow& window, int64_t target);

[[nodiscard]] AxisMap axis_map(const AxisWindow& window, Sampling sampling);

/// Target samples that can see a source sample in [begin, begin + count), as [first, last).
[[nodiscard]] std::array<int64_t, 2> target_range(int64_t source_size, int64_t target_size,
                                                  int64_t begin, int64_t count);

}  // namespace volseg::prepare
