// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/slices.h"

#include <gtest/gtest.h>
#include <png.h>

#include <algorithm>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/core/random.h"

namespace volseg::report {
namespace {

constexpr core::Shape3 kShape{12, 20, 16};

volume::Volume made_image(const core::Shape3& shape, const std::array<double, 3>& spacing_mm) {
  core::Array<float> values(shape, core::Order::kFortran, 1.0F);
  volume::Geometry geometry;
  geometry.known = true;
  geometry.spacing_mm = spacing_mm;
  return volume::from_float(values.view(), geometry);
}

mask::RunMask made_mask(const core::Shape3& shape, const mask::Box& box) {
  core::Array<uint8_t> voxels(shape, core::Order::kFortran, uint8_t{0});
  const core::ArrayView<uint8_t> part = voxels.view().box(box.begin, box.extents);
  for (int64_t i = 0; i < part.size(); ++i) {
    part(i % box.extents[0], i / box.extents[0] % box.extents[1],
         i / (box.extents[0] * box.extents[1])) = 1;
  }
  return mask::encode(core::ArrayView<const uint8_t>(voxels.view()));
}

std::array<uint8_t, 3> pixel(const Picture& picture, int64_t x, int64_t y) {
  const auto at = static_cast<size_t>((y * picture.width + x) * 3);
  return {picture.pixels[at], picture.pixels[at + 1], picture.pixels[at + 2]};
}

int64_t count_pixels(const Picture& picture, const std::array<uint8_t, 3>& color) {
  int64_t count = 0;
  for (int64_t i = 0; i < picture.width * picture.height; ++i) {
    count += pixel(picture, i % picture.width, i / picture.width) == color ? 1 : 0;
  }
  return count;
}

TEST(EncodePng, decodes_to_the_same_pixels) {
  Picture picture{7, 5, {}};
  core::CounterRandom random(1, 2, 3);
  for (int i = 0; i < 7 * 5 * 3; ++i) {
    picture.pixels.push_back(static_cast<uint8_t>(random.below(256)));
  }
  const core::Buffer bytes = encode_png(picture);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  ASSERT_NE(png_image_begin_read_from_memory(&image, bytes.data(),
                                             static_cast<size_t>(bytes.size_bytes())),
            0);
  image.format = PNG_FORMAT_RGB;
  ASSERT_EQ(image.width, 7U);
  ASSERT_EQ(image.height, 5U);
  std::vector<uint8_t> pixels(PNG_IMAGE_SIZE(image));
  ASSERT_NE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr), 0);
  EXPECT_EQ(pixels, picture.pixels);
}

TEST(EncodePng, rejects_a_picture_whose_pixels_do_not_fill_it) {
  EXPECT_THROW(static_cast<void>(encode_png({4, 4, std::vector<uint8_t>(47)})), Error);
  EXPECT_THROW(static_cast<void>(encode_png({})), Error);
}

TEST(DrawPlanes, panels_have_true_proportions) {
  constexpr std::array<uint8_t, 3> kWhite{255, 255, 255};
  const SliceOptions options{.window = IntensityWindow{0, 1}, .panel_edge_pixels = 96};
  const Picture cubic = draw_planes(made_image(kShape, {1, 1, 1}), {}, options);
  const Picture thick = draw_planes(made_image(kShape, {1, 1, 3}), {}, options);
  EXPECT_EQ(count_pixels(cubic, kWhite), 58 * 96 + 58 * 77 + 96 * 77);
  EXPECT_EQ(count_pixels(thick, kWhite), 24 * 40 + 24 * 96 + 40 * 96);
}

TEST(DrawPlanes, keeps_letters_whole_beside_a_thin_plane) {
  const SliceOptions options{.window = IntensityWindow{0, 1}, .panel_edge_pixels = 96};
  const Picture thin = draw_planes(made_image({40, 30, 2}, {1, 1, 1}), {}, options);
  EXPECT_EQ(count_pixels(thin, {255, 255, 255}), 96 * 72 + 96 * 5 + 72 * 5);
  const Picture thick = draw_planes(made_image({40, 30, 35}, {1, 1, 1}), {}, options);
  EXPECT_EQ(count_pixels(thin, {225, 225, 225}), count_pixels(thick, {225, 225, 225}));
}

TEST(DrawPlanes, outline_runs_along_the_border_of_the_mask) {
  const core::Shape3 shape{16, 16, 16};
  constexpr int64_t kLeft = 8;  // room for letters
  constexpr int64_t kTop = 10;
  Overlay overlay{.masks = {made_mask(shape, {{4, 4, 4}, {8, 8, 8}})}};
  const SliceOptions options{.position = core::Shape3{8, 8, 8}, .panel_edge_pixels = 64};
  const Picture picture = draw_planes(made_image(shape, {1, 1, 1}), {overlay}, options);
  for (int64_t y = 0; y < 64; ++y) {
    for (int64_t x = 0; x < 64; ++x) {
      const bool inside = x >= 16 && x < 48 && y >= 16 && y < 48;
      const bool inner = x >= 17 && x < 47 && y >= 17 && y < 47;
      ASSERT_EQ(pixel(picture, x + kLeft, y + kTop) == class_color(0), inside && !inner)
          << x << " " << y;
    }
  }
}

TEST(DrawPlanes, dashes_and_fill_change_what_they_say) {
  const core::Shape3 shape{16, 16, 16};
  const mask::RunMask mask = made_mask(shape, {{4, 4, 4}, {8, 8, 8}});
  const volume::Volume image = made_image(shape, {1, 1, 1});
  const SliceOptions options{.panel_edge_pixels = 64};
  const int64_t solid =
      count_pixels(draw_planes(image, {{.masks = {mask}}}, options), class_color(0));
  const Picture plain = draw_planes(image, {}, options);
  const Picture dashed = draw_planes(image, {{.masks = {mask}, .dashed = true}}, options);
  const Picture filled = draw_planes(image, {{.masks = {mask}, .filled = true}}, options);
  int64_t changed_by_dashes = 0;
  int64_t changed_by_fill = 0;
  for (int64_t i = 0; i < plain.width * plain.height; ++i) {
    const int64_t x = i % plain.width;
    const int64_t y = i / plain.width;
    changed_by_dashes += pixel(plain, x, y) != pixel(dashed, x, y) ? 1 : 0;
    changed_by_fill += pixel(plain, x, y) != pixel(filled, x, y) ? 1 : 0;
  }
  EXPECT_EQ(solid, 3 * (32 * 4 - 4));
  EXPECT_GT(changed_by_dashes, solid / 3);
  EXPECT_LT(changed_by_dashes, solid * 2 / 3);
  EXPECT_GT(changed_by_fill, 3 * 31 * 31);
}

TEST(DrawPlanes, a_given_colour_replaces_those_of_the_classes) {
  const core::Shape3 shape{16, 16, 16};
  const mask::RunMask mask = made_mask(shape, {{4, 4, 4}, {8, 8, 8}});
  const Overlay overlay{.masks = {mask}, .color = std::array<uint8_t, 3>{1, 254, 3}};
  const Picture picture =
      draw_planes(made_image(shape, {1, 1, 1}), {overlay}, {.panel_edge_pixels = 64});
  EXPECT_EQ(count_pixels(picture, {1, 254, 3}), 3 * (32 * 4 - 4));
  EXPECT_EQ(count_pixels(picture, class_color(0)), 0);
}

TEST(DrawPlanes, rejects_a_mask_of_another_shape_and_a_position_outside) {
  const volume::Volume image = made_image(kShape, {1, 1, 1});
  const Overlay overlay{.masks = {{{1, 2, 3}, {}}}};
  EXPECT_THROW(static_cast<void>(draw_planes(image, {overlay}, {})), Error);
  EXPECT_THROW(static_cast<void>(draw_planes(image, {}, {.position = core::Shape3{0, 20, 0}})),
               Error);
  EXPECT_THROW(static_cast<void>(draw_planes(image, {}, {.channel = 1})), Error);
}

TEST(DrawPlanes, broadens_a_narrow_picture_so_that_no_text_is_cut) {
  volume::Volume image = made_image({1, 1, 500}, {1, 1, 1});
  image.header.geometry.known = false;
  const SliceOptions options{.panel_edge_pixels = 96, .caption = "a_name_of_a_case"};
  EXPECT_GE(draw_planes(image, {}, options).width, 21 * 6 + 16);
}

TEST(DrawPlanes, numbers_stand_inside_the_masks_where_they_fit) {
  const core::Shape3 shape{16, 16, 16};
  const std::vector<Overlay> overlays{{.masks = {made_mask(shape, {{3, 4, 5}, {8, 8, 8}}),
                                                 made_mask(shape, {{0, 0, 0}, {1, 1, 1}})}}};
  const volume::Volume image = made_image(shape, {1, 1, 1});
  SliceOptions options{.panel_edge_pixels = 96};
  const Picture plain = draw_planes(image, overlays, options);
  options.numbered = true;
  const Picture numbered = draw_planes(image, overlays, options);
  EXPECT_GT(count_pixels(numbered, {225, 225, 225}), count_pixels(plain, {225, 225, 225}));
  const Picture empty = draw_planes(image, {{.masks = {{shape, {}}}}}, options);
  EXPECT_EQ(empty.pixels, draw_planes(image, {}, options).pixels);
}

TEST(DrawThumbnail, is_a_square_whatever_the_image) {
  for (const std::array<double, 3>& spacing : {std::array{1.0, 1.0, 1.0}, {4.0, 1.0, 1.0}}) {
    const Picture thumbnail =
        draw_thumbnail(made_image(kShape, spacing), {}, {.panel_edge_pixels = 64});
    EXPECT_EQ(thumbnail.width, 104);
    EXPECT_EQ(thumbnail.height, 104);
  }
}

std::vector<LegendEntry> entries_of(int64_t count, const std::string& name) {
  std::vector<LegendEntry> entries;
  for (int64_t i = 0; i < count; ++i) {
    entries.push_back({name, class_color(i)});
  }
  return entries;
}

TEST(WithLegend, adds_lines_below_and_keeps_the_picture) {
  const Picture picture = draw_planes(made_image(kShape, {1, 1, 1}), {}, {});
  EXPECT_EQ(with_legend(picture, {}).pixels, picture.pixels);
  const Picture one = with_legend(picture, entries_of(1, "liver"));
  const Picture many = with_legend(picture, entries_of(30, "a long class name"));
  EXPECT_GT(one.height, picture.height);
  EXPECT_GT(many.height, one.height);
  EXPECT_TRUE(std::equal(picture.pixels.begin(), picture.pixels.end(), one.pixels.begin()));
  EXPECT_GT(count_pixels(one, class_color(0)), 50);
}

TEST(WithLegend, broadens_a_narrow_picture_so_that_no_name_is_cut) {
  const Picture narrow{20, 10, std::vector<uint8_t>(600)};
  const Picture with_name = with_legend(narrow, entries_of(1, "left kidney"));
  EXPECT_GT(with_name.width, 11 * 6);
  EXPECT_EQ(with_legend(narrow, entries_of(1, std::string(500, 'x'))).width,
            with_legend(narrow, entries_of(1, std::string(40, 'x'))).width);
}

TEST(MiddleOf, is_a_voxel_of_the_mask_next_to_its_centroid) {
  EXPECT_EQ(middle_of(made_mask(kShape, {{2, 5, 3}, {5, 3, 7}})), (core::Shape3{4, 6, 6}));
  EXPECT_EQ(middle_of({kShape, {}}), std::nullopt);
  const mask::RunMask apart{{9, 1, 1}, {{0, 2}, {8, 1}}};
  EXPECT_EQ(middle_of(apart), (core::Shape3{1, 0, 0}));
}

}  // namespace
}  // namespace volseg::report
