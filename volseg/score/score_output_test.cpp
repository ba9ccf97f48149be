// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/score_output.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace volseg::score {
namespace {

constexpr core::Shape3 kShape = {2, 3, 4};

mask::RunMask runs(std::vector<mask::Run> list) { return {kShape, std::move(list)}; }

// Case a: liver Dice 1/2, tumour in the truth only; case b: liver perfect, tumour absent.
ScoreTable two_cases(const std::string& case_prefix = "") {
  const std::vector<CaseMasks> cases = {{.case_name = case_prefix + "b",
                                         .truth = {runs({{0, 3}}), runs({})},
                                         .prediction = {runs({{0, 3}}), runs({})},
                                         .spacing_mm = {1, 2, 5}},
                                        {.case_name = case_prefix + "a",
                                         .truth = {runs({{0, 4}}), runs({{20, 2}})},
                                         .prediction = {runs({{2, 4}}), runs({})},
                                         .spacing_mm = {1, 2, 5}}};
  ScoreTable table = score_runs(cases, {"liver", "tumour, left"});
  table.set_name = "model";
  return table;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(ScoreCsv, is_one_quoted_row_for_each_case_class_and_metric) {
  const ScoreTable table = two_cases();
  const std::string text = to_csv(table);
  const size_t values = 2 * (2 * table.class_metrics.size() + table.case_metrics.size());
  EXPECT_EQ(static_cast<size_t>(std::count(text.begin(), text.end(), '\n')), values + 1);
  EXPECT_TRUE(
      text.starts_with("set,case,fold,class,metric,value,unit,settings,note\n"
                       "model,a,,liver,dice,0.5,fraction,when_absent=nan,\n"
                       "model,a,,liver,iou,0.3333333333333333,fraction,when_absent=nan,\n"));
  EXPECT_TRUE(holds(text,
                    "model,a,,\"tumour, left\",hausdorff_95_mm,inf,mm,when_absent=nan "
                    "surface=voxel,\n"));
  EXPECT_TRUE(holds(text, "model,b,,\"tumour, left\",dice,,fraction,when_absent=nan,\n"));
  EXPECT_TRUE(holds(text, "model,b,,,generalized_dice,1,fraction,when_absent=nan,\n"));
}

TEST(ScoreCsv, tells_what_was_not_scored) {
  ScoreTable table = two_cases();
  table.unmatched.truth_cases = {"c"};
  table.failed = {{"d", "cut off"}};
  const std::string text = to_csv(table);
  EXPECT_TRUE(holds(text, "model,c,,,,,,,not scored: no prediction\n"));
  EXPECT_TRUE(holds(text, "model,d,,,,,,,not scored: cut off\n"));
}

TEST(ScoreText, shows_classes_cases_definitions_and_rules) {
  const std::string text = to_text(two_cases());
  EXPECT_TRUE(holds(text, "class         cases    Dice     95 % interval  median")) << text;
  EXPECT_TRUE(holds(text, "liver             2  0.7500  0.5000 to 1.0000  0.7500")) << text;
  EXPECT_TRUE(holds(text, "all classes          0.3750")) << text;
  EXPECT_TRUE(holds(text, "\nCases\n")) << text;
  EXPECT_TRUE(holds(text, "2 TP / (2 TP + FP + FN); higher is better")) << text;
  EXPECT_TRUE(holds(text, "--when-absent nan")) << text;
  EXPECT_TRUE(holds(text, "1 inf")) << text;
}

TEST(ScoreText, shows_the_worst_of_many_cases_and_all_when_verbose) {
  std::vector<CaseMasks> cases;
  for (int i = 0; i < 300; ++i) {
    cases.push_back({.case_name = "case_" + std::to_string(1000 + i),
                     .truth = {runs({{0, 10}})},
                     .prediction = {runs({{i == 77 ? 9 : 0, 10}})}});
  }
  const ScoreTable table = score_runs(cases, {"liver"});
  const std::string text = to_text(table);
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 50);
  EXPECT_TRUE(holds(text, "The 10 worst of 300 by Dice"));
  EXPECT_TRUE(holds(text, "case_1077"));
  EXPECT_FALSE(holds(text, "case_1200"));
  EXPECT_TRUE(holds(to_text(table, {.verbose = true}), "case_1200"));
}

TEST(ScoreText, lists_findings_and_marks_a_partial_result) {
  ScoreTable table = two_cases();
  table.unmatched.truth_cases = {"c", "d"};
  table.unmatched.prediction_classes = {"vessel"};
  table.failed = {{"e", "cut \x1b off"}};
  table.partial = true;
  const std::string text = to_text(table);
  EXPECT_TRUE(holds(text, "2 cases of the truth without a prediction, not scored: c, d\n"));
  EXPECT_TRUE(holds(text, "1 class of the prediction not in the truth, not scored: vessel\n"));
  EXPECT_TRUE(holds(text, "case e was not scored: cut ? off\n"));
  EXPECT_TRUE(holds(text, "The result is partial.\n"));
}

TEST(ScoreText, of_an_empty_table_still_states_the_rules) {
  EXPECT_TRUE(holds(to_text(make_table({}, {})), "--when-absent nan"));
}

TEST(ScoreJson, holds_figures_definitions_and_nulls) {
  ScoreTable table = two_cases();
  table.notes = {"broken \xff name"};
  table.partial = true;
  const auto json = nlohmann::json::parse(to_json(table));
  EXPECT_EQ(json["version"], kScoresVersion);
  EXPECT_EQ(json["metrics"][0]["definition"], "2 TP / (2 TP + FP + FN)");
  EXPECT_EQ(json["settings"]["when_absent"], "nan");
  EXPECT_EQ(json["partial"], true);
  const auto& set = json["sets"][0];
  EXPECT_EQ(set["set"], "model");
  EXPECT_EQ(set["notes"].size(), 1U);
  EXPECT_EQ(set["summary"]["all_classes"]["dice"]["mean"], 0.375);
  EXPECT_EQ(set["summary"]["classes"][0]["metrics"]["dice"]["count"], 2);
  EXPECT_EQ(set["cases"][0]["classes"][0]["false_negative"], 2.0);
  EXPECT_TRUE(set["cases"][1]["classes"][1]["dice"].is_null());
  EXPECT_EQ(set["cases"][0]["classes"][1]["hausdorff_mm"], "inf");
  EXPECT_TRUE(json["comparison"].is_null());
}

TEST(MetricList, tells_every_metric) {
  MetricSettings settings;
  settings.groups = all_metric_groups();
  const std::string text = metric_list(settings);
  for (const Metric& metric : metrics_of(settings)) {
    EXPECT_TRUE(holds(text, metric.key));
    EXPECT_TRUE(holds(text, metric.definition));
  }
}

}  // namespace
}  // namespace volseg::score
