// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace volseg::report::internal {

inline constexpr int64_t kGlyphWidth = 5;
inline constexpr int64_t kGlyphHeight = 8;  ///< 7, and 1 below the line for g, j, p, q, y
inline constexpr int64_t kGlyphAdvance = 6;

/// Columns of a letter from the left; bit 0 is the top pixel.
using Glyph = std::array<uint8_t, kGlyphWidth>;

/// The glyph of a printable ASCII letter; that of "?" for others.
[[nodiscard]] const Glyph& glyph_of(char letter);

/// The text in letters of the font: Latin letters with marks become those without, every other
/// letter that the font lacks one "?".
[[nodiscard]] std::string printable(std::string_view text);

/// The printable text; of one longer than `most_letters` the beginning and the end around "..".
[[nodiscard]] std::string short_text(std::string_view text, size_t most_letters);

}  // namespace volseg::report::internal
