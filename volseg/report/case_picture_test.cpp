// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/case_picture.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "volseg/core/error.h"
#include "volseg/dataset/pack.h"
#include "volseg/mask/run_text.h"
#include "volseg/volume/formats.h"

namespace volseg::report {
namespace {

namespace fs = std::filesystem;

constexpr core::Shape3 kShape{12, 10, 8};

volume::Volume made_image() {
  const core::Array<float> values(kShape, core::Order::kFortran, 5.0F);
  return volume::from_float(values.view(), {.known = true, .spacing_mm = {1, 1.5, 2}});
}

int64_t count_pixels(const Picture& picture, const std::array<uint8_t, 3>& color) {
  int64_t count = 0;
  for (size_t i = 0; i + 2 < picture.pixels.size(); i += 3) {
    count += std::array{picture.pixels[i], picture.pixels[i + 1], picture.pixels[i + 2]} == color;
  }
  return count;
}

// Class 0 lies at the begin, class 1 at the end of the grid; no plane shows both.
LabelledImage made_case() {
  LabelledImage shown{.name = "one", .image = made_image(), .masks = {}};
  shown.masks.push_back({kShape, {{1 + 12 + 120, 4}}});
  shown.masks.push_back({kShape, {{960 - 3, 3}}});
  return shown;
}

const std::vector<std::string> kNames{"first", "last"};

TEST(DrawCase, goes_through_the_chosen_class_else_through_the_largest) {
  const LabelledImage shown = made_case();
  const Picture largest = draw_case(shown, kNames, {.panel_edge_pixels = 64});
  EXPECT_GT(count_pixels(largest, class_color(0)), 0);
  EXPECT_EQ(count_pixels(largest, class_color(1)), 0);
  const Picture chosen = draw_case(shown, kNames, {.class_index = 1, .panel_edge_pixels = 64});
  EXPECT_EQ(count_pixels(chosen, class_color(0)), 0);
  EXPECT_GT(count_pixels(chosen, class_color(1)), 0);
}

TEST(DrawCase, draws_one_class_only_on_request) {
  LabelledImage shown = made_case();
  shown.masks[1] = {kShape, {{1 + 24 + 120, 4}}};
  const Picture both = draw_case(shown, kNames, {.class_index = 1, .panel_edge_pixels = 64});
  const Picture only =
      draw_case(shown, kNames, {.class_index = 1, .only_class = true, .panel_edge_pixels = 64});
  EXPECT_GT(count_pixels(both, class_color(0)), 0);
  EXPECT_EQ(count_pixels(only, class_color(0)), 0);
  EXPECT_GT(count_pixels(only, class_color(1)), 0);
}

TEST(DrawCase, shows_the_middle_of_an_image_without_masks) {
  LabelledImage shown = made_case();
  shown.masks.clear();
  const CasePictureOptions options{.class_index = 1, .panel_edge_pixels = 64};
  CasePictureOptions middle = options;
  middle.position = core::Shape3{6, 5, 4};
  EXPECT_EQ(draw_case(shown, kNames, options).pixels, draw_case(shown, kNames, middle).pixels);
}

class ContactSheet : public ::testing::Test {
 protected:
  ContactSheet() : path_(fs::path(::testing::TempDir()) / ("sheet_" + std::to_string(getpid()))) {
    path_ += ".zip";
    std::vector<dataset::PredictedCase> cases;
    for (int number = 0; number < 5; ++number) {
      cases.push_back(
          {.image = "case_" + std::to_string(number) + ".nii",
           .image_bytes = volume::encode_volume(made_image(), volume::FileFormat::kNifti),
           .run_texts = {"130 4", number == 2 ? "" : "955 3"},
           .shape = kShape});
    }
    dataset::write_dataset(path_, std::move(cases), kNames, core::Overwrite::kYes);
  }
  ~ContactSheet() override { fs::remove(path_); }

  [[nodiscard]] Picture draw(size_t count, const CasePictureOptions& options, int threads) const {
    const auto dataset = dataset::Dataset::open(path_);
    std::vector<const dataset::Row*> rows;
    for (size_t i = 0; i < count; ++i) {
      rows.push_back(&dataset.rows(dataset::Part::kTrain)[i % 5]);
    }
    return draw_contact_sheet(dataset, rows, options, {.threads = threads});
  }

  fs::path path_;
};

TEST_F(ContactSheet, has_a_thumbnail_for_each_case_whatever_the_threads) {
  const CasePictureOptions options{.class_index = 1, .panel_edge_pixels = 64};
  const Picture five = draw(5, options, 3);
  EXPECT_EQ(five.width, 3 * (104 + 8) + 8);
  EXPECT_EQ(five.pixels, draw(5, options, 1).pixels);
  EXPECT_GT(count_pixels(five, class_color(1)), count_pixels(draw(1, options, 1), class_color(1)));
  EXPECT_GT(draw(20, options, 2).height, five.height);
}

TEST_F(ContactSheet, refuses_too_many_cases_and_too_many_pixels) {
  EXPECT_THROW(static_cast<void>(draw(0, {.panel_edge_pixels = 64}, 1)), Error);
  EXPECT_THROW(static_cast<void>(draw(301, {.panel_edge_pixels = 64}, 1)), Error);
  EXPECT_THROW(static_cast<void>(draw(5, {.panel_edge_pixels = 3000}, 1)), Error);
}

}  // namespace
}  // namespace volseg::report
