// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "volseg/report/internal/plane_layout.h"
#include "volseg/report/slices.h"

namespace volseg::report::internal {

inline constexpr int64_t kGapPixels = 8;        ///< around marks
inline constexpr int64_t kPanelGapPixels = 20;  ///< between panels

/// Pixels of one dot of a letter beside a panel of this edge.
[[nodiscard]] int64_t text_scale(int64_t panel_pixels);

/// A plane with room for its orientation letters outside the image, so that they neither hide it
/// nor are cut where it is thin.
struct Panel {
  int64_t width = 0;  ///< with the letters [pixels]
  int64_t height = 0;
  int64_t image_x = 0;  ///< upper left corner of the image in the panel
  int64_t image_y = 0;
};
[[nodiscard]] Panel panel_of(const Plane& plane, int64_t scale);

/// Writes the orientation letters of a panel whose upper left corner is (x, y).
void draw_letters(Picture& picture, const Plane& plane, const Panel& panel, int64_t x, int64_t y,
                  int64_t scale);

/// Adds a strip below a picture: a bar of a round length with its length, and texts beside or,
/// where they do not fit, below it.
[[nodiscard]] Picture with_scale_bar(const Picture& picture, double pixels_per_unit,
                                     const std::string& unit, const std::vector<std::string>& texts,
                                     int64_t scale);

}  // namespace volseg::report::internal
