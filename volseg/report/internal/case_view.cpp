// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/case_view.h"

#include <algorithm>

namespace volseg::report::internal {

namespace {

core::Shape3 position_of(const LabelledImage& shown, const CasePictureOptions& options) {
  if (options.position) {
    return *options.position;
  }
  const core::Shape3& shape = shown.image.header.shape;
  std::optional<core::Shape3> middle;
  if (options.class_index && *options.class_index < shown.masks.size()) {
    middle = middle_of(shown.masks[*options.class_index]);
  }
  if (!middle && !shown.masks.empty()) {
    middle = middle_of(*std::ranges::max_element(shown.masks, {}, mask::area));
  }
  return middle.value_or(core::Shape3{shape[0] / 2, shape[1] / 2, shape[2] / 2});
}

bool is_in_plane(const mask::RunMask& mask, const core::Shape3& position, size_t axis) {
  mask::Box box{{0, 0, 0}, mask.shape};
  box.begin[axis] = position[axis];
  box.extents[axis] = 1;
  core::Array<uint8_t> voxels(box.extents);
  mask::crop(mask, box, voxels.view());
  return std::any_of(voxels.data(), voxels.data() + voxels.size(),
                     [](uint8_t voxel) { return voxel != 0; });
}

}  // namespace

CaseView view_case(const LabelledImage& shown, const CasePictureOptions& options) {
  CaseView view{.overlay = {.masks = shown.masks, .filled = options.filled},
                .slices = {.position = position_of(shown, options),
                           .window = options.window,
                           .channel = options.channel,
                           .panel_edge_pixels = options.panel_edge_pixels,
                           .numbered = options.numbered.value_or(false)}};
  for (size_t i = 0; i < view.overlay.masks.size(); ++i) {
    if (options.only_class && i != options.class_index) {
      view.overlay.masks[i].runs.clear();
    }
  }
  return view;
}

std::vector<size_t> masks_in_planes(const std::vector<mask::RunMask>& masks,
                                    const core::Shape3& position, const std::vector<size_t>& axes) {
  std::vector<size_t> indices;
  for (size_t i = 0; i < masks.size(); ++i) {
    if (std::ranges::any_of(axes,
                            [&](size_t axis) { return is_in_plane(masks[i], position, axis); })) {
      indices.push_back(i);
    }
  }
  return indices;
}

std::vector<LegendEntry> legend_of(const std::vector<size_t>& classes,
                                   const std::vector<std::string>& class_names, bool numbered) {
  std::vector<LegendEntry> entries;
  for (const size_t index : classes) {
    const std::string number = numbered ? std::to_string(index + 1) + " " : "";
    entries.push_back({number + class_names[index], class_color(static_cast<int64_t>(index))});
  }
  return entries;
}

}  // namespace volseg::report::internal
