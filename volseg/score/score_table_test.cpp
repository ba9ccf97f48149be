// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/score_table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "volseg/core/error.h"

namespace volseg::score {
namespace {

constexpr core::Shape3 kShape = {2, 3, 4};
constexpr double kInfinite = std::numeric_limits<double>::infinity();

mask::RunMask runs(std::vector<mask::Run> list) { return {kShape, std::move(list)}; }

// Case a: liver Dice 1/2 and IoU 1/3, tumour on one side only; case b: liver perfect, tumour
// absent.
std::vector<CaseMasks> two_cases() {
  return {{.case_name = "b",
           .truth = {runs({{0, 3}}), runs({})},
           .prediction = {runs({{0, 3}}), runs({})},
           .spacing_mm = {1, 2, 5}},
          {.case_name = "a",
           .truth = {runs({{0, 4}}), runs({{20, 2}})},
           .prediction = {runs({{2, 4}}), runs({})},
           .spacing_mm = {1, 2, 5}}};
}

const std::vector<std::string> kClassNames = {"liver", "tumour"};

ScoreTable table_of(WhenAbsent when_absent = WhenAbsent::kNan) {
  MetricSettings settings;
  settings.when_absent = when_absent;
  return score_runs(two_cases(), kClassNames, settings);
}

TEST(ScoreTable, equals_means_computed_by_hand) {
  const ScoreTable table = table_of();
  ASSERT_EQ(table.cases.size(), 2U);
  EXPECT_EQ(table.cases[0].case_name, "a");
  EXPECT_DOUBLE_EQ(*table.value(table.cases[0].classes[0], "dice"), 0.5);
  EXPECT_DOUBLE_EQ(*table.value(table.cases[0].classes[0], "iou"), 1.0 / 3);
  EXPECT_EQ(table.value(table.cases[0].classes[1], "dice"), 0.0);
  EXPECT_DOUBLE_EQ(*table.case_mean(table.cases[0], "dice"), 0.25);
  EXPECT_FALSE(table.value(table.cases[1].classes[1], "dice"));
  EXPECT_EQ(table.case_mean(table.cases[1], "dice"), 1.0);
  EXPECT_DOUBLE_EQ(*table.class_mean(0, "dice"), 0.75);
  EXPECT_DOUBLE_EQ(*table.class_mean(0, "iou"), 2.0 / 3);
  EXPECT_EQ(table.counted_cases(0, "dice"), 2);
  EXPECT_EQ(table.class_mean(1, "dice"), 0.0);
  EXPECT_EQ(table.counted_cases(1, "dice"), 1);
  EXPECT_DOUBLE_EQ(*table.mean("dice"), 0.375);
  EXPECT_DOUBLE_EQ(*table.mean("iou"), 1.0 / 3);
}

TEST(ScoreTable, volumes_are_voxels_times_spacing_in_millilitres) {
  const ScoreTable table = table_of();
  const ClassScore& liver = table.cases[0].classes[0];
  EXPECT_DOUBLE_EQ(*table.value(liver, "truth_volume_ml"), 0.04);
  EXPECT_DOUBLE_EQ(*table.value(liver, "prediction_volume_ml"), 0.04);
  EXPECT_EQ(table.value(liver, "true_negative"), 24.0 - 6);
}

TEST(ScoreTable, a_class_on_one_side_is_worst_and_infinite_distances_stay_out_of_means) {
  const ScoreTable table = table_of();
  const ClassScore& tumour = table.cases[0].classes[1];
  EXPECT_EQ(table.value(tumour, "precision"), 0.0);
  EXPECT_EQ(table.value(tumour, "surface_dice"), 0.0);
  EXPECT_EQ(table.value(tumour, "hausdorff_95_mm"), kInfinite);
  const MetricSummary& summary =
      table.summary.classes[1].metrics[table.index_of("hausdorff_95_mm").value()];
  EXPECT_EQ(summary.count, 1);
  EXPECT_EQ(summary.infinite, 1);
  EXPECT_FALSE(summary.mean);
  EXPECT_EQ(summary.median, kInfinite);
  EXPECT_TRUE(std::isfinite(*table.mean("hausdorff_95_mm")));
}

TEST(ScoreTable, the_rule_for_absent_classes_is_a_setting) {
  const auto tumour_of_b = [](const ScoreTable& table, const char* key) {
    return table.value(table.cases[1].classes[1], key);
  };
  const ScoreTable one = table_of(WhenAbsent::kOne);
  EXPECT_EQ(tumour_of_b(one, "dice"), 1.0);
  EXPECT_EQ(tumour_of_b(one, "hausdorff_mm"), 0.0);
  EXPECT_DOUBLE_EQ(*one.class_mean(1, "dice"), 0.5);
  const ScoreTable zero = table_of(WhenAbsent::kZero);
  EXPECT_EQ(tumour_of_b(zero, "dice"), 0.0);
  EXPECT_EQ(tumour_of_b(zero, "hausdorff_mm"), kInfinite);
  for (const WhenAbsent rule : {WhenAbsent::kNan, WhenAbsent::kOne, WhenAbsent::kZero}) {
    EXPECT_EQ(tumour_of_b(table_of(rule), "specificity"), 1.0);
    EXPECT_EQ(tumour_of_b(table_of(rule), "truth_volume_ml"), 0.0);
  }
}

TEST(ScoreTable, lesions_that_are_too_small_count_as_absent) {
  MetricSettings settings;
  settings.groups = {MetricGroup::kLesions};
  const std::vector<CaseMasks> cases = {
      {.case_name = "a", .truth = {runs({})}, .prediction = {runs({{0, 1}})}}};
  EXPECT_EQ(score_runs(cases, {"liver"}, settings).mean("lesion_f1"), 0.0);
  settings.smallest_lesion_voxels = 2;
  EXPECT_FALSE(score_runs(cases, {"liver"}, settings).mean("lesion_f1"));
  settings.smallest_lesion_voxels = 1;
  EXPECT_EQ(score_runs(cases, {"liver"}, settings).mean("lesion_f1"), 0.0);
}

TEST(ScoreTable, class_absent_everywhere_has_no_mean) {
  const std::vector<CaseMasks> cases = {
      {.case_name = "a", .truth = {runs({})}, .prediction = {runs({})}}};
  const ScoreTable table = score_runs(cases, {"liver"});
  EXPECT_FALSE(table.class_mean(0, "dice"));
  EXPECT_FALSE(table.mean("dice"));
  EXPECT_FALSE(table.case_mean(table.cases[0], "dice"));
}

TEST(ScoreTable, summarises_each_fold_in_the_order_of_numbers) {
  std::vector<CaseScore> cases;
  for (const char* fold : {"10", "2", "2"}) {
    CaseMasks masks = two_cases()[cases.size() % 2];
    masks.case_name += fold;
    cases.push_back(score_case(masks, kClassNames));
    cases.back().fold = fold;
  }
  const ScoreTable table = make_table(kClassNames, std::move(cases));
  ASSERT_EQ(table.folds.size(), 2U);
  EXPECT_EQ(table.folds[0].fold, "2");
  EXPECT_EQ(table.folds[0].cases, 2);
  EXPECT_DOUBLE_EQ(*table.folds[0].classes[0].metrics[0].mean, 0.75);
  EXPECT_DOUBLE_EQ(*table.folds[1].classes[0].metrics[0].mean, 1.0);
}

TEST(ScoreTable, refuses_other_shapes_and_counts_and_names_the_case) {
  CaseMasks masks{.case_name = "case_7", .truth = {runs({})}, .prediction = {{{4, 3, 2}, {}}}};
  const std::vector<std::string> names = {"liver"};
  try {
    (void)score_case(masks, names);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kShape);
    const std::string text = error.what();
    EXPECT_NE(text.find("case_7"), std::string::npos);
    EXPECT_NE(text.find("2 x 3 x 4"), std::string::npos);
    EXPECT_NE(text.find("4 x 3 x 2"), std::string::npos);
  }
  masks.prediction.clear();
  EXPECT_THROW((void)score_case(masks, names), Error);
}

}  // namespace
}  // namespace volseg::score
