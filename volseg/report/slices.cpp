// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/slices.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/report/internal/canvas.h"
#include "volseg/report/internal/font.h"
#include "volseg/report/internal/plane_layout.h"
#include "volseg/report/internal/plane_marks.h"
#include "volseg/report/internal/plane_picture.h"

namespace volseg::report {

namespace {

constexpr int64_t kLeastEdgePixels = 16;
constexpr int64_t kMostEdgePixels = 4096;
constexpr size_t kMostCaptionLetters = 60;

[[noreturn]] void refuse(ErrorKind kind, const std::string& message) {
  throw Error(kind, "report.draw_planes", message);
}

void check_position(const core::Shape3& shape, const std::optional<core::Shape3>& position) {
  for (size_t axis = 0; axis < 3; ++axis) {
    const bool outside = position && ((*position)[axis] < 0 || (*position)[axis] >= shape[axis]);
    if (shape[axis] < 1 || outside) {
      refuse(ErrorKind::kUsage,
             fmt::format("position {}: expected a voxel of the image's {}",
                         position ? core::to_string(*position) : "none", core::to_string(shape)));
    }
  }
}

void check_input(const volume::Volume& image, const std::vector<Overlay>& overlays,
                 const SliceOptions& options) {
  const volume::Header& header = image.header;
  if (options.panel_edge_pixels < kLeastEdgePixels || options.panel_edge_pixels > kMostEdgePixels) {
    refuse(ErrorKind::kUsage,
           fmt::format("panel edge of {} pixels: expected {} to {}", options.panel_edge_pixels,
                       kLeastEdgePixels, kMostEdgePixels));
  }
  if (options.channel < 0 || options.channel >= header.channels) {
    refuse(ErrorKind::kUsage, fmt::format("channel {}: the image has {}, counted from 0",
                                          options.channel, header.channels));
  }
  check_position(header.shape, options.position);
  for (const Overlay& overlay : overlays) {
    for (const mask::RunMask& mask : overlay.masks) {
      if (mask.shape != header.shape) {
        refuse(ErrorKind::kShape,
               fmt::format("a mask of {}: expected the image's {}", core::to_string(mask.shape),
                           core::to_string(header.shape)));
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

// What all planes of one picture share.
struct Scene {
  core::Array<float> values;
  core::Shape3 position{};
  IntensityWindow window{};
  const std::vector<Overlay>& overlays;
  const SliceOptions& options;

  Scene(const volume::Volume& image, const std::vector<Overlay>& drawn, const SliceOptions& how)
      : overlays(drawn), options(how) {
    check_input(image, overlays, options);
    values = volume::to_float(image, options.channel);
    position =
        options.position ? *options.position : default_position(image.header.shape, overlays);
    window = options.window ? *options.window : default_window(image.header.type, values);
  }
};

int64_t line_pixels(int64_t panel_edge_pixels) {
  constexpr int64_t kThickFrom = 400;
  constexpr int64_t kThickestFrom = 800;
  return panel_edge_pixels < kThickFrom ? 1 : panel_edge_pixels < kThickestFrom ? 2 : 3;
}

Picture draw_plane(const Scene& scene, const internal::Plane& plane, int64_t scale) {
  Picture picture = internal::draw_gray_plane(std::as_const(scene.values).view(), plane,
                                              scene.position, scene.window);
  struct Number {
    std::string text;
    std::array<int64_t, 2> place;
  };
  std::vector<Number> numbers;
  for (const Overlay& overlay : scene.overlays) {
    for (size_t i = 0; i < overlay.masks.size(); ++i) {
      const internal::PixelMask pixels(overlay.masks[i], plane, scene.position);
      internal::draw_mask(picture, pixels,
                          {.color = overlay.color.value_or(class_color(static_cast<int64_t>(i))),
                           .dashed = overlay.dashed,
                           .filled = overlay.filled,
                           .line_pixels = line_pixels(scene.options.panel_edge_pixels)});
      if (!scene.options.numbered || pixels.empty()) {
        continue;
      }
      const std::string text = std::to_string(i + 1);
      if (const auto place = internal::place_of_text(pixels, internal::text_width(text, scale),
                                                     internal::kGlyphHeight * scale)) {
        numbers.push_back({text, *place});
      }
    }
  }
  for (const Number& number : numbers) {
    internal::draw_text(picture, number.place[0], number.place[1], number.text, internal::kText,
                        scale);
  }
  return picture;
}

std::string window_text(const IntensityWindow& window) {
  return fmt::format("W {:.4g} L {:.4g}", window[1] - window[0], (window[0] + window[1]) / 2 + 0.0);
}

std::vector<std::string> strip_texts(const Scene& scene, const volume::Geometry& geometry) {
  std::vector<std::string> texts;
  if (scene.options.with_window) {
    texts.push_back(window_text(scene.window));
  }
  if (!internal::orientation_known(geometry)) {
    texts.emplace_back("orientation not known");
  }
  if (!scene.options.caption.empty()) {
    texts.push_back(internal::short_text(scene.options.caption, kMostCaptionLetters));
  }
  return texts;
}

}  // namespace

Picture draw_planes(const volume::Volume& image, const std::vector<Overlay>& overlays,
                    const SliceOptions& options) {
  const Scene scene(image, overlays, options);
  const internal::PlaneLayout layout =
      internal::lay_out_planes(image.header, options.panel_edge_pixels);
  const int64_t scale = internal::text_scale(options.panel_edge_pixels);
  int64_t width = 2 * internal::kPanelGapPixels;
  int64_t height = 0;
  for (const internal::Plane& plane : layout.planes) {
    const internal::Panel panel = internal::panel_of(plane, scale);
    width += panel.width;
    height = std::max(height, panel.height);
  }
  Picture picture = internal::blank_picture(width, height, internal::kBackground);
  int64_t x = 0;
  for (const internal::Plane& plane : layout.planes) {
    const internal::Panel panel = internal::panel_of(plane, scale);
    const int64_t y = (height - panel.height) / 2;
    internal::paste(picture, draw_plane(scene, plane, scale), x + panel.image_x, y + panel.image_y);
    internal::draw_letters(picture, plane, panel, x, y, scale);
    x += panel.width + internal::kPanelGapPixels;
  }
  const volume::Geometry& geometry = image.header.geometry;
  return internal::with_scale_bar(picture, layout.pixels_per_mm, geometry.known ? " mm" : " voxels",
                                  strip_texts(scene, geometry), scale);
}

Picture draw_thumbnail(const volume::Volume& image, const std::vector<Overlay>& overlays,
                       const SliceOptions& options) {
  const Scene scene(image, overlays, options);
  const internal::Plane plane =
      internal::lay_out_finest_plane(image.header, options.panel_edge_pixels);
  constexpr int64_t kScale = 1;
  const internal::Panel panel = internal::panel_of(plane, kScale);
  constexpr int64_t kMostLetters = 3;
  const int64_t edge = options.panel_edge_pixels + 2 * (kMostLetters * internal::kGlyphAdvance + 2);
  Picture picture = internal::blank_picture(edge, edge, internal::kBackground);
  const int64_t x = (edge - panel.width) / 2;
  const int64_t y = (edge - panel.height) / 2;
  internal::paste(picture, draw_plane(scene, plane, kScale), x + panel.image_x, y + panel.image_y);
  internal::draw_letters(picture, plane, panel, x, y, kScale);
  return picture;
}

}  // namespace volseg::report
