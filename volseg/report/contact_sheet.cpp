// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/report/case_picture.h"
#include "volseg/report/internal/canvas.h"
#include "volseg/report/internal/case_view.h"
#include "volseg/report/internal/font.h"
#include "volseg/report/internal/plane_layout.h"
#include "volseg/report/internal/plane_marks.h"

namespace volseg::report {

namespace {

using internal::kGapPixels;

constexpr int64_t kTextScale = 1;
constexpr int64_t kLinePixels = internal::kGlyphHeight + 4;

struct Thumbnail {
  Picture picture;
  std::string name;
  std::string remark;
  std::vector<size_t> seen_classes;
};

Thumbnail draw_one(const LabelledImage& shown, const std::vector<std::string>& class_names,
                   const CasePictureOptions& options) {
  const internal::CaseView view = internal::view_case(shown, options);
  Thumbnail thumbnail{.picture = draw_thumbnail(shown.image, {view.overlay}, view.slices),
                      .name = shown.name,
                      .remark = "",
                      .seen_classes = {}};
  const size_t axis = internal::lay_out_finest_plane(shown.image.header, 1).fixed_axis;
  thumbnail.seen_classes =
      internal::masks_in_planes(view.overlay.masks, *view.slices.position, {axis});
  if (shown.masks.empty()) {
    thumbnail.remark = "no masks";
  } else if (options.class_index && shown.masks[*options.class_index].runs.empty()) {
    thumbnail.remark = "no " + class_names[*options.class_index];
  }
  return thumbnail;
}

std::string fitting(const std::string& text, int64_t width) {
  return internal::short_text(text,
                              static_cast<size_t>(width / (internal::kGlyphAdvance * kTextScale)));
}

// Somewhat broader than high.
int64_t column_count(int64_t thumbnails) {
  constexpr double kBroader = 1.4;
  const double columns = std::ceil(std::sqrt(static_cast<double>(thumbnails) * kBroader));
  return std::clamp<int64_t>(static_cast<int64_t>(columns), 1, thumbnails);
}

Picture lay_out(const std::vector<Thumbnail>& thumbnails) {
  const int64_t edge = thumbnails.front().picture.width;
  const int64_t count = std::ssize(thumbnails);
  const int64_t columns = column_count(count);
  const int64_t lines = (count + columns - 1) / columns;
  const int64_t cell_width = edge + kGapPixels;
  const int64_t cell_height = edge + 2 * kLinePixels + kGapPixels;
  Picture sheet = internal::blank_picture(columns * cell_width + kGapPixels,
                                          lines * cell_height + kGapPixels, internal::kBackground);
  for (int64_t i = 0; i < count; ++i) {
    const Thumbnail& one = thumbnails[static_cast<size_t>(i)];
    const int64_t x = kGapPixels + i % columns * cell_width;
    const int64_t y = kGapPixels + i / columns * cell_height;
    internal::paste(sheet, one.picture, x, y);
    internal::draw_text(sheet, x, y + edge + 2, fitting(one.name, edge), internal::kText,
                        kTextScale);
    internal::draw_text(sheet, x, y + edge + 2 + kLinePixels, fitting(one.remark, edge),
                        internal::kText, kTextScale);
  }
  return sheet;
}

void check_request(const std::vector<const dataset::Row*>& rows,
                   const CasePictureOptions& options) {
  const auto refuse = [](const std::string& message) {
    throw Error(ErrorKind::kUsage, "report.contact_sheet", message);
  };
  if (rows.empty() || rows.size() > kMostThumbnails) {
    refuse(fmt::format("{} cases on one sheet: expected 1 to {}", rows.size(), kMostThumbnails));
  }
  const int64_t pixels = std::ssize(rows) * options.panel_edge_pixels * options.panel_edge_pixels;
  if (pixels > kMostSheetPixels) {
    refuse(
        fmt::format("{} thumbnails of {} pixels: expected at most {} million pixels in all; "
                    "choose fewer cases or smaller thumbnails",
                    rows.size(), options.panel_edge_pixels, kMostSheetPixels / 1'000'000));
  }
}

}  // namespace

Picture draw_contact_sheet(const dataset::Dataset& dataset,
                           const std::vector<const dataset::Row*>& rows,
                           const CasePictureOptions& options, const core::WorkOptions& work) {
  check_request(rows, options);
  std::vector<Thumbnail> thumbnails(rows.size());
  core::for_each_reported(work, "contact sheet", std::ssize(rows), "cases", [&](int64_t index) {
    const auto at = static_cast<size_t>(index);
    thumbnails[at] =
        draw_one(load_labelled_image(dataset, *rows[at]), dataset.class_names(), options);
  });
  std::set<size_t> seen;
  for (const Thumbnail& one : thumbnails) {
    seen.insert(one.seen_classes.begin(), one.seen_classes.end());
  }
  return with_legend(lay_out(thumbnails),
                     internal::legend_of({seen.begin(), seen.end()}, dataset.class_names(),
                                         options.numbered.value_or(false)));
}

}  // namespace volseg::report
