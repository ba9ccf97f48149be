// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/comparison.h"

#include <gtest/gtest.h>

#include "volseg/score/internal/test_files_test.h"

namespace volseg::score {
namespace {

using Texts = std::vector<std::string>;

class CompareWithDataset : public ::testing::Test {
 protected:
  CompareWithDataset() {
    std::vector<dataset::PredictedCase> cases;
    cases.push_back(dataset_case("a", {"1 4", "5 2", ""}));
    dataset::write_dataset(truth_, std::move(cases), {"liver", "tumour", "never"},
                           core::Overwrite::kNo);
  }

  void write_names(const std::filesystem::path& folder) const {
    core::write_text(folder / "label_names.json", R"({"1": "tumour", "2": "liver"})",
                     core::Overwrite::kNo);
  }

  // Loads the only case and expects its truth, and the prediction of `write_map` below.
  void expect_case(const std::filesystem::path& prediction) const {
    const Comparison comparison(truth_, prediction, {});
    ASSERT_EQ(comparison.case_names(), Texts{"a"});
    const ComparedCase compared = comparison.load(0);
    EXPECT_EQ(compared.class_names, (Texts{"liver", "tumour", "never"}));
    EXPECT_EQ(compared.masks.truth[0].runs, (std::vector<mask::Run>{{0, 4}}));
    EXPECT_EQ(compared.masks.truth[1].runs, (std::vector<mask::Run>{{4, 2}}));
    EXPECT_EQ(compared.masks.prediction[0].runs, (std::vector<mask::Run>{{22, 1}}));
    EXPECT_EQ(compared.masks.prediction[1].runs, (std::vector<mask::Run>{{0, 1}}));
    EXPECT_EQ(compared.masks.prediction[2], (mask::RunMask{kShape, {}}));
    EXPECT_TRUE(compared.spacing_known);
    EXPECT_EQ(compared.masks.spacing_mm, test_geometry().spacing_mm);
  }

  TestFolder work_;
  std::filesystem::path truth_ = work_.path() / "truth.zip";
  std::filesystem::path labels_ = work_.folder("labels");
};

TEST_F(CompareWithDataset, takes_label_names_from_the_folder_of_the_maps) {
  write_map(labels_ / "a.npy", {"1 1", "23 1"});
  write_names(labels_);
  expect_case(labels_);
}

TEST_F(CompareWithDataset, takes_label_names_from_above_a_folder_named_labels) {
  write_map(labels_ / "a.npy", {"1 1", "23 1"});
  write_names(work_.path());
  expect_case(labels_);
  expect_case(labels_ / "a.npy");
}

TEST_F(CompareWithDataset, takes_labels_in_the_order_of_classes_without_names) {
  write_map(labels_ / "a.npy", {"23 1", "1 1"});
  expect_case(labels_);
}

TEST_F(CompareWithDataset, names_a_case_as_the_truth_does_whatever_the_prediction_is_called) {
  const std::filesystem::path maps = work_.folder("maps");
  write_map(maps / "a_seg.npy", {"1 1"});
  core::write_text(maps / "label_names.json", R"({"1": "liver"})", core::Overwrite::kNo);
  for (const std::filesystem::path& prediction : {truth_, maps}) {
    const Comparison comparison(maps, prediction, {});
    EXPECT_EQ(comparison.case_names(), Texts{"a_seg"});
    EXPECT_EQ(comparison.load(0).masks.truth[0].runs, (std::vector<mask::Run>{{0, 1}}));
  }
}

TEST_F(CompareWithDataset, joins_a_file_for_each_class) {
  write_map(labels_ / "a_liver.npy", {"23 1"});
  write_map(labels_ / "a_tumour.npy", {"1 1"});
  write_names(work_.path());
  expect_case(labels_);
}

}  // namespace
}  // namespace volseg::score
