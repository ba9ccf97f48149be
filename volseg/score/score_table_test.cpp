// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/score_table.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/score/score_output.h"

namespace volseg::score {
namespace {

constexpr core::Shape3 kShape = {2, 3, 4};

mask::RunMask runs(std::vector<mask::Run> list) { return {kShape, std::move(list)}; }

// Case a: liver Dice 1/2 and IoU 1/3, tumour on one side only; case b: liver perfect, tumour
// absent.
ScoreTable two_cases() {
  const std::vector<CaseMasks> cases = {{.case_name = "b",
                                         .truth = {runs({{0, 3}}), runs({})},
                                         .prediction = {runs({{0, 3}}), runs({})},
                                         .spacing_mm = {1, 2, 5}},
                                        {.case_name = "a",
                                         .truth = {runs({{0, 4}}), runs({{20, 2}})},
                                         .prediction = {runs({{2, 4}}), runs({})},
                                         .spacing_mm = {1, 2, 5}}};
  return score_runs(cases, {"liver", "tumour, left"});
}

TEST(ScoreTable, equals_means_computed_by_hand) {
  const ScoreTable table = two_cases();
  ASSERT_EQ(table.cases.size(), 2U);
  EXPECT_EQ(table.cases[0].case_name, "a");
  EXPECT_DOUBLE_EQ(*table.cases[0].classes[0].dice, 0.5);
  EXPECT_DOUBLE_EQ(*table.cases[0].classes[0].iou, 1.0 / 3);
  EXPECT_EQ(table.cases[0].classes[1].dice, 0.0);
  EXPECT_DOUBLE_EQ(*table.cases[0].mean_dice, 0.25);
  EXPECT_FALSE(table.cases[1].classes[1].dice.has_value());
  EXPECT_EQ(table.cases[1].mean_dice, 1.0);
  EXPECT_DOUBLE_EQ(*table.class_means[0].dice, 0.75);
  EXPECT_DOUBLE_EQ(*table.class_means[0].iou, 2.0 / 3);
  EXPECT_EQ(table.class_means[0].counted_cases, 2);
  EXPECT_EQ(table.class_means[1].dice, 0.0);
  EXPECT_EQ(table.class_means[1].counted_cases, 1);
  EXPECT_DOUBLE_EQ(*table.mean_dice, 0.375);
  EXPECT_DOUBLE_EQ(*table.mean_iou, 1.0 / 3);
}

TEST(ScoreTable, volumes_are_voxels_times_spacing_in_millilitres) {
  const ClassScore liver = two_cases().cases[0].classes[0];
  EXPECT_DOUBLE_EQ(liver.truth_volume_ml, 0.04);
  EXPECT_DOUBLE_EQ(liver.prediction_volume_ml, 0.04);
}

TEST(ScoreTable, class_absent_everywhere_has_no_mean) {
  const std::vector<CaseMasks> cases = {
      {.case_name = "a", .truth = {runs({})}, .prediction = {runs({})}}};
  const ScoreTable table = score_runs(cases, {"liver"});
  EXPECT_FALSE(table.class_means[0].dice.has_value());
  EXPECT_FALSE(table.mean_dice.has_value());
  EXPECT_FALSE(table.cases[0].mean_dice.has_value());
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

TEST(ScoreOutput, csv_is_one_quoted_row_for_each_case_and_class) {
  EXPECT_EQ(to_csv(two_cases()),
            "case,class,dice,iou,true_positive,false_positive,false_negative,truth_volume_ml,"
            "prediction_volume_ml\n"
            "a,liver,0.5,0.3333333333333333,2,2,2,0.04,0.04\n"
            "a,\"tumour, left\",0,0,0,0,2,0.02,0\n"
            "b,liver,1,1,3,0,0,0.03,0.03\n"
            "b,\"tumour, left\",,,0,0,0,0,0\n");
}

TEST(ScoreOutput, text_is_aligned_and_states_the_rules) {
  ScoreTable table = two_cases();
  table.notes = {"case c has no prediction; not scored"};
  const std::string expected =
      "case  class           Dice     IoU  truth (ml)  prediction (ml)\n"
      "a     liver         0.5000  0.3333       0.040            0.040\n"
      "a     tumour, left  0.0000  0.0000       0.020            0.000\n"
      "b     liver         1.0000  1.0000       0.030            0.030\n"
      "b     tumour, left       -       -       0.000            0.000\n"
      "\n"
      "mean of       cases    Dice     IoU\n"
      "liver         2      0.7500  0.6667\n"
      "tumour, left  1      0.0000  0.0000\n"
      "all classes          0.3750  0.3333\n"
      "\n" +
      std::string(kAbsentRule) + "\n" + std::string(kMeanRule) +
      "\nnote: case c has no prediction; not scored\n";
  EXPECT_EQ(to_text(table), expected);
}

TEST(ScoreOutput, text_of_an_empty_table_still_states_the_rules) {
  EXPECT_NE(to_text(make_table({}, {})).find(kAbsentRule), std::string::npos);
}

TEST(ScoreOutput, json_holds_figures_definitions_and_nulls) {
  ScoreTable table = two_cases();
  table.notes = {"broken \xff name"};
  table.partial = true;
  const auto json = nlohmann::json::parse(to_json(table));
  EXPECT_EQ(json["absent_rule"], kAbsentRule);
  EXPECT_EQ(json["definitions"]["mean"], kMeanRule);
  EXPECT_EQ(json["partial"], true);
  EXPECT_EQ(json["notes"].size(), 1U);
  EXPECT_EQ(json["mean_dice"], 0.375);
  EXPECT_EQ(json["class_means"][0]["counted_cases"], 2);
  EXPECT_EQ(json["cases"][0]["classes"][0]["false_negative"], 2);
  EXPECT_TRUE(json["cases"][1]["classes"][1]["dice"].is_null());
}

}  // namespace
}  // namespace volseg::score
