// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/plane_marks.h"

#include <algorithm>
#include <cmath>

#include "volseg/report/internal/canvas.h"
#include "volseg/report/internal/font.h"

namespace volseg::report::internal {

namespace {

constexpr int64_t kMarginDots = 3;
constexpr int64_t kLargeFromPixels = 400;

// The longest of 1, 2 and 5 times a power of ten that is not above `limit`.
double round_length(double limit) {
  const double power = std::pow(10.0, std::floor(std::log10(limit)));
  for (const double factor : {5.0, 2.0}) {
    if (factor * power <= limit) {
      return factor * power;
    }
  }
  return power;
}

std::string short_number(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') {
    text.pop_back();
  }
  return text;
}

}  // namespace

int64_t text_scale(int64_t width) { return width < kLargeFromPixels ? 1 : 2; }

int64_t scale_bar_height(int64_t scale) { return (kGlyphHeight + 2 * kMarginDots) * scale; }

void draw_letters(Picture& picture, const Plane& plane, int64_t x, int64_t y, int64_t scale) {
  const int64_t width = kGlyphWidth * scale;
  const int64_t height = kGlyphHeight * scale;
  const int64_t middle_x = x + (plane.width - width) / 2;
  const int64_t middle_y = y + (plane.height - height) / 2;
  const int64_t margin = 2 * scale;
  const auto draw = [&](int64_t left, int64_t top, char letter) {
    if (letter != 0) {
      draw_text(picture, left, top, std::string(1, letter), kText, scale);
    }
  };
  draw(x + margin, middle_y, plane.left);
  draw(x + plane.width - width - margin, middle_y, plane.right);
  draw(middle_x, y + margin, plane.top);
  draw(middle_x, y + plane.height - height, plane.bottom);
}

void draw_scale_bar(Picture& picture, double pixels_per_mm, const std::string& unit, int64_t y,
                    int64_t scale) {
  const double length = round_length(static_cast<double>(picture.width) / 6 / pixels_per_mm);
  const auto pixels = std::max<int64_t>(1, std::llround(length * pixels_per_mm));
  const int64_t top = y + kMarginDots * scale;
  const int64_t middle = top + kGlyphHeight * scale / 2;
  fill_rectangle(picture, kGapPixels, middle - scale / 2, pixels, scale, kText);
  for (const int64_t x : {kGapPixels, kGapPixels + pixels - scale}) {
    fill_rectangle(picture, x, middle - 3 * scale, scale, 6 * scale, kText);
  }
  draw_text(picture, 2 * kGapPixels + pixels, top, short_number(length) + unit, kText, scale);
}

}  // namespace volseg::report::internal
