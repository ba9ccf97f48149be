// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/plane_marks.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "volseg/report/internal/canvas.h"
#include "volseg/report/internal/font.h"

namespace volseg::report::internal {

namespace {

constexpr int64_t kMarginDots = 3;
constexpr int64_t kLargeFromPixels = 240;
constexpr int64_t kLargestFromPixels = 700;

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

int64_t line_height(int64_t scale) { return (kGlyphHeight + 2 * kMarginDots) * scale; }

struct PlacedText {
  std::string text;
  int64_t x = 0;
  int64_t y = 0;
};

// Texts from left to right from `at` on, in as many lines as they need.
std::vector<PlacedText> lay_out_texts(const std::vector<std::string>& texts, int64_t width,
                                      std::array<int64_t, 2> at, int64_t scale) {
  std::vector<PlacedText> placed;
  for (const std::string& text : texts) {
    const int64_t length = text_width(text, scale);
    if (!placed.empty() && at[0] + length > width) {
      at = {kGapPixels, at[1] + line_height(scale)};
    }
    placed.push_back({text, at[0], at[1]});
    at[0] += length + 2 * kGapPixels;
  }
  return placed;
}

}  // namespace

int64_t text_scale(int64_t panel_pixels) {
  return panel_pixels < kLargeFromPixels ? 1 : panel_pixels < kLargestFromPixels ? 2 : 3;
}

Panel panel_of(const Plane& plane, int64_t scale) {
  const int64_t margin = 2 * scale;
  const auto room_beside = [&](const std::string& letters) {
    return letters.empty() ? 0 : text_width(letters, scale) + margin;
  };
  const int64_t room_above = plane.top.empty() ? 0 : kGlyphHeight * scale + margin;
  const int64_t left = room_beside(plane.left);
  Panel panel{.width = left + plane.width + room_beside(plane.right),
              .height = std::max(plane.height, plane.left.empty() ? 0 : kGlyphHeight * scale),
              .image_x = left,
              .image_y = 0};
  panel.image_y = room_above + (panel.height - plane.height) / 2;
  panel.height += 2 * room_above;
  return panel;
}

void draw_letters(Picture& picture, const Plane& plane, const Panel& panel, int64_t x, int64_t y,
                  int64_t scale) {
  const int64_t middle_x = x + panel.image_x + plane.width / 2;
  const int64_t middle_y = y + panel.image_y + plane.height / 2 - kGlyphHeight * scale / 2;
  const auto draw_centered = [&](int64_t top, const std::string& letters) {
    draw_text(picture, middle_x - text_width(letters, scale) / 2 + scale / 2, top, letters, kText,
              scale);
  };
  draw_text(picture, x + scale, middle_y, plane.left, kText, scale);
  draw_text(picture, x + panel.width - text_width(plane.right, scale), middle_y, plane.right, kText,
            scale);
  draw_centered(y + scale, plane.top);
  draw_centered(y + panel.height - (kGlyphHeight + 1) * scale, plane.bottom);
}

Picture with_scale_bar(const Picture& picture, double pixels_per_unit, const std::string& unit,
                       const std::vector<std::string>& texts, int64_t scale) {
  const double length = round_length(static_cast<double>(picture.width) / 6 / pixels_per_unit);
  const auto bar = std::max<int64_t>(1, std::llround(length * pixels_per_unit));
  std::vector<std::string> all{short_number(length) + unit};
  all.insert(all.end(), texts.begin(), texts.end());
  int64_t width = std::max(picture.width, 3 * kGapPixels + bar + text_width(all.front(), scale));
  for (const std::string& text : texts) {
    width = std::max(width, 2 * kGapPixels + text_width(text, scale));
  }
  const std::vector<PlacedText> placed =
      lay_out_texts(all, width, {2 * kGapPixels + bar, picture.height}, scale);
  Picture result = blank_picture(width, placed.back().y + line_height(scale), kBackground);
  paste(result, picture, (width - picture.width) / 2, 0);
  const int64_t middle = picture.height + kMarginDots * scale + kGlyphHeight * scale / 2;
  fill_rectangle(result, kGapPixels, middle - scale / 2, bar, scale, kText);
  for (const int64_t end : {kGapPixels, kGapPixels + bar - scale}) {
    fill_rectangle(result, end, middle - 3 * scale, scale, 6 * scale, kText);
  }
  for (const PlacedText& one : placed) {
    draw_text(result, one.x, one.y + kMarginDots * scale, one.text, kText, scale);
  }
  return result;
}

}  // namespace volseg::report::internal
