// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "volseg/score/internal/surface_bits.h"
#include "volseg/score/surface.h"

namespace volseg::score::internal {

/// The points of a surface, and what each weighs.
struct SurfacePoints {
  BitRows points;
  BitRows mask;                       ///< decides the kinds of points; empty when they are one kind
  std::vector<uint8_t> kind_of_code;  ///< of corners of the mask
  std::vector<double> weight_of_kind = {1};

  [[nodiscard]] bool has_kinds() const { return !kind_of_code.empty(); }
};

[[nodiscard]] SurfacePoints surface_points(BitRows mask, const std::array<double, 3>& spacing_mm,
                                           SurfaceDefinition definition);

}  // namespace volseg::score::internal
