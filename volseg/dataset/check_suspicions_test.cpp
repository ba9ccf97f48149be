// SPDX-License-Identifier: Apache-2.0
// What only the whole dataset tells: rows R10 and R11 of the catalogue, copies and outliers.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "volseg/dataset/internal/made_dataset_test.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/run_text.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset {

namespace {

using internal::check_bounded;
using internal::count_of;
using internal::holds;
using internal::MadeDataset;
using internal::MadeRow;
using internal::MadeTable;
using internal::only;
using internal::Texts;
using volume::FileFormat;

constexpr core::Shape3 kShape = {36, 26, 18};

// An ellipsoid around `centre` along axis 0.
core::Array<uint8_t> ellipsoid(int64_t centre) {
  core::Array<uint8_t> voxels(kShape, core::Order::kFortran, 0);
  for (int64_t c = 0; c < kShape[2]; ++c) {
    for (int64_t b = 0; b < kShape[1]; ++b) {
      for (int64_t a = 0; a < kShape[0]; ++a) {
        const int64_t distance =
            (a - centre) * (a - centre) + (b - 12) * (b - 12) + 2 * (c - 9) * (c - 9);
        voxels(a, b, c) = distance < 90 ? 1 : 0;
      }
    }
  }
  return voxels;
}

// Positions counted from 0, as a wrong encoder writes them.
std::string zero_based_text(const core::Array<uint8_t>& voxels) {
  std::string text;
  for (const mask::Run& run : mask::encode<uint8_t>(voxels.view()).runs) {
    text +=
        (text.empty() ? "" : " ") + std::to_string(run.start) + " " + std::to_string(run.length);
  }
  return text;
}

std::string text_of(const core::Array<uint8_t>& voxels) {
  return mask::format_runs(mask::encode<uint8_t>(voxels.view()));
}

// Bright where the mask is, over a gentle slope.
core::Buffer image_of(const core::Array<uint8_t>& voxels, float contrast, FileFormat format) {
  core::Array<float> values(kShape, core::Order::kC);
  for (int64_t c = 0; c < kShape[2]; ++c) {
    for (int64_t b = 0; b < kShape[1]; ++b) {
      for (int64_t a = 0; a < kShape[0]; ++a) {
        values(a, b, c) =
            contrast * static_cast<float>(voxels(a, b, c)) + 0.1F * static_cast<float>(a + 2 * b);
      }
    }
  }
  return volume::encode_volume(volume::from_float(values.view(), {.known = true}), format);
}

CheckReport check_ellipsoids(int64_t centre, float contrast,
                             std::string (*text_of_mask)(const core::Array<uint8_t>&)) {
  MadeDataset made;
  std::vector<MadeRow> rows;
  for (int64_t row = 0; row < 3; ++row) {
    const core::Array<uint8_t> voxels = ellipsoid(centre + row);
    const std::string name = "case_" + std::to_string(row) + ".npy";
    rows.push_back({name, Texts{"lung"}, Texts{text_of_mask(voxels)}});
    made.add("images/" + name, image_of(voxels, contrast, FileFormat::kNpy));
  }
  return check_bounded(made.add_table("train.pq", MadeTable(rows)));
}

TEST(CheckCatalogue, R10_runs_for_another_axis_order) {
  core::Array<uint8_t> turned({kShape[2], kShape[0], kShape[1]}, core::Order::kFortran, 0);
  const core::Array<uint8_t> voxels = ellipsoid(17);
  for (int64_t c = 0; c < kShape[2]; ++c) {
    for (int64_t b = 0; b < kShape[1]; ++b) {
      for (int64_t a = 0; a < kShape[0]; ++a) {
        turned(c, a, b) = voxels(a, b, c);
      }
    }
  }
  MadeDataset made;
  made.add_table("train.pq", MadeTable({{"a.npy", Texts{"lung"}, Texts{text_of(turned)}}}));
  made.add("images/a.npy", image_of(voxels, 100, FileFormat::kNpy));
  const Finding finding = only(check_bounded(made), "rle-axis-order");
  EXPECT_EQ(finding.severity, Severity::kError);
  EXPECT_EQ(finding.row, 0);
  EXPECT_TRUE(holds(finding.found, "18 x 36 x 26, axes (2, 0, 1)")) << finding.found;
}

TEST(CheckCatalogue, R10_runs_for_another_shape) {
  MadeDataset made;
  const std::vector<MadeRow> rows = {{"a.npy", Texts{"lung"}, Texts{text_of(ellipsoid(17))}}};
  made.add_table("train.pq", MadeTable(rows));
  made.add("images/a.npy",
           volume::encode_volume(internal::counting_image({61, 50, 44}, 0), FileFormat::kNpy));
  const Finding finding = only(check_bounded(made), "rle-other-shape");
  EXPECT_EQ(finding.severity, Severity::kError);
  EXPECT_EQ(finding.row, 0);
  EXPECT_TRUE(holds(finding.found, "in the next line of 36 voxels")) << finding.found;
  EXPECT_TRUE(holds(finding.found, "have 61 as in the image")) << finding.found;
}

TEST(CheckCatalogue, R11_runs_that_all_count_from_zero) {
  const CheckReport by_edges = check_ellipsoids(15, 100, zero_based_text);
  const Finding finding = only(by_edges, "rle-zero-based");
  EXPECT_EQ(finding.severity, Severity::kError);
  EXPECT_EQ(finding.column, "rle_mask");
  EXPECT_TRUE(holds(finding.found, "in 3 of 3 rows")) << finding.found;
  EXPECT_TRUE(holds(finding.fix, "--assume-zero-based"));
  const CheckReport by_wraps = check_ellipsoids(2, 0, zero_based_text);
  EXPECT_TRUE(holds(only(by_wraps, "rle-zero-based").found, "begin at the last voxel of a line"));
}

TEST(CheckCatalogue, R11_runs_that_count_from_one_are_not_suspected) {
  for (const int64_t centre : {2, 15, 32}) {
    for (const float contrast : {0.0F, 100.0F}) {
      const CheckReport report = check_ellipsoids(centre, contrast, text_of);
      EXPECT_EQ(count_of(report, "rle-zero-based"), 0) << centre << "\n" << to_text(report);
    }
  }
}

TEST(CheckDataset, finds_copies_in_other_formats_and_tables) {
  MadeDataset made;
  const core::Array<uint8_t> voxels = ellipsoid(15);
  made.add("images/a.npy", image_of(voxels, 100, FileFormat::kNpy));
  made.add("images/b.nii.gz", image_of(voxels, 100, FileFormat::kNiftiGz));
  made.add("images/c.npy", image_of(voxels, 101, FileFormat::kNpy));
  made.add("images/d.nii", image_of(voxels, 101, FileFormat::kNifti));
  const auto row = [](const std::string& image) {
    return MadeRow{image, Texts{"lung"}, Texts{"1 4"}};
  };
  made.add_table("train.pq", MadeTable({row("a.npy"), row("b.nii.gz"), row("c.npy")}));
  made.add_table("test.pq", MadeTable({row("d.nii")}));
  const CheckReport report = check_bounded(made);
  const Finding repeated = only(report, "image-content-repeated");
  EXPECT_EQ(repeated.severity, Severity::kWarning);
  EXPECT_EQ(repeated.row, 1);
  EXPECT_EQ(repeated.found, "\"b.nii.gz\" holds the same voxels as \"a.npy\" of train.pq row 0");
  const Finding shared = only(report, "image-content-in-two-tables");
  EXPECT_EQ(shared.severity, Severity::kError);
  EXPECT_EQ(shared.member, "test.pq");
  EXPECT_EQ(shared.found, "\"d.nii\" holds the same voxels as \"c.npy\" of train.pq row 2");
}

TEST(CheckDataset, does_not_take_images_that_differ_in_one_voxel_for_copies) {
  MadeDataset made;
  core::Array<float> values({64, 48, 40}, core::Order::kC, 1);
  values(0, 0, 0) = 2;
  const auto bytes = [&values] {
    return volume::encode_volume(volume::from_float(values.view(), {}), FileFormat::kNpy);
  };
  made.add("images/a.npy", bytes());
  values(1, 0, 0) = 2;
  made.add("images/b.npy", bytes());
  const auto row = [](const std::string& image) {
    return MadeRow{image, Texts{"lung"}, Texts{"1 4"}};
  };
  made.add_table("train.pq", MadeTable({row("a.npy"), row("b.npy")}));
  EXPECT_TRUE(check_bounded(made).findings.empty());
}

TEST(CheckDataset, finds_copies_of_images_that_are_nearly_empty) {
  MadeDataset made;
  core::Array<float> values({64, 48, 40}, core::Order::kC, 0);
  values(3, 5, 7) = 1;
  for (const std::string name : {"images/a.npy", "images/b.npy"}) {
    made.add(name, volume::encode_volume(volume::from_float(values.view(), {}), FileFormat::kNpy));
  }
  const MadeRow row = {"a.npy", Texts{"lung"}, Texts{"1 4"}};
  made.add_table("train.pq", MadeTable({row, {"b.npy", row.class_names, row.run_texts}}));
  EXPECT_EQ(only(check_bounded(made), "image-content-repeated").row, 1);
}

TEST(CheckDataset, finds_one_image_in_each_pair_of_tables) {
  MadeDataset made;
  made.add_train({{"a.npy"}, {"b.npy"}, {"c.npy"}});
  made.add_table("validation.pq", MadeTable({{"a.npy"}, {"b.npy"}}));
  made.add_table("test.pq", MadeTable({{"b.npy"}, {"c.npy"}}));
  const CheckReport report = check_bounded(made);
  EXPECT_EQ(count_of(report, "image-in-train-and-validation"), 2);
  EXPECT_EQ(count_of(report, "image-in-train-and-test"), 2);
  EXPECT_EQ(only(report, "image-in-validation-and-test").row, 0);
}

CheckReport check_with_last(const volume::Volume& last) {
  MadeDataset made;
  std::vector<MadeRow> rows;
  for (int row = 0; row < 10; ++row) {
    rows.push_back({"case_" + std::to_string(row) + ".nii", Texts{"lung"}, Texts{"1 4"}});
    const core::Shape3 shape = {20 + row % 3, 30, 10};
    const volume::Volume usual = internal::counting_image(
        shape, static_cast<float>(row), {.known = true, .spacing_mm = {1, 1.2, 2 + 0.1 * row}});
    made.add("images/case_" + std::to_string(row) + ".nii",
             volume::encode_volume(row == 9 ? last : usual, FileFormat::kNifti));
  }
  return check_bounded(made.add_table("train.pq", MadeTable(rows)));
}

TEST(CheckDataset, notes_outliers_of_shape_spacing_and_intensity) {
  const volume::Geometry usual = {.known = true, .spacing_mm = {1, 1.2, 2}};
  EXPECT_TRUE(check_with_last(internal::counting_image({25, 30, 14}, 0, usual)).findings.empty());
  const CheckReport shape = check_with_last(internal::counting_image({20, 30, 100}, 0, usual));
  EXPECT_EQ(only(shape, "shape-outlier").member, "images/case_9.nii");
  EXPECT_EQ(only(shape, "shape-outlier").severity, Severity::kNote);
  const CheckReport spacing = check_with_last(internal::counting_image(
      {20, 30, 10}, 0, {.known = true, .spacing_mm = {0.001, 0.0012, 0.002}}));
  EXPECT_TRUE(holds(only(spacing, "spacing-outlier").found, "0.001 x 0.0012 x 0.002 mm"));
  const CheckReport far = check_with_last(internal::counting_image({20, 30, 10}, 1e6F, usual));
  EXPECT_TRUE(holds(only(far, "intensity-outlier").found, "median 1.00"));
  core::Array<float> faint({20, 30, 10}, core::Order::kC, 3000);
  std::fill_n(faint.data(), faint.size() / 2, 3001.0F);
  const CheckReport narrow = check_with_last(volume::from_float(faint.view(), usual));
  EXPECT_TRUE(holds(only(narrow, "intensity-outlier").found, "range 1"));
}

TEST(CheckDataset, finds_folds_and_classes_without_voxels) {
  MadeDataset made;
  const std::vector<MadeRow> rows = {{"a.npy", Texts{"lung", "heart"}, Texts{"1 4", ""}},
                                     {"b.npy", Texts{"lung", "heart"}, Texts{"", ""}},
                                     {"c.npy", Texts{"lung", "heart"}, Texts{"", ""}}};
  made.add_train(rows).add_table(
      "train.pq", MadeTable(rows).add("fold", std::vector<table::Cell<int64_t>>{0, 1, 1}));
  const CheckReport report = check_bounded(made, {.selected_folds = {"0", "7"}});
  EXPECT_EQ(only(report, "class-empty-everywhere").class_name, "heart");
  EXPECT_EQ(count_of(report, "fold-empty"), 1) << to_text(report);
  EXPECT_EQ(only(report, "splits-impossible").found, "selected_folds names 7; the folds are 0, 1");
}

}  // namespace

}  // namespace volseg::dataset
