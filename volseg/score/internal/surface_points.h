// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "volseg/score/internal/surface_bits.h"
#include "volseg/score/internal/surface_tally.h"
#include "volseg/score/surface.h"

namespace volseg::score::internal {

/// The points of a surface, and what each weighs.
struct SurfacePoints {
  BitRows points;
  BitRows mask;                       ///< decides the kinds of points; empty when they are one kind
  std::vector<uint8_t> kind_of_code;  ///< by corner_code of the mask
  std::vector<double> weight_of_kind = {1};

  [[nodiscard]] uint8_t kind(const core::Shape3& point) const {
    return kind_of_code.empty() ? uint8_t{0} : kind_of_code[corner_code(mask, point)];
  }
};

[[nodiscard]] SurfacePoints surface_points(BitRows mask, const std::array<double, 3>& spacing_mm,
                                           SurfaceDefinition definition);

/// From each point to the nearest of `sites`; neither surface is empty, and their boxes are equal.
[[nodiscard]] DirectedDistances distances_between(const SurfacePoints& points,
                                                  const SurfacePoints& sites,
                                                  const std::array<double, 3>& spacing_mm);

}  // namespace volseg::score::internal
