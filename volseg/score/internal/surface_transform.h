// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "volseg/score/internal/surface_bits.h"

namespace volseg::score::internal {

/// Columns along axis 0 that the transform works on at once.
inline constexpr int64_t kTransformLanes = 16;

/// Squared distances of up to kTransformLanes neighbours along axis 0, from `first`; the bits of
/// `asked` tell which were asked for.
struct TransformedLanes {
  core::Shape3 first{};
  uint64_t asked = 0;
  std::array<double, kTransformLanes> squared_mm2{};
};

/// Exact Euclidean distance transform of `sites`, which has at least one, told for the bits of
/// `asked`; both have the same extents. Linear in the box, whatever lies in it.
/// @source Felzenszwalb and Huttenlocher 2012, "Distance transforms of sampled functions"
void transform_distances(const BitRows& sites, const BitRows& asked,
                         const std::array<double, 3>& spacing_mm,
                         const std::function<void(const TransformedLanes&)>& take);

/// About the nanoseconds that transform_distances takes, from the bits alone.
[[nodiscard]] double transform_work_ns(const BitRows& sites, const BitRows& asked);

}  // namespace volseg::score::internal
