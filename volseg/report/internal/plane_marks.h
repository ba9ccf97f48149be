// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "volseg/report/internal/plane_layout.h"
#include "volseg/report/slices.h"

namespace volseg::report::internal {

inline constexpr int64_t kGapPixels = 8;  ///< between panels, and at the left of marks below them

/// Pixels of one dot of a letter in a picture of this width.
[[nodiscard]] int64_t text_scale(int64_t width);

/// Writes the orientation letters of a plane whose upper left corner is (x, y), where it has them.
void draw_letters(Picture& picture, const Plane& plane, int64_t x, int64_t y, int64_t scale);

/// Height of the strip that draw_scale_bar uses.
[[nodiscard]] int64_t scale_bar_height(int64_t scale);

/// Draws a bar of a round length and says the length, in the strip that begins at row `y`.
void draw_scale_bar(Picture& picture, double pixels_per_mm, const std::string& unit, int64_t y,
                    int64_t scale);

}  // namespace volseg::report::internal
