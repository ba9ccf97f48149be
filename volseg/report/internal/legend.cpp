// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "volseg/report/internal/canvas.h"
#include "volseg/report/internal/font.h"
#include "volseg/report/internal/plane_marks.h"
#include "volseg/report/slices.h"

namespace volseg::report {

namespace {

constexpr size_t kMostNameLetters = 40;

std::string short_name(const std::string& name) {
  return internal::short_text(name, kMostNameLetters);
}

// Sizes of a legend in pixels; columns are filled from top to bottom.
struct LegendGrid {
  int64_t scale;
  int64_t swatch;
  int64_t line;
  int64_t column_width = 0;
  int64_t width = 0;
  int64_t lines = 0;

  LegendGrid(int64_t picture_width, const std::vector<LegendEntry>& entries)
      : scale(internal::text_scale(picture_width / 3)),
        swatch(internal::kGlyphHeight * scale),
        line(swatch + 4 * scale) {
    for (const LegendEntry& entry : entries) {
      const int64_t text = internal::text_width(short_name(entry.name), scale);
      column_width = std::max(column_width, swatch + 2 * scale + text + 2 * internal::kGapPixels);
    }
    width = std::max(picture_width, column_width + internal::kGapPixels);
    const int64_t columns = std::max<int64_t>(1, (width - internal::kGapPixels) / column_width);
    lines = (std::ssize(entries) + columns - 1) / columns;
  }
};

}  // namespace

Picture with_legend(const Picture& picture, const std::vector<LegendEntry>& entries) {
  if (entries.empty()) {
    return picture;
  }
  const LegendGrid grid(picture.width, entries);
  const int64_t top = picture.height + 2 * grid.scale;
  Picture result =
      internal::blank_picture(grid.width, top + grid.lines * grid.line, internal::kBackground);
  internal::paste(result, picture, (grid.width - picture.width) / 2, 0);
  for (int64_t i = 0; i < std::ssize(entries); ++i) {
    const LegendEntry& entry = entries[static_cast<size_t>(i)];
    const int64_t x = internal::kGapPixels + i / grid.lines * grid.column_width;
    const int64_t y = top + i % grid.lines * grid.line;
    internal::fill_rectangle(result, x, y, grid.swatch, grid.swatch - grid.scale, entry.color);
    internal::draw_text(result, x + grid.swatch + 2 * grid.scale, y, short_name(entry.name),
                        internal::kText, grid.scale);
  }
  return result;
}

}  // namespace volseg::report
