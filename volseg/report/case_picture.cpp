// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/case_picture.h"

#include "volseg/report/internal/case_view.h"

namespace volseg::report {

namespace {

constexpr size_t kNumberedFromClasses = 9;

}  // namespace

LabelledImage load_labelled_image(const dataset::Dataset& dataset, const dataset::Row& row) {
  LabelledImage loaded{.name = row.name, .image = dataset.load_volume(row), .masks = {}};
  if (row.has_masks) {
    loaded.masks = dataset.load_masks(row, loaded.image.header.shape);
  }
  return loaded;
}

Picture draw_case(const LabelledImage& shown, const std::vector<std::string>& class_names,
                  const CasePictureOptions& options) {
  internal::CaseView view = internal::view_case(shown, options);
  view.slices.caption = shown.name;
  const std::vector<size_t> seen =
      internal::masks_in_planes(view.overlay.masks, *view.slices.position, {0, 1, 2});
  view.slices.numbered = options.numbered.value_or(seen.size() >= kNumberedFromClasses);
  return with_legend(draw_planes(shown.image, {view.overlay}, view.slices),
                     internal::legend_of(seen, class_names, view.slices.numbered));
}

}  // namespace volseg::report
