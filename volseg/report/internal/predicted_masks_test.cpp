// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/predicted_masks.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "volseg/core/files.h"
#include "volseg/volume/formats.h"
#include "volseg/volume/volume.h"

namespace volseg::report::internal {
namespace {

namespace fs = std::filesystem;

constexpr core::Shape3 kShape{2, 3, 4};

class ReadPredictedMasks : public ::testing::Test {
 protected:
  ReadPredictedMasks() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(::testing::TempDir()) / (std::string("volseg_predicted_") + test->name());
    fs::remove_all(root_);
    fs::create_directories(root_ / "labels");
  }
  ~ReadPredictedMasks() override { fs::remove_all(root_); }

  void write_map(const std::string& name, float first, float second) const {
    core::Array<float> values(kShape, core::Order::kFortran, 0.0F);
    values(0, 0, 0) = first;
    values(1, 2, 3) = second;
    volume::write_volume(root_ / "labels" / name, volume::from_float(values.view(), {}),
                         core::Overwrite::kYes);
  }
  void write_names(const fs::path& folder) const {
    core::write_text(folder / "label_names.json", R"({"1": "tumour", "2": "liver"})",
                     core::Overwrite::kYes);
  }

  fs::path root_;
};

void expect_liver_is_label_two(const std::vector<mask::RunMask>& masks) {
  ASSERT_EQ(masks.size(), 3U);
  EXPECT_EQ(masks[0].runs, (std::vector<mask::Run>{{23, 1}}));
  EXPECT_EQ(masks[1].runs, (std::vector<mask::Run>{{0, 1}}));
  EXPECT_TRUE(masks[2].runs.empty());
}

TEST_F(ReadPredictedMasks, takes_label_names_from_the_folder_of_the_maps) {
  write_map("a.npy", 1, 2);
  write_names(root_ / "labels");
  const PredictedMasks masks(root_ / "labels", {"liver", "tumour", "never"});
  expect_liver_is_label_two(masks.load("a", kShape));
}

TEST_F(ReadPredictedMasks, takes_label_names_from_above_a_folder_named_labels) {
  write_map("a.npy", 1, 2);
  write_names(root_);
  for (const fs::path& path : {root_ / "labels", root_ / "labels" / "", root_ / "labels/a.npy"}) {
    const PredictedMasks masks(path, {"liver", "tumour", "never"});
    expect_liver_is_label_two(masks.load("a", kShape));
  }
}

TEST_F(ReadPredictedMasks, takes_labels_in_the_order_of_classes_without_names) {
  write_map("a.npy", 2, 1);
  const PredictedMasks masks(root_ / "labels", {"liver", "tumour", "never"});
  expect_liver_is_label_two(masks.load("a", kShape));
}

TEST_F(ReadPredictedMasks, joins_a_file_for_each_class) {
  write_map("a_liver.npy", 0, 1);
  write_map("a_tumour.npy", 1, 0);
  const PredictedMasks masks(root_ / "labels", {"liver", "tumour", "never"});
  expect_liver_is_label_two(masks.load("a", kShape));
}

TEST_F(ReadPredictedMasks, has_empty_masks_for_a_case_without_a_file) {
  write_map("a.npy", 1, 2);
  const PredictedMasks masks(root_ / "labels", {"liver"});
  EXPECT_EQ(masks.load("b", kShape), std::vector<mask::RunMask>(1, mask::RunMask{kShape, {}}));
}

}  // namespace
}  // namespace volseg::report::internal
