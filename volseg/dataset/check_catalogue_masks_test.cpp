// SPDX-License-Identifier: Apache-2.0
// Rows R01 to R15 of the catalogue of bad inputs: run-length texts.
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "volseg/core/error.h"
#include "volseg/dataset/internal/made_dataset_test.h"
#include "volseg/mask/run_mask.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset {

namespace {

using internal::check_text;
using internal::count_of;
using internal::holds;
using internal::MadeDataset;
using internal::only;
using internal::Texts;

// kMadeShape has 60 voxels.
void expect_error(const std::string& text, const std::string& code, int64_t byte_offset) {
  const Finding finding = only(check_text(text), code);
  EXPECT_EQ(finding.severity, Severity::kError) << text;
  EXPECT_EQ(finding.member, "train.pq") << text;
  EXPECT_EQ(finding.row, 0) << text;
  EXPECT_EQ(finding.column, "rle_mask") << text;
  EXPECT_EQ(finding.class_name, "lung") << text;
  EXPECT_EQ(finding.byte_offset, byte_offset) << text;
  EXPECT_FALSE(finding.expected.empty()) << text;
  EXPECT_FALSE(finding.fix.empty()) << text;
}

void expect_warning(const std::string& text, const std::string& code) {
  const CheckReport report = check_text(text);
  EXPECT_EQ(only(report, code).severity, Severity::kWarning) << text;
  EXPECT_EQ(report.count(Severity::kError), 0) << to_text(report);
}

TEST(CheckCatalogue, R01_odd_token_counts) {
  expect_error("5", "rle-odd-token-count", 0);
  expect_error("1 2 10", "rle-odd-token-count", 4);
  expect_error("1 2 10 3 20", "rle-odd-token-count", 9);
}

TEST(CheckCatalogue, R02_starts_at_zero_and_negative_numbers) {
  expect_error("0 5", "rle-start-zero", 0);
  expect_error("3 2 0 1", "rle-start-zero", 4);
  expect_error("-3 5", "rle-negative", 0);
  expect_error("3 -5", "rle-negative", 2);
  EXPECT_TRUE(holds(only(check_text("0 5"), "rle-start-zero").fix, "--assume-zero-based"));
}

TEST(CheckCatalogue, R03_length_zero) { expect_warning("1 4 9 0", "rle-zero-length"); }

TEST(CheckCatalogue, R04_runs_at_the_end) {
  expect_error("58 4", "rle-run-past-end", 3);
  expect_error("61 1", "rle-run-past-end", 0);
  EXPECT_TRUE(holds(only(check_text("58 4"), "rle-run-past-end").found, "voxel 60, the last"));
  EXPECT_TRUE(check_text("58 3").findings.empty());
}

TEST(CheckCatalogue, R05_runs_that_are_not_canonical) {
  expect_warning("9 2 1 3", "rle-unsorted");
  expect_warning("1 5 3 6", "rle-overlapping");
  expect_warning("1 5 1 5", "rle-overlapping");
  expect_warning("1 2 3 4", "rle-touching");
}

TEST(CheckCatalogue, R06_white_space) {
  for (const std::string text : {"1\t2", "1\n2", "1  2", " 1 2", "1 2 ", "1 2\r\n"}) {
    expect_warning(text, "rle-white-space");
  }
}

TEST(CheckCatalogue, R07_numbers_as_only_python_reads_them) {
  expect_error("+5 1", "rle-not-a-number", 0);
  expect_error("1_0 1", "rle-not-a-number", 0);
  expect_error("\xD9\xA5 1", "rle-not-a-number", 0);
  expect_error("1 \xEF\xBC\x95", "rle-not-a-number", 2);
}

TEST(CheckCatalogue, R08_other_spellings_of_numbers) {
  expect_warning("001 2", "rle-leading-zeros");
  for (const std::string token : {"1.0", "1e1", "0x5", "5,", "[5", "NaN"}) {
    expect_error("1 1 " + token + " 2", "rle-not-a-number", 4);
  }
  expect_error(std::string("1 1 5\0 2", 8), "rle-not-a-number", 4);
}

TEST(CheckCatalogue, R09_numbers_past_the_integers) {
  expect_error("12345678901234567890 1", "rle-overflow", 0);
  expect_error("9223372036854775807 1", "rle-run-past-end", 0);
  expect_error("1 9223372036854775807", "rle-run-past-end", 2);
  expect_error("2 9223372036854775807", "rle-run-past-end", 2);
  expect_error("4294967297 1", "rle-run-past-end", 0);
  expect_error("2 18446744073709551615", "rle-overflow", 2);
}

TEST(CheckCatalogue, R12_overlapping_classes_are_summed_up) {
  MadeDataset made;
  made.add_train({{"a.npy", Texts{"lung", "lobe"}, Texts{"1 9", "3 4"}},
                  {"b.npy", Texts{"lung", "lobe"}, Texts{"1 9", "9 4"}}});
  const Finding finding = only(internal::check_bounded(made), "classes-overlap");
  EXPECT_EQ(finding.severity, Severity::kWarning);
  EXPECT_EQ(finding.found, "shares 5 voxels with class \"lobe\" in 2 rows");
}

TEST(CheckCatalogue, R13_extreme_masks) {
  std::string alternating;
  for (int voxel = 1; voxel <= 60; voxel += 2) {
    alternating += (voxel == 1 ? "" : " ") + std::to_string(voxel) + " 1";
  }
  for (const std::string& text :
       {std::string("1 60"), std::string("1 1"), std::string("60 1"), alternating}) {
    EXPECT_TRUE(check_text(text).findings.empty()) << text;
  }
  MadeDataset made;  // no image: only what needs no shape is looked at
  made.add_table("train.pq",
                 internal::MadeTable({{"a.npy", Texts{"lung"}, Texts{"4294967297 4294967297"}}}));
  const CheckReport report = internal::check_bounded(made);
  EXPECT_EQ(count_of(report, "image-missing"), std::ssize(report.findings)) << to_text(report);
}

TEST(CheckCatalogue, R14_arrays_that_are_no_masks) {
  core::Array<float> voxels({4, 5, 3}, core::Order::kC, 0);
  voxels(1, 2, 1) = std::numeric_limits<float>::quiet_NaN();
  const core::ArrayView<const float> view = voxels.view();
  EXPECT_TRUE(holds(internal::refusal([&] { static_cast<void>(mask::encode<float>(view)); }),
                    "mask.encode"));
}

TEST(CheckCatalogue, R15_long_texts_are_read_in_linear_time) {
  constexpr size_t kBytes = size_t{4} << 20;
  expect_error(std::string(kBytes, '7') + " 1", "rle-overflow", 0);
  expect_warning(std::string(kBytes, ' '), "rle-white-space");
  const core::Shape3 shape = {128, 96, 80};
  std::string text;
  for (int64_t voxel = 1; voxel < core::voxel_count(shape); voxel += 2) {
    text += (voxel == 1 ? "" : " ") + std::to_string(voxel) + " 1";
  }
  MadeDataset made;
  made.add_train({{"a.npy", Texts{"salt"}, Texts{text}}});
  made.add("images/a.npy",
           volume::encode_volume(internal::counting_image(shape, 0), volume::FileFormat::kNpy));
  EXPECT_TRUE(internal::check_bounded(made).findings.empty());
}

}  // namespace

}  // namespace volseg::dataset
