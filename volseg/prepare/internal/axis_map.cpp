// SPDX-License-Identifier: Apache-2.0
#include "volseg/prepare/internal/axis_map.h"

#include <algorithm>
#include <cmath>

namespace volseg::prepare {
namespace {

std::array<float, 4> cubic_weights(double fraction) {
  const double rest = 1 - fraction;
  const double first = rest * rest * rest / 6;
  const double second = 2.0 / 3 - fraction * fraction * (2 - fraction) / 2;
  const double third = 2.0 / 3 - rest * rest * (2 - rest) / 2;
  const double fourth = fraction * fraction * fraction / 6;
  return {static_cast<float>(first), static_cast<float>(second), static_cast<float>(third),
          static_cast<float>(fourth)};
}

}  // namespace

double source_position(const AxisWindow& window, int64_t target) {
  const double step =
      static_cast<double>(window.source_size) / static_cast<double>(window.target_size);
  return (static_cast<double>(target) + 0.5) * step - 0.5;
}

AxisMap axis_map(const AxisWindow& window, Sampling sampling) {
  AxisMap map;
  map.taps = sampling == Sampling::kNearest ? 1 : sampling == Sampling::kLinear ? 2 : 4;
  const int64_t padded = window.source_count + 2 * kPadding;
  for (int64_t target = 0; target < window.target_count; ++target) {
    const double position = source_position(window, window.target_begin + target);
    const double base = std::floor(sampling == Sampling::kNearest ? position + 0.5 : position);
    const double fraction = position - base;
    const int64_t before = sampling == Sampling::kCubic ? 1 : 0;
    const int64_t first = static_cast<int64_t>(base) - before - window.source_begin + kPadding;
    map.first.push_back(std::clamp<int64_t>(first, 0, padded - map.taps));
    map.weights.push_back(sampling == Sampling::kCubic ? cubic_weights(fraction)
                          : sampling == Sampling::kLinear
                              ? std::array<float, 4>{static_cast<float>(1 - fraction),
                                                     static_cast<float>(fraction), 0, 0}
                              : std::array<float, 4>{1, 0, 0, 0});
  }
  return map;
}

std::array<int64_t, 2> target_range(int64_t source_size, int64_t target_size, int64_t begin,
                                    int64_t count) {
  const double scale = static_cast<double>(target_size) / static_cast<double>(source_size);
  const double low = (static_cast<double>(begin) - 0.5) * scale - 0.5;
  const double high = (static_cast<double>(begin + count) + 0.5) * scale - 0.5;
  const auto first = static_cast<int64_t>(std::ceil(low));
  const auto last = static_cast<int64_t>(std::floor(high)) + 1;
  return {std::clamp<int64_t>(first, 0, target_size), std::clamp<int64_t>(last, 0, target_size)};
}

}  // namespace volseg::prepare
