// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/score_paths.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "volseg/core/error.h"
#include "volseg/score/internal/test_files_test.h"

namespace volseg::score {
namespace {

using Texts = std::vector<std::string>;

bool has_note(const ScoreTable& table, const std::string& part) {
  return std::any_of(table.notes.begin(), table.notes.end(),
                     [&](const std::string& note) { return note.find(part) != std::string::npos; });
}

void expect_error(ErrorKind kind, const Texts& parts, const std::filesystem::path& truth,
                  const std::filesystem::path& prediction, const ScoreOptions& options = {}) {
  try {
    (void)score_paths(truth, prediction, options);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    for (const std::string& part : parts) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  }
}

TEST(ScoreLabelMaps, matches_files_by_name_across_formats) {
  const TestFolder work;
  const auto truth = work.folder("truth");
  const auto prediction = work.folder("prediction");
  write_map(truth / "a.nii.gz", {"1 4", "21 2"});
  write_map(truth / "b.nii", {"1 3"});
  write_map(prediction / "a.npy", {"3 4"});
  write_map(prediction / "b.nii.gz", {"1 3"});
  const ScoreTable table = score_paths(truth, prediction, {.work = {.threads = 2}});
  EXPECT_EQ(table.class_names, (Texts{"label_1", "label_2"}));
  ASSERT_EQ(table.cases.size(), 2U);
  EXPECT_EQ(table.cases[0].classes[0].dice, 0.5);
  EXPECT_EQ(table.cases[0].classes[1].dice, 0.0);
  EXPECT_FALSE(table.cases[1].classes[1].dice.has_value());
  EXPECT_DOUBLE_EQ(table.cases[0].classes[0].truth_volume_ml, 0.04);
  EXPECT_EQ(table.mean_dice, 0.375);
  EXPECT_FALSE(table.partial);
}

TEST(ScoreLabelMaps, compares_two_files_of_any_name) {
  const TestFolder work;
  write_map(work.path() / "expert.nii.gz", {"1 4"});
  write_map(work.path() / "network.nii.gz", {"3 4"});
  const ScoreTable table =
      score_paths(work.path() / "expert.nii.gz", work.path() / "network.nii.gz", {});
  EXPECT_EQ(table.cases.at(0).classes.at(0).dice, 0.5);
  EXPECT_TRUE(has_note(table, "expert is compared with file network"));
}

TEST(ScoreLabelMaps, tells_unmatched_cases_and_that_scores_are_partial) {
  const TestFolder work;
  const auto truth = work.folder("truth");
  const auto prediction = work.folder("prediction");
  for (const char* name : {"a.npy", "b.npy"}) {
    write_map(truth / name, {"1 4"});
  }
  for (const char* name : {"a.npy", "z.npy"}) {
    write_map(prediction / name, {"1 4"});
  }
  const ScoreTable table = score_paths(truth, prediction, {});
  EXPECT_EQ(table.cases.size(), 1U);
  EXPECT_TRUE(table.partial);
  EXPECT_TRUE(has_note(table, "case b has no prediction"));
  EXPECT_TRUE(has_note(table, "case z is not in the truth"));
  EXPECT_TRUE(has_note(table, "no spacing"));
}

TEST(ScoreLabelMaps, matches_classes_by_the_names_beside_the_maps) {
  const TestFolder work;
  const auto truth = work.folder("truth");
  const auto prediction = work.folder("prediction");
  write_map(truth / "a.nii", {"1 4", "21 2"});
  write_map(prediction / "a.nii", {"21 2", "1 4"});
  core::write_text(truth / "label_names.json", R"({"liver": 1, "tumour": 2})",
                   core::Overwrite::kNo);
  core::write_text(prediction / "label_names.json", R"({"1": "tumour", "2": "liver"})",
                   core::Overwrite::kNo);
  const ScoreTable table = score_paths(truth, prediction, {});
  EXPECT_EQ(table.class_names, (Texts{"liver", "tumour"}));
  EXPECT_EQ(table.mean_dice, 1.0);
}

TEST(ScoreLabelMaps, refuses_a_label_without_a_name) {
  const TestFolder work;
  write_map(work.path() / "a.nii", {"1 4", "21 2"});
  const auto names = work.folder("names") / "names.json";
  core::write_text(names, R"({"liver": 1})", core::Overwrite::kNo);
  expect_error(ErrorKind::kFormat, {"a.nii", "label 2"}, work.path() / "a.nii",
               work.path() / "a.nii", {.sides = {.label_names = names}});
}

TEST(ScoreLabelMaps, refuses_other_shapes_and_shows_both) {
  const TestFolder work;
  write_map(work.path() / "a.npy", {"1 4"});
  write_map(work.path() / "b.npy", {"1 4"}, {}, {4, 3, 2});
  expect_error(ErrorKind::kShape, {"2 x 3 x 4", "4 x 3 x 2"}, work.path() / "a.npy",
               work.path() / "b.npy");
}

TEST(ScoreLabelMaps, refuses_other_geometry_and_shows_both) {
  const TestFolder work;
  volume::Geometry moved = test_geometry();
  moved.origin_mm[1] = 25;
  write_map(work.path() / "a.nii", {"1 4"});
  write_map(work.path() / "b.nii", {"1 4"}, moved);
  expect_error(ErrorKind::kShape,
               {volume::to_string(volume::read_volume(work.path() / "a.nii").header.geometry),
                volume::to_string(volume::read_volume(work.path() / "b.nii").header.geometry)},
               work.path() / "a.nii", work.path() / "b.nii");
}

TEST(ScoreLabelMaps, refuses_what_cannot_be_matched) {
  const TestFolder work;
  const auto truth = work.folder("truth");
  const auto prediction = work.folder("prediction");
  expect_error(ErrorKind::kNotFound, {"nowhere"}, work.path() / "nowhere", prediction);
  expect_error(ErrorKind::kNotFound, {"no label map"}, truth, prediction);
  write_map(truth / "a.npy", {"1 4"});
  write_map(prediction / "b.npy", {"1 4"});
  expect_error(ErrorKind::kNotFound, {"truth has a", "prediction has b"}, truth, prediction);
  expect_error(ErrorKind::kUsage, {"label maps have none"}, truth, prediction,
               {.sides = {.part = "test"}});
  write_map(truth / "a.nii", {"1 4"});
  expect_error(ErrorKind::kUsage, {"case a"}, truth, prediction);
}

TEST(ScoreLabelMaps, stops_on_request) {
  const TestFolder work;
  write_map(work.path() / "a.npy", {"1 4"});
  core::CancelToken cancel;
  cancel.request();
  expect_error(ErrorKind::kCancelled, {}, work.path() / "a.npy", work.path() / "a.npy",
               {.work = {.cancel = &cancel}});
}

class ScoreDataset : public ::testing::Test {
 protected:
  ScoreDataset() {
    std::vector<dataset::PredictedCase> cases;
    cases.push_back(dataset_case("a", {"1 4", "3 4"}));
    cases.push_back(dataset_case("b", {"1 3", ""}));
    dataset::write_dataset(truth_, std::move(cases), {"liver", "tumour"}, core::Overwrite::kNo);
  }

  TestFolder work_;
  std::filesystem::path truth_ = work_.path() / "truth.zip";
};

TEST_F(ScoreDataset, matches_a_dataset_by_case_and_class_names) {
  std::vector<dataset::PredictedCase> cases;
  cases.push_back(dataset_case("b", {"", "1 3", ""}));
  cases.push_back(dataset_case("a", {"3 4", "3 4", "7 1"}));
  const auto prediction = work_.path() / "prediction.zip";
  dataset::write_dataset(prediction, std::move(cases), {"tumour", "liver", "vessel"},
                         core::Overwrite::kNo);
  const ScoreTable table = score_paths(truth_, prediction, {});
  EXPECT_EQ(table.class_names, (Texts{"liver", "tumour"}));
  EXPECT_EQ(table.cases.at(0).classes.at(0).dice, 0.5);
  EXPECT_EQ(table.class_means.at(0).dice, 0.75);
  EXPECT_EQ(table.class_means.at(1).dice, 1.0);
  EXPECT_DOUBLE_EQ(table.cases[0].classes[0].truth_volume_ml, 0.04);
  EXPECT_TRUE(has_note(table, "class vessel is not in the truth"));
  EXPECT_FALSE(table.partial);
}

TEST_F(ScoreDataset, takes_labels_without_names_in_the_order_of_its_classes) {
  const auto prediction = work_.folder("prediction");
  write_map(prediction / "a.nii.gz", {"1 2", "3 4"});
  const ScoreTable table = score_paths(truth_, prediction, {});
  EXPECT_EQ(table.class_names, (Texts{"liver", "tumour"}));
  EXPECT_DOUBLE_EQ(*table.class_means.at(0).dice, 2.0 / 3);
  EXPECT_EQ(table.class_means.at(1).dice, 1.0);
  EXPECT_TRUE(has_note(table, "1 = liver, 2 = tumour"));
  EXPECT_TRUE(table.partial);
}

TEST_F(ScoreDataset, reads_one_file_for_each_class) {
  const auto prediction = work_.folder("prediction");
  for (const char* name : {"a_liver.nii.gz", "a_tumour.nii.gz", "b_liver.nii.gz"}) {
    write_map(prediction / name, {"1 4"});
  }
  core::write_text(prediction / "label_names.json", R"({"1": "liver", "2": "tumour"})",
                   core::Overwrite::kNo);
  const ScoreTable table = score_paths(truth_, prediction, {});
  ASSERT_EQ(table.cases.size(), 2U);
  EXPECT_EQ(table.cases[0].classes[0].dice, 1.0);
  EXPECT_EQ(table.cases[0].classes[1].dice, 0.5);
  EXPECT_FALSE(table.cases[1].classes[1].dice.has_value());
}

TEST_F(ScoreDataset, joins_label_maps_with_a_suffix_to_their_cases) {
  const auto prediction = work_.folder("prediction");
  write_map(prediction / "a_seg.nii.gz", {"1 4"});
  write_map(prediction / "b-mask.nii.gz", {"1 4"});
  const ScoreTable table = score_paths(truth_, prediction, {});
  ASSERT_EQ(table.cases.size(), 2U);
  EXPECT_EQ(table.cases[0].classes[0].dice, 1.0);
  write_map(prediction / "b_seg.nii.gz", {"1 4"});
  expect_error(ErrorKind::kUsage, {"two label maps belong to case b"}, truth_, prediction);
}

TEST_F(ScoreDataset, uses_the_part_that_is_asked_for) {
  const auto prediction = work_.folder("prediction");
  write_map(prediction / "a.nii.gz", {"1 4"});
  EXPECT_EQ(score_paths(truth_, prediction, {.sides = {.part = "train"}}).cases.size(), 1U);
  expect_error(ErrorKind::kNotFound, {"part test"}, truth_, prediction,
               {.sides = {.part = "test"}});
}

TEST_F(ScoreDataset, refuses_cases_that_have_no_name_in_common) {
  const auto prediction = work_.folder("prediction");
  write_map(prediction / "c_seg.nii.gz", {"1 4"});
  expect_error(ErrorKind::kNotFound, {"no case name", "a, b", "c_seg"}, truth_, prediction);
}

TEST_F(ScoreDataset, refuses_classes_that_have_no_name_in_common) {
  const auto prediction = work_.path() / "prediction.zip";
  std::vector<dataset::PredictedCase> cases;
  cases.push_back(dataset_case("a", {"1 4"}));
  dataset::write_dataset(prediction, std::move(cases), {"bone"}, core::Overwrite::kNo);
  expect_error(ErrorKind::kNotFound, {"liver, tumour", "bone"}, truth_, prediction);
}

}  // namespace
}  // namespace volseg::score
