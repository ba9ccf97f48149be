// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/error_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/core/text.h"
#include "volseg/mask/set_algebra.h"

namespace volseg::report::internal {

namespace {

constexpr int64_t kWholeEdgePixels = 260;
constexpr int64_t kDetailEdgePixels = 380;

// The ground of the pictures: values, how they are told apart, and where they lie.
struct Ground {
  core::Array<float> values;
  IntensityWindow window{0, 1};
  volume::Geometry geometry;
  bool is_image = false;
};

Ground ground_of(const score::ComparedCase& compared, const std::optional<volume::Volume>& image) {
  Ground ground;
  if (image && image->header.shape != compared.shape) {
    throw Error(ErrorKind::kShape, "report.score_page",
                fmt::format("the image has {}, its masks have {}",
                            core::to_string(image->header.shape), core::to_string(compared.shape)));
  }
  if (image) {
    ground.values = volume::to_float(*image, 0);
    ground.window = default_window(image->header.type, ground.values);
    ground.geometry = image->header.geometry;
    ground.is_image = true;
  } else {
    constexpr float kGray = 0.16F;
    ground.values = core::Array<float>(compared.shape, core::Order::kFortran, kGray);
    ground.geometry = compared.geometry;
  }
  if (!ground.geometry.known && compared.spacing_known) {
    ground.geometry = volume::spacing_only(compared.masks.spacing_mm);
  }
  return ground;
}

mask::RunMask cut(const mask::RunMask& mask, const mask::Box& box) {
  core::Array<uint8_t> voxels(box.extents);
  mask::crop(mask, box, voxels.view());
  return mask::encode(std::as_const(voxels).view());
}

std::vector<Overlay> overlays_of(const mask::RunMask& truth, const mask::RunMask& prediction) {
  const auto overlay = [](mask::RunMask mask, const std::array<uint8_t, 3>& color) {
    return Overlay{.masks = {std::move(mask)}, .filled = true, .color = color};
  };
  return {overlay(mask::intersection_of(truth, prediction), kTruePositiveColor),
          overlay(mask::difference_of(prediction, truth), kFalsePositiveColor),
          overlay(mask::difference_of(truth, prediction), kFalseNegativeColor)};
}

Picture draw_part(const Ground& ground, const std::vector<Overlay>& overlays, const mask::Box& box,
                  const core::Shape3& position, int64_t edge_pixels) {
  const volume::Volume part =
      volume::from_float(ground.values.view().box(box.begin, box.extents), ground.geometry);
  core::Shape3 inside{};
  for (size_t axis = 0; axis < 3; ++axis) {
    inside[axis] = position[axis] - box.begin[axis];
  }
  return draw_planes(part, overlays,
                     {.position = inside,
                      .window = ground.window,
                      .panel_edge_pixels = edge_pixels,
                      .with_window = ground.is_image});
}

std::string volume_text(int64_t voxels, const score::ComparedCase& compared) {
  std::string count = core::counted(voxels, "voxel");
  if (!compared.spacing_known) {
    return count;
  }
  const std::array<double, 3>& spacing = compared.masks.spacing_mm;
  const double voxel_ml = spacing[0] * spacing[1] * spacing[2] / 1000;
  return fmt::format("{:.3g} ml ({})", static_cast<double>(voxels) * voxel_ml, count);
}

std::string place_text(const ErrorPlace& place, const score::ComparedCase& compared) {
  return fmt::format("Largest error: {} of {}, planes through voxel ({}, {}, {})",
                     place.missed ? "a missed part" : "a false part",
                     volume_text(place.voxels, compared), place.position[0], place.position[1],
                     place.position[2]);
}

}  // namespace

std::optional<mask::Box> detail_box(const mask::Box& error, const core::Shape3& shape,
                                    const std::array<double, 3>& spacing_mm) {
  constexpr double kLeastShare = 1.0 / 6;
  constexpr double kMostShare = 0.7;
  double volume_mm = 0;
  double error_mm = 0;
  for (size_t axis = 0; axis < 3; ++axis) {
    volume_mm = std::max(volume_mm, static_cast<double>(shape[axis]) * spacing_mm[axis]);
    error_mm = std::max(error_mm, static_cast<double>(error.extents[axis]) * spacing_mm[axis]);
  }
  const double edge_mm = std::max(3 * error_mm, kLeastShare * volume_mm);
  if (edge_mm > kMostShare * volume_mm) {
    return std::nullopt;
  }
  mask::Box box;
  for (size_t axis = 0; axis < 3; ++axis) {
    const auto extent = static_cast<int64_t>(std::ceil(edge_mm / spacing_mm[axis]));
    box.extents[axis] = std::clamp<int64_t>(extent, 1, shape[axis]);
    const int64_t middle = error.begin[axis] + error.extents[axis] / 2;
    box.begin[axis] =
        std::clamp<int64_t>(middle - box.extents[axis] / 2, 0, shape[axis] - box.extents[axis]);
  }
  return box;
}

ErrorPicture draw_error(const score::ComparedCase& compared, size_t class_index,
                        const std::optional<volume::Volume>& image) {
  const mask::RunMask& truth = compared.masks.truth.at(class_index);
  const mask::RunMask& prediction = compared.masks.prediction.at(class_index);
  const Ground ground = ground_of(compared, image);
  const mask::Box all{{0, 0, 0}, compared.shape};
  const auto place = find_largest_error(truth, prediction, compared.masks.spacing_mm);
  ErrorPicture picture;
  if (!place) {
    const core::Shape3& shape = compared.shape;
    const core::Shape3 middle{shape[0] / 2, shape[1] / 2, shape[2] / 2};
    picture.place = "Nothing differs";
    picture.whole = draw_part(ground, overlays_of(truth, prediction), all,
                              middle_of(truth).value_or(middle), kDetailEdgePixels);
    return picture;
  }
  picture.place = place_text(*place, compared);
  const auto box =
      detail_box(mask::bounding_box(place->part), compared.shape, compared.masks.spacing_mm);
  picture.whole = draw_part(ground, overlays_of(truth, prediction), all, place->position,
                            box ? kWholeEdgePixels : kDetailEdgePixels);
  if (box) {
    picture.detail = draw_part(ground, overlays_of(cut(truth, *box), cut(prediction, *box)), *box,
                               place->position, kDetailEdgePixels);
  }
  return picture;
}

}  // namespace volseg::report::internal
