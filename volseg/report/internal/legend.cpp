// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "volseg/report/internal/canvas.h"
#include "volseg/report/internal/font.h"
#include "volseg/report/internal/plane_marks.h"
#include "volseg/report/slices.h"

namespace volseg::report {

namespace {

constexpr size_t kMostNameLetters = 40;

struct LegendEntry {
  std::string name;
  int64_t x = 0;
  int64_t y = 0;
};

// Sizes of a legend in pixels.
struct LegendSizes {
  int64_t scale = 1;
  int64_t swatch = 0;
  int64_t line = 0;

  explicit LegendSizes(int64_t picture_width)
      : scale(internal::text_scale(picture_width)),
        swatch(internal::kGlyphHeight * scale),
        line(swatch + 4 * scale) {}
};

std::string short_name(const std::string& name) {
  std::string shown = internal::printable(name);
  if (shown.size() > kMostNameLetters) {
    shown = shown.substr(0, kMostNameLetters - 3) + "...";
  }
  return shown;
}

// Entries from left to right, in as many lines as they need.
std::vector<LegendEntry> lay_out(const Picture& picture, const std::vector<std::string>& names,
                                 const LegendSizes& sizes) {
  std::vector<LegendEntry> entries;
  int64_t x = internal::kGapPixels;
  int64_t y = picture.height + 2 * sizes.scale;
  for (const std::string& name : names) {
    std::string shown = short_name(name);
    const int64_t width = sizes.swatch + 2 * sizes.scale +
                          internal::text_width(shown, sizes.scale) + 2 * internal::kGapPixels;
    if (x > internal::kGapPixels && x + width > picture.width) {
      x = internal::kGapPixels;
      y += sizes.line;
    }
    entries.push_back({std::move(shown), x, y});
    x += width;
  }
  return entries;
}

}  // namespace

Picture with_legend(const Picture& picture, const std::vector<std::string>& class_names) {
  const LegendSizes sizes(picture.width);
  const std::vector<LegendEntry> entries = lay_out(picture, class_names, sizes);
  const int64_t height = entries.empty() ? picture.height : entries.back().y + sizes.line;
  Picture result = internal::blank_picture(picture.width, height, internal::kBackground);
  internal::paste(result, picture, 0, 0);
  for (size_t i = 0; i < entries.size(); ++i) {
    const internal::Color color = class_color(static_cast<int64_t>(i));
    internal::fill_rectangle(result, entries[i].x, entries[i].y, sizes.swatch,
                             sizes.swatch - sizes.scale, color);
    internal::draw_text(result, entries[i].x + sizes.swatch + 2 * sizes.scale, entries[i].y,
                        entries[i].name, internal::kText, sizes.scale);
  }
  return result;
}

}  // namespace volseg::report
