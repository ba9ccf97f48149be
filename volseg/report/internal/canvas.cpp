// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/canvas.h"

#include <algorithm>
#include <cmath>

#include "volseg/report/internal/font.h"

namespace volseg::report::internal {

namespace {

void draw_glyph(Picture& picture, int64_t x, int64_t y, char letter, Color color, int64_t scale) {
  const Glyph& glyph = glyph_of(letter);
  for (int64_t pixel = 0; pixel < kGlyphWidth * kGlyphHeight; ++pixel) {
    const int64_t column = pixel % kGlyphWidth;
    const int64_t row = pixel / kGlyphWidth;
    if ((glyph[static_cast<size_t>(column)] >> row & 1) != 0) {
      fill_rectangle(picture, x + column * scale, y + row * scale, scale, scale, color);
    }
  }
}

}  // namespace

Picture blank_picture(int64_t width, int64_t height, Color color) {
  Picture picture{width, height, {}};
  picture.pixels.resize(static_cast<size_t>(width * height * 3));
  for (size_t i = 0; i < picture.pixels.size(); ++i) {
    picture.pixels[i] = color[i % 3];
  }
  return picture;
}

void blend(Picture& picture, int64_t x, int64_t y, Color color, double opacity_fraction) {
  if (x < 0 || y < 0 || x >= picture.width || y >= picture.height) {
    return;
  }
  uint8_t* pixel = picture.pixels.data() + (y * picture.width + x) * 3;
  for (size_t i = 0; i < 3; ++i) {
    const double mixed = pixel[i] + opacity_fraction * (color[i] - pixel[i]);
    pixel[i] = static_cast<uint8_t>(std::lround(mixed));
  }
}

void fill_rectangle(Picture& picture, int64_t x, int64_t y, int64_t width, int64_t height,
                    Color color) {
  for (int64_t row = y; row < y + height; ++row) {
    for (int64_t column = x; column < x + width; ++column) {
      blend(picture, column, row, color);
    }
  }
}

void paste(Picture& picture, const Picture& source, int64_t x, int64_t y) {
  for (int64_t row = 0; row < source.height; ++row) {
    const uint8_t* from = source.pixels.data() + row * source.width * 3;
    std::copy_n(from, source.width * 3,
                picture.pixels.data() + ((y + row) * picture.width + x) * 3);
  }
}

int64_t text_width(std::string_view text, int64_t scale) {
  return static_cast<int64_t>(printable(text).size()) * kGlyphAdvance * scale;
}

void draw_text(Picture& picture, int64_t x, int64_t y, std::string_view text, Color color,
               int64_t scale) {
  const std::string letters = printable(text);
  const auto draw = [&](int64_t left, int64_t top, Color ink) {
    for (size_t i = 0; i < letters.size(); ++i) {
      const int64_t offset = static_cast<int64_t>(i) * kGlyphAdvance * scale;
      draw_glyph(picture, left + offset, top, letters[i], ink, scale);
    }
  };
  for (const auto& [right, down] : {std::array{-1, 0}, {1, 0}, {0, -1}, {0, 1}}) {
    draw(x + right, y + down, kBackground);
  }
  draw(x, y, color);
}

}  // namespace volseg::report::internal
