// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "volseg/dataset/findings.h"
#include "volseg/dataset/internal/made_dataset_test.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/run_text.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset {

namespace {

using internal::check_made;
using internal::count_of;
using internal::counting_image;
using internal::holds;
using internal::kMadeShape;
using internal::MadeDataset;
using internal::only;
using internal::Texts;

core::Buffer npy_of(const volume::Volume& image) {
  return volume::encode_volume(image, volume::FileFormat::kNpy);
}

TEST(CheckImages, reports_unreadable_and_nonfinite_and_constant_images) {
  MadeDataset made;
  made.add_train(
      {{"a.npy"}, {"b.npy"}, {"c.npy"}, {"d.npy", Texts{"lung", "heart"}, Texts{"1 1", "0 1"}}});
  core::Array<float> values(kMadeShape, core::Order::kC, 1);
  made.add("images/a.npy", npy_of(volume::from_float(values.view(), {})));
  values(1, 2, 1) = std::numeric_limits<float>::quiet_NaN();
  values(3, 4, 2) = -std::numeric_limits<float>::infinity();
  made.add("images/b.npy", npy_of(volume::from_float(values.view(), {})));
  made.add_text("images/d.npy", "\x93NUMPY and no more");
  const CheckReport report = check_made(made);
  EXPECT_EQ(only(report, "image-constant").member, "images/a.npy");
  EXPECT_EQ(only(report, "image-nonfinite").found, "2 voxels are NaN or infinite");
  EXPECT_EQ(only(report, "image-unreadable").member, "images/d.npy");
  EXPECT_EQ(only(report, "rle-start-zero").row, 3);
}

TEST(CheckImages, compares_values_where_it_looks_for_constant_images) {
  MadeDataset made;
  made.add_train({{"nan.npy"}, {"zero.npy"}});
  core::Array<float> values(kMadeShape, core::Order::kC, std::numeric_limits<float>::quiet_NaN());
  made.add("images/nan.npy", npy_of(volume::from_float(values.view(), {})));
  std::fill_n(values.data(), values.size(), 0.0F);
  values(1, 2, 1) = -0.0F;
  made.add("images/zero.npy", npy_of(volume::from_float(values.view(), {})));
  const CheckReport report = check_made(made);
  EXPECT_EQ(only(report, "image-constant").member, "images/zero.npy");
  EXPECT_EQ(only(report, "image-nonfinite").member, "images/nan.npy");
}

TEST(CheckImages, names_a_damaged_file_once) {
  MadeDataset made;
  made.add_train({{"a.npy"}});
  made.add_text("images/a.npy", "no image").add_text("train_test.pq", "no table");
  const CheckReport report = check_made(made, {.train_dataframe = "train.pq"});
  EXPECT_FALSE(holds(only(report, "image-unreadable").found, "images/a.npy: "));
  EXPECT_FALSE(holds(only(report, "table-unreadable").found, "train_test.pq: "));
}

TEST(CheckImages, reports_bytes_after_the_voxels_and_other_channels) {
  MadeDataset made;
  made.add_train({{"a.npy"}, {"b.npy"}});
  const core::Buffer image = npy_of(counting_image(kMadeShape, 0));
  core::Buffer longer(image.size_bytes() + 3);
  std::copy_n(image.data(), image.size_bytes(), longer.data());
  std::fill_n(longer.data() + image.size_bytes(), 3, std::byte{0});
  made.add("images/a.npy", std::move(longer));
  const std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (4, 5, 3, 2), }";
  std::string four("\x93NUMPY\x01\x00", 8);
  four += std::string{118, 0} + header + std::string(117 - header.size(), ' ') + "\n";
  for (int voxel = 0; voxel < 4 * 5 * 3 * 2; ++voxel) {
    four += static_cast<char>(voxel);
  }
  made.add_text("images/b.npy", four);
  const CheckReport report = check_made(made, {.channel_axis = 3});
  EXPECT_TRUE(holds(only(report, "image-header").found, "3 bytes")) << to_text(report);
  EXPECT_EQ(only(report, "image-channels-differ").member, "images/b.npy");
}

TEST(CheckMasks, reports_each_error_with_its_place) {
  MadeDataset made;
  made.add_train({{"a.npy", Texts{"x", "y", "z"}, Texts{"1 2 5", "0 3", "4 -1"}},
                  {"b.npy", Texts{"x", "y", "z"}, Texts{"1.0 2", "60 2", "99999999999999999999 1"}},
                  {"c.npy", Texts{"x", "y", "z"}, Texts{"1 1", "2 1", "3 1"}}});
  const CheckReport report = check_made(made);
  EXPECT_EQ(only(report, "rle-odd-token-count").class_name, "x");
  EXPECT_EQ(only(report, "rle-start-zero").class_name, "y");
  EXPECT_EQ(only(report, "rle-negative").byte_offset, 2);
  EXPECT_EQ(only(report, "rle-not-a-number").row, 1);
  EXPECT_TRUE(holds(only(report, "rle-run-past-end").found, "past voxel 60"));
  EXPECT_EQ(only(report, "rle-overflow").column, "rle_mask");
  EXPECT_EQ(report.count(Severity::kError), 6);
}

TEST(CheckMasks, calls_no_class_empty_whose_texts_cannot_be_read) {
  MadeDataset made;
  made.add_train(
      {{"a.npy", Texts{"x", "y"}, Texts{"0 3", ""}}, {"b.npy", Texts{"x", "y"}, Texts{"", ""}}});
  EXPECT_EQ(only(check_made(made), "class-empty-everywhere").class_name, "y");
  made.add_train({{"a.npy", Texts{"x"}, Texts{""}}, {"b.npy", Texts{"x"}, Texts{"1 1", ""}}});
  EXPECT_EQ(count_of(check_made(made), "class-empty-everywhere"), 0);
}

TEST(CheckMasks, reports_each_warning) {
  MadeDataset made;
  made.add_train({{"a.npy", Texts{"u", "v", "w", "x", "y", "z"},
                   Texts{"9 1 1 1", "20 4 22 4", "30 2 32 2", "40 0", "41\t1", "045 1"}}});
  const CheckReport report = check_made(made);
  EXPECT_EQ(only(report, "rle-unsorted").class_name, "u");
  EXPECT_EQ(only(report, "rle-overlapping").class_name, "v");
  EXPECT_EQ(only(report, "rle-touching").class_name, "w");
  EXPECT_EQ(only(report, "rle-zero-length").class_name, "x");
  EXPECT_EQ(only(report, "rle-white-space").class_name, "y");
  EXPECT_EQ(only(report, "rle-leading-zeros").class_name, "z");
  EXPECT_EQ(only(report, "class-empty-everywhere").class_name, "x");
  EXPECT_EQ(report.count(Severity::kError), 0);
}

TEST(CheckMasks, counts_overlaps_over_all_rows) {
  MadeDataset made;
  made.add_train({{"a.npy", Texts{"lung", "heart"}, Texts{"1 4", "10 2"}},
                  {"b.npy", Texts{"lung", "heart"}, Texts{"1 4", "3 9"}},
                  {"c.npy", Texts{"lung", "heart"}, Texts{"1 9", "9 2"}}});
  const Finding overlap = only(check_made(made), "classes-overlap");
  EXPECT_EQ(overlap.found, "shares 3 voxels with class \"heart\" in 2 rows");
  EXPECT_EQ(overlap.row, 1);
  EXPECT_EQ(overlap.severity, Severity::kWarning);
}

TEST(CheckMasks, suspects_another_axis_order) {
  const core::Shape3 shape = {40, 26, 18};
  const core::Shape3 reversed = {18, 26, 40};
  core::Array<uint8_t> ball(shape, core::Order::kFortran, 0);
  core::Array<uint8_t> turned(reversed, core::Order::kFortran, 0);
  for (int64_t a = 0; a < shape[0]; ++a) {
    for (int64_t b = 0; b < shape[1]; ++b) {
      for (int64_t c = 0; c < shape[2]; ++c) {
        const bool inside = (a - 19) * (a - 19) + (b - 12) * (b - 12) + (c - 9) * (c - 9) < 64;
        ball(a, b, c) = inside ? 1 : 0;
        turned(c, b, a) = inside ? 1 : 0;
      }
    }
  }
  const auto text = [](const core::Array<uint8_t>& voxels) {
    return mask::format_runs(mask::encode<uint8_t>(voxels.view()));
  };
  MadeDataset made;
  made.add_train(
      {{"a.npy", Texts{"ball"}, Texts{text(ball)}}, {"b.npy", Texts{"ball"}, Texts{text(turned)}}});
  for (const std::string name : {"images/a.npy", "images/b.npy"}) {
    made.add(name, npy_of(counting_image(shape, 0)));
  }
  const Finding suspected = only(check_made(made), "rle-axis-order");
  EXPECT_EQ(suspected.row, 1);
  EXPECT_TRUE(holds(suspected.found, "18 x 26 x 40, axes (2, 1, 0)")) << suspected.found;
}

}  // namespace

}  // namespace volseg::dataset
