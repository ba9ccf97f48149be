// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/plane_picture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "volseg/core/random.h"

namespace volseg::report::internal {
namespace {

constexpr core::Shape3 kShape{6, 10, 8};
constexpr core::Shape3 kPosition{2, 7, 3};

core::Array<float> random_values(core::Order order) {
  core::Array<float> values(kShape, order);
  core::CounterRandom random(11, 2, 3);
  for (int64_t i = 0; i < values.size(); ++i) {
    values.data()[i] = static_cast<float>(random.below(2000)) - 1000;
  }
  return values;
}

// Every choice of a plane and its flips.
std::vector<Plane> all_planes() {
  std::vector<Plane> planes;
  for (size_t fixed = 0; fixed < 3; ++fixed) {
    for (int kind = 0; kind < 8; ++kind) {
      Plane plane;
      plane.fixed_axis = fixed;
      plane.horizontal_axis = (fixed + ((kind & 1) != 0 ? 1 : 2)) % 3;
      plane.vertical_axis = (fixed + ((kind & 1) != 0 ? 2 : 1)) % 3;
      plane.flip_horizontal = (kind & 2) != 0;
      plane.flip_vertical = (kind & 4) != 0;
      plane.width = kShape[plane.horizontal_axis];
      plane.height = kShape[plane.vertical_axis];
      planes.push_back(plane);
    }
  }
  return planes;
}

// The voxel that a pixel shows when a pixel is a voxel.
core::Shape3 voxel_at(const Plane& plane, int64_t x, int64_t y) {
  core::Shape3 voxel = kPosition;
  const int64_t width = kShape[plane.horizontal_axis];
  const int64_t height = kShape[plane.vertical_axis];
  voxel[plane.horizontal_axis] = plane.flip_horizontal ? width - 1 - x : x;
  voxel[plane.vertical_axis] = plane.flip_vertical ? height - 1 - y : y;
  return voxel;
}

int windowed(double value, const IntensityWindow& window) {
  if (value <= window[0]) {
    return 0;
  }
  return value >= window[1]
             ? 255
             : static_cast<int>(std::lround((value - window[0]) / (window[1] - window[0]) * 255));
}

int gray_at(const Picture& picture, int64_t x, int64_t y) {
  const auto at = static_cast<size_t>((y * picture.width + x) * 3);
  EXPECT_EQ(picture.pixels[at], picture.pixels[at + 1]);
  EXPECT_EQ(picture.pixels[at], picture.pixels[at + 2]);
  return picture.pixels[at];
}

TEST(DrawGrayPlane, shows_each_voxel_through_the_window_for_every_axis_order_and_flip) {
  constexpr IntensityWindow kWindow{-160, 240};
  for (const core::Order order : {core::Order::kC, core::Order::kFortran}) {
    const core::Array<float> values = random_values(order);
    for (const Plane& plane : all_planes()) {
      const Picture picture = draw_gray_plane(values.view(), plane, kPosition, kWindow);
      for (int64_t i = 0; i < plane.width * plane.height; ++i) {
        const int64_t x = i % plane.width;
        const int64_t y = i / plane.width;
        const core::Shape3 at = voxel_at(plane, x, y);
        ASSERT_EQ(gray_at(picture, x, y), windowed(values(at[0], at[1], at[2]), kWindow));
      }
    }
  }
}

TEST(DrawGrayPlane, is_the_mean_of_the_voxels_that_a_pixel_covers) {
  constexpr IntensityWindow kWindow{-1000, 1000};
  const core::Array<float> values = random_values(core::Order::kC);
  for (Plane plane : all_planes()) {
    plane.width /= 2;
    plane.height /= 2;
    const Picture picture = draw_gray_plane(values.view(), plane, kPosition, kWindow);
    for (int64_t i = 0; i < plane.width * plane.height; ++i) {
      double sum = 0;
      for (int64_t part = 0; part < 4; ++part) {
        const core::Shape3 at =
            voxel_at(plane, 2 * (i % plane.width) + part % 2, 2 * (i / plane.width) + part / 2);
        sum += values(at[0], at[1], at[2]);
      }
      ASSERT_NEAR(gray_at(picture, i % plane.width, i / plane.width), windowed(sum / 4, kWindow),
                  1);
    }
  }
}

TEST(DrawGrayPlane, runs_straight_between_the_middles_of_voxels) {
  core::Array<float> values({2, 1, 1}, core::Order::kC, 0.0F);
  values(1, 0, 0) = 100;
  Plane plane{.fixed_axis = 2, .horizontal_axis = 0, .vertical_axis = 1};
  plane.width = 8;
  const Picture picture = draw_gray_plane(std::as_const(values).view(), plane, {0, 0, 0}, {0, 100});
  const std::array<double, 8> shares{0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1};
  for (int64_t x = 0; x < 8; ++x) {
    EXPECT_NEAR(gray_at(picture, x, 0), 255 * shares[static_cast<size_t>(x)], 0.51);
  }
}

mask::RunMask random_mask() {
  core::Array<uint8_t> voxels(kShape, core::Order::kFortran, uint8_t{0});
  core::CounterRandom random(3, 1, 4);
  for (int64_t i = 0; i < voxels.size(); ++i) {
    voxels.data()[i] = random.below(3) > 0 ? 1 : 0;
  }
  return mask::encode(core::ArrayView<const uint8_t>(voxels.view()));
}

core::Array<uint8_t> voxels_of(const mask::RunMask& mask) {
  core::Array<uint8_t> voxels(mask.shape);
  mask::decode(mask, voxels.view());
  return voxels;
}

TEST(DrawMask, outline_is_the_mask_with_a_neighbour_outside_and_the_rest_is_fill) {
  constexpr Color kColor{200, 100, 50};
  const mask::RunMask mask = random_mask();
  const core::Array<uint8_t> voxels = voxels_of(mask);
  for (const Plane& plane : all_planes()) {
    const auto inside = [&](int64_t x, int64_t y) {
      if (x < 0 || y < 0 || x >= plane.width || y >= plane.height) {
        return false;
      }
      const core::Shape3 at = voxel_at(plane, x, y);
      return voxels(at[0], at[1], at[2]) != 0;
    };
    Picture picture = blank_picture(plane.width, plane.height, kBackground);
    draw_mask(picture, PixelMask(mask, plane, kPosition), {.color = kColor, .filled = true});
    for (int64_t i = 0; i < plane.width * plane.height; ++i) {
      const int64_t x = i % plane.width;
      const int64_t y = i / plane.width;
      const bool edge =
          !inside(x - 1, y) || !inside(x + 1, y) || !inside(x, y - 1) || !inside(x, y + 1);
      const int expected = !inside(x, y) ? 0 : edge ? 200 : 80;
      ASSERT_EQ(picture.pixels[static_cast<size_t>(i * 3)], expected) << x << " " << y;
    }
  }
}

TEST(PixelMask, keeps_every_voxel_where_pixels_are_coarser) {
  const mask::RunMask mask{kShape, {{2 + 6 * (5 + 10 * 3), 1}}};
  Plane plane{.fixed_axis = 2, .horizontal_axis = 0, .vertical_axis = 1};
  plane.width = 2;
  plane.height = 4;
  const PixelMask pixels(mask, plane, kPosition);
  for (int64_t i = 0; i < 8; ++i) {
    EXPECT_EQ(pixels.inside(i % 2, i / 2), i == 4) << i;
  }
  EXPECT_FALSE(pixels.empty());
  EXPECT_TRUE(PixelMask({kShape, {}}, plane, kPosition).empty());
}

TEST(PlaceOfText, is_the_middle_of_the_roomiest_part) {
  core::Array<uint8_t> voxels({60, 40, 1}, core::Order::kFortran, uint8_t{0});
  for (int64_t x = 5; x < 45; ++x) {
    for (int64_t y = x < 25 ? 10 : 18; y < (x < 25 ? 30 : 20); ++y) {
      voxels(x, y, 0) = 1;
    }
  }
  const mask::RunMask mask = mask::encode(core::ArrayView<const uint8_t>(voxels.view()));
  Plane plane{.fixed_axis = 2, .horizontal_axis = 0, .vertical_axis = 1};
  plane.width = 60;
  plane.height = 40;
  const PixelMask pixels(mask, plane, {0, 0, 0});
  const auto place = place_of_text(pixels, 6, 8);
  ASSERT_TRUE(place);
  EXPECT_NEAR(static_cast<double>((*place)[1]) + 4, 20, 1.5);
  EXPECT_GE((*place)[0], 5);
  EXPECT_LT((*place)[0] + 6, 45);
  EXPECT_FALSE(place_of_text(pixels, 18, 24));
}

}  // namespace
}  // namespace volseg::report::internal
