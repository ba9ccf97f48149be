// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/score_paths.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/score/internal/test_files_test.h"

namespace volseg::score {
namespace {

using Texts = std::vector<std::string>;

MetricValue dice(const ScoreTable& table, const ClassScore& scored) {
  return table.value(scored, "dice");
}

bool has_note(const ScoreTable& table, const std::string& part) {
  return std::any_of(table.notes.begin(), table.notes.end(),
                     [&](const std::string& note) { return note.find(part) != std::string::npos; });
}

std::filesystem::path write_names(const TestFolder& work, const std::string& json) {
  std::filesystem::path file = work.folder("names") / "names.json";
  core::write_text(file, json, core::Overwrite::kNo);
  return file;
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
  EXPECT_EQ(dice(table, table.cases[0].classes[0]), 0.5);
  EXPECT_EQ(dice(table, table.cases[0].classes[1]), 0.0);
  EXPECT_FALSE(dice(table, table.cases[1].classes[1]).has_value());
  EXPECT_DOUBLE_EQ(*table.value(table.cases[0].classes[0], "truth_volume_ml"), 0.04);
  EXPECT_EQ(table.mean("dice"), 0.375);
  EXPECT_FALSE(table.partial);
}

TEST(ScoreLabelMaps, tells_labels_that_no_truth_holds) {
  const TestFolder work;
  write_map(work.path() / "expert.nii.gz", {"1 4"});
  write_map(work.path() / "network.nii.gz", {"3 4", "21 2"});
  const ScoreTable table =
      score_paths(work.path() / "expert.nii.gz", work.path() / "network.nii.gz", {});
  EXPECT_TRUE(has_note(table, "1 class predicted that no truth holds: label_2"));
  const ScoreTable turned =
      score_paths(work.path() / "network.nii.gz", work.path() / "expert.nii.gz", {});
  EXPECT_FALSE(has_note(turned, "no truth"));
}

TEST(ScoreLabelMaps, compares_two_files_of_any_name) {
  const TestFolder work;
  write_map(work.path() / "expert.nii.gz", {"1 4"});
  write_map(work.path() / "network.nii.gz", {"3 4"});
  const ScoreTable table =
      score_paths(work.path() / "expert.nii.gz", work.path() / "network.nii.gz", {});
  EXPECT_EQ(dice(table, table.cases.at(0).classes.at(0)), 0.5);
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
  EXPECT_EQ(table.unmatched.truth_cases, Texts{"b"});
  EXPECT_EQ(table.unmatched.prediction_cases, Texts{"z"});
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
  EXPECT_EQ(table.mean("dice"), 1.0);
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

TEST(ScoreLabelMaps, refuses_other_spacing_of_a_dataset_without_geometry) {
  const TestFolder work;
  dataset::PredictedCase one = dataset_case("a", {"1 4"});
  const core::Array<float> image(kShape, core::Order::kFortran, 0.5F);
  one.image = "a.npy";
  one.image_bytes =
      volume::encode_volume(volume::from_float(image.view(), {}), volume::FileFormat::kNpy);
  std::vector<dataset::PredictedCase> cases;
  cases.push_back(std::move(one));
  dataset::write_dataset(work.path() / "truth.zip", std::move(cases), {"liver"},
                         core::Overwrite::kNo);
  volume::Geometry other = test_geometry();
  other.spacing_mm = {1, 1, 5};
  write_map(work.folder("prediction") / "a.nii", {"1 4"}, other);
  expect_error(ErrorKind::kShape, {"spacing 1 x 2 x 5 mm", "1 x 1 x 5 mm"},
               work.path() / "truth.zip", work.path() / "prediction");
}

TEST(ScoreLabelMaps, lists_a_case_that_fails_and_scores_the_others) {
  const TestFolder work;
  const auto truth = work.folder("truth");
  const auto prediction = work.folder("prediction");
  for (const char* name : {"a.nii", "b.nii", "c.nii"}) {
    write_map(truth / name, {"1 4"});
  }
  write_map(prediction / "a.nii", {"1 4"});
  core::write_text(prediction / "b.nii", "no image", core::Overwrite::kNo);
  write_map(prediction / "c.nii", {"1 4"}, test_geometry(), {4, 3, 2});
  for (const int threads : {1, 2, 8}) {
    const ScoreTable table = score_paths(truth, prediction, {.work = {.threads = threads}});
    ASSERT_EQ(table.cases.size(), 1U);
    EXPECT_EQ(table.cases[0].case_name, "a");
    ASSERT_EQ(table.failed.size(), 2U);
    EXPECT_EQ(table.failed[0].case_name, "b");
    EXPECT_NE(table.failed[1].error.find("4 x 3 x 2"), std::string::npos);
    EXPECT_TRUE(table.partial);
  }
}

void write_floats(const std::filesystem::path& file, const std::vector<float>& values) {
  core::Array<float> voxels(kShape, core::Order::kFortran, 0.0F);
  std::copy(values.begin(), values.end(), voxels.data());
  volume::write_volume(file, volume::from_float(voxels.view(), test_geometry()),
                       core::Overwrite::kNo);
}

TEST(ScoreLabelMaps, names_the_voxel_of_a_nan_or_a_fraction) {
  const TestFolder work;
  write_map(work.path() / "truth.nii", {"1 4"});
  write_floats(work.path() / "nan.nii", {1, 1, 1, std::numeric_limits<float>::quiet_NaN()});
  expect_error(ErrorKind::kFormat, {"[1, 1, 0]", "nan"}, work.path() / "truth.nii",
               work.path() / "nan.nii");
  expect_error(ErrorKind::kFormat, {"[1, 1, 0]", "nan", "probabilities"}, work.path() / "truth.nii",
               work.path() / "nan.nii",
               {.sides = {.probability_threshold = 0.5,
                          .label_names = write_names(work, R"({"1": "liver"})")}});
  write_floats(work.path() / "fraction.nii", {1, 0.25F});
  expect_error(ErrorKind::kFormat, {"[1, 0, 0]", "0.25", "--threshold"}, work.path() / "truth.nii",
               work.path() / "fraction.nii");
}

TEST(ScoreLabelMaps, takes_probabilities_above_the_threshold) {
  const TestFolder work;
  const auto names = write_names(work, R"({"1": "liver"})");
  write_map(work.path() / "truth.nii", {"1 4"});
  write_floats(work.path() / "probability.nii", {0.9F, 0.5F, 0.75F, 0.2F, 0.8F});
  const auto score = [&](double threshold) {
    const ScoreTable table =
        score_paths(work.path() / "truth.nii", work.path() / "probability.nii",
                    {.sides = {.probability_threshold = threshold, .label_names = names}});
    return *table.mean("iou");
  };
  EXPECT_DOUBLE_EQ(score(0.5), 2.0 / 5);
  EXPECT_DOUBLE_EQ(score(0.1), 4.0 / 5);
  EXPECT_DOUBLE_EQ(score(0.85), 1.0 / 4);
  const ScoreTable unnamed = score_paths(work.path() / "truth.nii", work.path() / "probability.nii",
                                         {.sides = {.probability_threshold = 0.5}});
  EXPECT_DOUBLE_EQ(*unnamed.mean("iou"), 2.0 / 5);
  EXPECT_TRUE(has_note(unnamed, "above 0.5 (--threshold)"));
  expect_error(ErrorKind::kUsage, {"threshold of 7"}, work.path() / "truth.nii",
               work.path() / "probability.nii", {.sides = {.probability_threshold = 7}});
}

TEST(ScoreLabelMaps, scores_only_the_classes_that_are_wanted) {
  const TestFolder work;
  const auto names = write_names(work, R"({"1": "liver", "2": "tumour"})");
  write_map(work.path() / "a.nii", {"1 4", "21 2"});
  const ScoreTable table =
      score_paths(work.path() / "a.nii", work.path() / "a.nii",
                  {.sides = {.class_names = {"tumour"}, .label_names = names}});
  EXPECT_EQ(table.class_names, Texts{"tumour"});
  expect_error(ErrorKind::kNotFound, {"tumor", "tumour"}, work.path() / "a.nii",
               work.path() / "a.nii", {.sides = {.class_names = {"tumor"}, .label_names = names}});
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
  EXPECT_EQ(dice(table, table.cases.at(0).classes.at(0)), 0.5);
  EXPECT_EQ(table.class_mean(0, "dice"), 0.75);
  EXPECT_EQ(table.class_mean(1, "dice"), 1.0);
  EXPECT_DOUBLE_EQ(*table.value(table.cases[0].classes[0], "truth_volume_ml"), 0.04);
  EXPECT_EQ(table.unmatched.prediction_classes, Texts{"vessel"});
  EXPECT_FALSE(table.partial);
}

TEST_F(ScoreDataset, takes_labels_without_names_in_the_order_of_its_classes) {
  const auto prediction = work_.folder("prediction");
  write_map(prediction / "a.nii.gz", {"1 2", "3 4"});
  const ScoreTable table = score_paths(truth_, prediction, {});
  EXPECT_EQ(table.class_names, (Texts{"liver", "tumour"}));
  EXPECT_DOUBLE_EQ(*table.class_mean(0, "dice"), 2.0 / 3);
  EXPECT_EQ(table.class_mean(1, "dice"), 1.0);
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
  EXPECT_EQ(dice(table, table.cases[0].classes[0]), 1.0);
  EXPECT_EQ(dice(table, table.cases[0].classes[1]), 0.5);
  EXPECT_FALSE(dice(table, table.cases[1].classes[1]).has_value());
  EXPECT_TRUE(has_note(table, "case b has no file of class tumour"));
}

TEST_F(ScoreDataset, joins_label_maps_with_a_suffix_to_their_cases) {
  const auto prediction = work_.folder("prediction");
  write_map(prediction / "a_seg.nii.gz", {"1 4"});
  write_map(prediction / "b-mask.nii.gz", {"1 4"});
  const ScoreTable table = score_paths(truth_, prediction, {});
  ASSERT_EQ(table.cases.size(), 2U);
  EXPECT_EQ(dice(table, table.cases[0].classes[0]), 1.0);
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
