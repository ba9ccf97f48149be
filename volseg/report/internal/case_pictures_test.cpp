// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/case_pictures.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace volseg::report::internal {
namespace {

using Values = std::vector<std::optional<double>>;

const std::vector<std::string> kClassNames = {"easy", "hard", "never"};

// Dice is the first metric; the others stay empty.
score::CaseScore scored(const std::string& name, const Values& dice) {
  score::MetricSettings settings;
  settings.groups = {score::MetricGroup::kOverlap};
  score::CaseScore result;
  result.case_name = name;
  for (const std::optional<double>& value : dice) {
    score::ClassScore& each = result.classes.emplace_back();
    each.values.resize(score::metrics_of(settings, score::MetricScope::kClass).size());
    each.values.front() = value;
  }
  score::finish_case(result, settings);
  return result;
}

score::ScoreTable table_of(std::vector<score::CaseScore> cases) {
  score::MetricSettings settings;
  settings.groups = {score::MetricGroup::kOverlap};
  return score::make_table(kClassNames, std::move(cases), settings);
}

score::ScoreTable made_scores() {
  return table_of(
      {scored("a", {0.95, 0.3, {}}), scored("b", {0.85, 0.5, {}}), scored("c", {0.9, {}, {}})});
}

TEST(ChoosePictures, takes_best_and_worst_case_of_each_class_that_occurs) {
  const std::vector<PictureRequest> requests = choose_pictures(made_scores(), 10);
  ASSERT_EQ(requests.size(), 4U);
  EXPECT_EQ(requests[0].case_name, "a");
  EXPECT_EQ(requests[1].case_name, "b");
  EXPECT_EQ(requests[2].case_name, "b");
  EXPECT_EQ(requests[3].case_name, "a");
  EXPECT_EQ(requests[3].class_index, 1U);
  EXPECT_NE(requests[3].caption.find("worst case a: Dice 0.300"), std::string::npos);
}

TEST(ChoosePictures, keeps_the_classes_of_lowest_dice_when_there_are_many) {
  const std::vector<PictureRequest> requests = choose_pictures(made_scores(), 1);
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].class_index, 1U);
}

TEST(ChoosePictures, shows_an_only_case_once) {
  score::ScoreTable scores = made_scores();
  scores.cases.resize(1);
  const std::vector<PictureRequest> requests = choose_pictures(scores, 10);
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_NE(requests[0].caption.find("only case a"), std::string::npos);
}

TEST(ChooseOverview, takes_the_case_in_the_middle_by_mean_dice) {
  const std::optional<PictureRequest> overview = choose_overview(table_of(
      {scored("a", {0.9, {}, {}}), scored("b", {0.5, {}, {}}), scored("c", {0.7, {}, {}})}));
  ASSERT_TRUE(overview);
  EXPECT_EQ(overview->case_name, "c");
  EXPECT_FALSE(overview->class_index);
  EXPECT_NE(overview->caption.find("case c, mean Dice 0.700"), std::string::npos);
}

TEST(ChooseOverview, is_none_without_a_scored_case) {
  EXPECT_FALSE(choose_overview(table_of({scored("a", {{}, {}, {}})})));
}

}  // namespace
}  // namespace volseg::report::internal
