// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/slices.h"

#include <algorithm>
#include <string>

#include "volseg/core/error.h"
#include "volseg/report/internal/canvas.h"
#include "volseg/report/internal/plane_layout.h"
#include "volseg/report/internal/plane_marks.h"
#include "volseg/report/internal/plane_picture.h"

namespace volseg::report {

namespace {

constexpr int64_t kLeastEdgePixels = 16;
constexpr int64_t kMostEdgePixels = 4096;
constexpr int64_t kThickFromPixels = 400;

void check_input(const volume::Volume& image, const std::vector<Overlay>& overlays,
                 const SliceOptions& options) {
  const core::Shape3& shape = image.header.shape;
  if (options.panel_edge_pixels < kLeastEdgePixels || options.panel_edge_pixels > kMostEdgePixels) {
    throw Error(ErrorKind::kUsage, "report.draw_planes",
                "panel edge of " + std::to_string(options.panel_edge_pixels) +
                    " pixels: expected 16 to 4096");
  }
  for (size_t axis = 0; axis < 3; ++axis) {
    const bool outside = options.position && ((*options.position)[axis] < 0 ||
                                              (*options.position)[axis] >= shape[axis]);
    if (shape[axis] < 1 || outside) {
      throw Error(ErrorKind::kUsage, "report.draw_planes",
                  "position " + (options.position ? core::to_string(*options.position) : "none") +
                      ": expected a voxel of the image's " + core::to_string(shape));
    }
  }
  for (const Overlay& overlay : overlays) {
    for (const mask::RunMask& mask : overlay.masks) {
      if (mask.shape != shape) {
        throw Error(ErrorKind::kShape, "report.draw_planes",
                    "a mask of " + core::to_string(mask.shape) + ": expected the image's " +
                        core::to_string(shape));
      }
    }
  }
}

// The middle of the largest mask, else of the image.
core::Shape3 default_position(const core::Shape3& shape, const std::vector<Overlay>& overlays) {
  const mask::RunMask* largest = nullptr;
  int64_t largest_area = 0;
  for (const Overlay& overlay : overlays) {
    for (const mask::RunMask& mask : overlay.masks) {
      const int64_t area = mask::area(mask);
      if (area > largest_area) {
        largest = &mask;
        largest_area = area;
      }
    }
  }
  const core::Shape3 middle{shape[0] / 2, shape[1] / 2, shape[2] / 2};
  return largest != nullptr ? middle_of(*largest).value_or(middle) : middle;
}

void draw_overlays(Picture& panel, const std::vector<Overlay>& overlays,
                   const internal::Plane& plane, const core::Shape3& position,
                   int64_t panel_edge_pixels) {
  for (const Overlay& overlay : overlays) {
    for (size_t i = 0; i < overlay.masks.size(); ++i) {
      internal::draw_mask(panel, overlay.masks[i], plane, position,
                          {.color = overlay.color.value_or(class_color(static_cast<int64_t>(i))),
                           .dashed = overlay.dashed,
                           .filled = overlay.filled,
                           .line_pixels = panel_edge_pixels < kThickFromPixels ? 1 : 2});
    }
  }
}

}  // namespace

Picture draw_planes(const volume::Volume& image, const std::vector<Overlay>& overlays,
                    const SliceOptions& options) {
  check_input(image, overlays, options);
  const core::Array<float> values = volume::to_float(image, 0);
  const core::Shape3 position =
      options.position ? *options.position : default_position(image.header.shape, overlays);
  const std::array<double, 2> window =
      options.window ? *options.window : internal::default_window(values.view());
  const internal::PlaneLayout layout =
      internal::lay_out_planes(image.header, options.panel_edge_pixels);
  int64_t width = 2 * internal::kGapPixels;
  int64_t height = 0;
  for (const internal::Plane& plane : layout.planes) {
    width += plane.width;
    height = std::max(height, plane.height);
  }
  const int64_t scale = internal::text_scale(width);
  Picture picture = internal::blank_picture(width, height + internal::scale_bar_height(scale),
                                            internal::kBackground);
  int64_t x = 0;
  for (const internal::Plane& plane : layout.planes) {
    Picture panel = internal::draw_gray_plane(values.view(), plane, position, window);
    draw_overlays(panel, overlays, plane, position, options.panel_edge_pixels);
    const int64_t y = (height - plane.height) / 2;
    internal::paste(picture, panel, x, y);
    internal::draw_letters(picture, plane, x, y, scale);
    x += plane.width + internal::kGapPixels;
  }
  const std::string unit = image.header.geometry.known ? " mm" : " voxels";
  internal::draw_scale_bar(picture, layout.pixels_per_mm, unit, height, scale);
  return picture;
}

}  // namespace volseg::report
