// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "volseg/report/slices.h"

namespace volseg::report::internal {

using Color = std::array<uint8_t, 3>;

inline constexpr Color kBackground{0, 0, 0};
inline constexpr Color kText{225, 225, 225};

/// A picture of one colour.
[[nodiscard]] Picture blank_picture(int64_t width, int64_t height, Color color);

/// Mixes `color` into a pixel; pixels outside the picture are left out.
void blend(Picture& picture, int64_t x, int64_t y, Color color, double opacity_fraction = 1);

void fill_rectangle(Picture& picture, int64_t x, int64_t y, int64_t width, int64_t height,
                    Color color);

/// Copies `source` with its upper left corner at (x, y).
void paste(Picture& picture, const Picture& source, int64_t x, int64_t y);

/// Width of a text in pixels.
[[nodiscard]] int64_t text_width(std::string_view text, int64_t scale);

/// Draws text in the built-in font with its upper left corner at (x, y); a dark rim keeps it
/// readable on a bright image.
void draw_text(Picture& picture, int64_t x, int64_t y, std::string_view text, Color color,
               int64_t scale);

}  // namespace volseg::report::internal
