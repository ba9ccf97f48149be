// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "volseg/score/internal/surface_points.h"
#include "volseg/score/internal/surface_tally.h"

namespace volseg::score::internal {

/// How distances are found; all ways give the same.
enum class DistanceWay : uint8_t {
  kSampled,    ///< whichever a sample of the points says is the faster
  kSearch,     ///< one search a point
  kTransform,  ///< one distance transform of the box
};

/// From each point to the nearest of `sites`; neither surface is empty, and their boxes are equal.
[[nodiscard]] DirectedDistances distances_between(const SurfacePoints& points,
                                                  const SurfacePoints& sites,
                                                  const std::array<double, 3>& spacing_mm,
                                                  DistanceWay way = DistanceWay::kSampled);

}  // namespace volseg::score::internal
