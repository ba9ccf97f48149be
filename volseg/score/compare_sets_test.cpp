// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/compare_sets.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/score/score_output.h"
#include "volseg/score/score_paths.h"

namespace volseg::score {
namespace {

constexpr core::Shape3 kShape = {2, 3, 4};

// Each case's truth is voxels 0 to 9; its prediction as many, `shifts[i]` later, none for -1.
ScoreTable table_of(const std::string& set_name, const std::vector<int64_t>& shifts,
                    const std::string& class_name = "liver") {
  std::vector<CaseMasks> cases;
  for (size_t i = 0; i < shifts.size(); ++i) {
    mask::RunMask prediction{kShape, {}};
    if (shifts[i] >= 0) {
      prediction.runs = {{shifts[i], 10}};
    }
    cases.push_back({.case_name = std::string(1, static_cast<char>('a' + i)),
                     .truth = {{kShape, {{0, 10}}}},
                     .prediction = {prediction}});
  }
  ScoreTable table = score_runs(cases, {class_name});
  table.set_name = set_name;
  return table;
}

TEST(CompareSets, pairs_equal_differences_by_hand) {
  const std::vector<ScoreTable> sets = {table_of("first", {1, 2, 3, 4}),
                                        table_of("second", {0, 1, 2, 5})};
  const SetComparison comparison = compare_sets(sets);
  ASSERT_EQ(comparison.pairs.size(), 1U);
  const size_t dice = comparison.index_of("dice").value();
  const PairedComparison& paired = comparison.pairs[0].classes.at(0).metrics[dice].paired.value();
  EXPECT_EQ(paired.cases, 4);
  EXPECT_NEAR(paired.mean_difference, (0.1 + 0.1 + 0.1 - 0.1) / 4, 1e-12);
  EXPECT_EQ(paired.second_higher, 3);
  EXPECT_EQ(paired.first_higher, 1);
  ASSERT_TRUE(paired.interval);
  EXPECT_LE(paired.interval->low, paired.mean_difference);
  EXPECT_GE(paired.interval->high, paired.mean_difference);
  EXPECT_EQ(comparison.rankings[dice].sets[0].set, 1U);
  EXPECT_DOUBLE_EQ(*comparison.rankings[dice].sets[0].mean_rank, 1.25);
}

TEST(CompareSets, infinite_distances_rank_last_and_stay_out_of_differences) {
  const std::vector<ScoreTable> sets = {table_of("misses", {0, 0, -1}),
                                        table_of("finds", {5, 5, 5})};
  const SetComparison comparison = compare_sets(sets);
  const size_t distance = comparison.index_of("hausdorff_mm").value();
  const MetricPair& pair = comparison.pairs[0].classes[0].metrics[distance];
  EXPECT_EQ(pair.paired->cases, 2);
  EXPECT_EQ(pair.first_infinite, 1);
  EXPECT_EQ(pair.second_infinite, 0);
  const MetricRanking& ranking = comparison.rankings[distance];
  EXPECT_EQ(ranking.counted, 3);
  EXPECT_EQ(ranking.sets[0].set, 0U);
  EXPECT_EQ(ranking.sets[0].infinite, 1);
  EXPECT_NEAR(*ranking.sets[0].mean_rank, 4.0 / 3, 1e-12);
  EXPECT_EQ(ranking.sets[0].mean, 0.0);
}

TEST(CompareSets, a_set_that_misses_a_class_is_not_better_for_it) {
  const mask::RunMask whole{kShape, {{0, 10}}};
  const mask::RunMask shifted{kShape, {{5, 10}}};
  const mask::RunMask none{kShape, {}};
  const auto table = [&](const std::string& name, const mask::RunMask& tumour) {
    const std::vector<CaseMasks> cases = {
        {.case_name = "a", .truth = {whole, whole}, .prediction = {whole, tumour}}};
    ScoreTable scored = score_runs(cases, {"organ", "tumour"});
    scored.set_name = name;
    return scored;
  };
  const std::vector<ScoreTable> sets = {table("finds", shifted), table("misses", none)};
  const SetComparison comparison = compare_sets(sets);
  const size_t distance = comparison.index_of("hausdorff_mm").value();
  const MetricPair& pair = comparison.pairs[0].all_classes.metrics[distance];
  EXPECT_EQ(pair.second_infinite, 1);
  EXPECT_TRUE(!pair.paired || pair.paired->cases == 0);
}

TEST(CompareSets, tells_what_is_not_in_every_set) {
  const std::vector<ScoreTable> sets = {table_of("first", {1, 2, 3}), table_of("second", {1, 2})};
  const SetComparison comparison = compare_sets(sets);
  EXPECT_EQ(comparison.case_names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(comparison.left_out_cases, std::vector<std::string>{"c"});
  const std::vector<ScoreTable> strangers = {table_of("first", {1}),
                                             table_of("second", {1}, "bone")};
  EXPECT_THROW((void)compare_sets(strangers), Error);
}

TEST(CompareSets, text_ranks_the_sets_and_shows_every_pair) {
  SetScores scores;
  scores.sets = {table_of("first", {1, 2}), table_of("second", {0, 1}), table_of("third", {3, 4})};
  scores.comparison = compare_sets(scores.sets);
  const std::string text = to_text(scores);
  EXPECT_LT(text.find("second"), text.find("first"));
  for (const char* part : {"Ranking by Dice", "second against first", "third against first",
                           "third against second", "better in"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
}

TEST(SetNames, are_the_shortest_ends_that_differ) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(set_names_of({"results/model_a.zip"}), Names{"model_a"});
  EXPECT_EQ(set_names_of({"a/labels/", "b/labels"}), (Names{"a/labels", "b/labels"}));
  EXPECT_EQ(set_names_of({"x/one.nii.gz", "x/two.nii.gz"}), (Names{"one", "two"}));
  EXPECT_EQ(set_names_of({"x", "x"}), (Names{"x (1)", "x (2)"}));
}

}  // namespace
}  // namespace volseg::score
