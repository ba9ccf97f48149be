// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/report/internal/canvas.h"
#include "volseg/report/internal/plane_layout.h"
#include "volseg/report/slices.h"

namespace volseg::report::internal {

/// The 0.5 and 99.5 percentile of the values that are not 0, from at most about a million of them;
/// (0, 1) when all are 0. The upper bound is above the lower one.
[[nodiscard]] std::array<double, 2> default_window(core::ArrayView<const float> values);

/// The plane at `position` in grey, scaled bilinearly.
[[nodiscard]] Picture draw_gray_plane(core::ArrayView<const float> values, const Plane& plane,
                                      const core::Shape3& position,
                                      const std::array<double, 2>& window);

/// How a mask is drawn.
struct MaskStyle {
  Color color{};
  bool dashed = false;
  bool filled = false;
  int64_t line_pixels = 1;
};

/// Draws the plane of one mask over a picture of that plane.
void draw_mask(Picture& picture, const mask::RunMask& mask, const Plane& plane,
               const core::Shape3& position, const MaskStyle& style);

}  // namespace volseg::report::internal
