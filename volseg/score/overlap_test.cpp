// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/overlap.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/score/internal/reference_score_test.h"

namespace volseg::score {
namespace {

constexpr core::Shape3 kShape = {2, 3, 4};

OverlapCounts count_voxels(const reference::Dense& truth, const reference::Dense& prediction) {
  OverlapCounts counts;
  reference::for_each_index(truth.shape(), [&](int64_t a, int64_t b, int64_t c) {
    const bool in_truth = truth(a, b, c) != 0;
    const bool in_prediction = prediction(a, b, c) != 0;
    counts.true_positive += in_truth && in_prediction ? 1 : 0;
    counts.false_positive += !in_truth && in_prediction ? 1 : 0;
    counts.false_negative += in_truth && !in_prediction ? 1 : 0;
    counts.true_negative += !in_truth && !in_prediction ? 1 : 0;
  });
  return counts;
}

TEST(Overlap, equals_values_computed_by_hand) {
  const mask::RunMask truth{kShape, {{0, 6}, {12, 4}}};
  const mask::RunMask prediction{kShape, {{4, 4}, {14, 2}, {20, 1}}};
  const OverlapCounts counts = count_overlap(truth, prediction);
  EXPECT_EQ(counts, (OverlapCounts{4, 3, 6, 11}));
  EXPECT_DOUBLE_EQ(*dice(counts), 8.0 / 17);
  EXPECT_DOUBLE_EQ(*iou(counts), 4.0 / 13);
  EXPECT_DOUBLE_EQ(*precision(counts), 4.0 / 7);
  EXPECT_DOUBLE_EQ(*recall(counts), 4.0 / 10);
  EXPECT_DOUBLE_EQ(*specificity(counts), 11.0 / 14);
  EXPECT_DOUBLE_EQ(*volume_similarity(counts), 1 - 3.0 / 17);
  EXPECT_DOUBLE_EQ(*relative_volume_difference(counts), -0.3);
  EXPECT_DOUBLE_EQ(absolute_volume_difference_ml(counts, 0.5), 1.5);
  const double agreement = 15.0 / 24;
  const double by_chance = (7.0 * 10 + 17.0 * 14) / (24.0 * 24);
  EXPECT_DOUBLE_EQ(*cohen_kappa(counts), (agreement - by_chance) / (1 - by_chance));
}

TEST(Overlap, counts_equal_voxel_counts_on_random_masks) {
  for (uint64_t trial = 0; trial < 300; ++trial) {
    core::CounterRandom random(1, 0, trial);
    const core::Shape3 shape = reference::draw_shape(random, 12);
    const auto truth = reference::draw_noise(random, shape, trial % 11 / 10.0);
    const auto prediction = reference::draw_noise(random, shape, trial % 7 / 6.0);
    const OverlapCounts expected = count_voxels(truth, prediction);
    const mask::RunMask true_runs = reference::runs_of(truth);
    const mask::RunMask predicted_runs = reference::runs_of(prediction);
    EXPECT_EQ(count_overlap(true_runs, predicted_runs), expected);
    EXPECT_EQ(count_overlap(mask::to_bits(true_runs), mask::to_bits(predicted_runs)), expected);
  }
}

TEST(Overlap, of_many_words_of_bits_equals_that_of_runs) {
  core::CounterRandom random(14, 0, 0);
  const core::Shape3 shape = {600, 301, 2};
  const mask::RunMask truth = reference::runs_of(reference::draw_noise(random, shape, 0.4));
  const mask::RunMask prediction = reference::runs_of(reference::draw_noise(random, shape, 0.7));
  EXPECT_EQ(count_overlap(mask::to_bits(truth), mask::to_bits(prediction)),
            count_overlap(truth, prediction));
}

TEST(Overlap, kappa_equals_its_definition_on_random_counts) {
  for (uint64_t trial = 0; trial < 300; ++trial) {
    core::CounterRandom random(2, 0, trial);
    const OverlapCounts counts{1 + random.below(100), random.below(100), random.below(100),
                               1 + random.below(1000)};
    const auto truth = static_cast<double>(counts.truth_voxels());
    const auto prediction = static_cast<double>(counts.prediction_voxels());
    const auto agreed = static_cast<double>(counts.true_positive + counts.true_negative);
    const double all = agreed + static_cast<double>(counts.false_positive + counts.false_negative);
    const double by_chance =
        (truth * prediction + (all - truth) * (all - prediction)) / (all * all);
    EXPECT_NEAR(*cohen_kappa(counts), (agreed / all - by_chance) / (1 - by_chance), 1e-12);
  }
}

TEST(Overlap, perfect_prediction_scores_best) {
  const mask::RunMask truth{kShape, {{3, 5}}};
  const OverlapCounts counts = count_overlap(truth, truth);
  for (const auto& value : {dice(counts), iou(counts), precision(counts), recall(counts),
                            specificity(counts), volume_similarity(counts), cohen_kappa(counts)}) {
    EXPECT_EQ(value, 1.0);
  }
  EXPECT_EQ(relative_volume_difference(counts), 0.0);
  EXPECT_EQ(absolute_volume_difference_ml(counts, 2), 0);
}

TEST(Overlap, class_absent_on_both_sides_has_background_only) {
  const OverlapCounts counts = count_overlap({kShape, {}}, {kShape, {}});
  EXPECT_EQ(counts, (OverlapCounts{0, 0, 0, 24}));
  for (const auto& value :
       {dice(counts), iou(counts), precision(counts), recall(counts), volume_similarity(counts),
        relative_volume_difference(counts), cohen_kappa(counts)}) {
    EXPECT_FALSE(value.has_value());
  }
  EXPECT_EQ(specificity(counts), 1.0);
  EXPECT_EQ(absolute_volume_difference_ml(counts, 2), 0);
}

TEST(Overlap, class_absent_from_the_truth_scores_zero) {
  const OverlapCounts counts{0, 7, 0, 17};
  for (const auto& value : {dice(counts), iou(counts), precision(counts), volume_similarity(counts),
                            cohen_kappa(counts)}) {
    EXPECT_EQ(value, 0.0);
  }
  EXPECT_FALSE(recall(counts).has_value());
  EXPECT_FALSE(relative_volume_difference(counts).has_value());
  EXPECT_DOUBLE_EQ(*specificity(counts), 17.0 / 24);
  EXPECT_EQ(absolute_volume_difference_ml(counts, 2), 14);
}

TEST(Overlap, class_absent_from_the_prediction_scores_zero) {
  const OverlapCounts counts{0, 0, 7, 17};
  for (const auto& value : {dice(counts), iou(counts), recall(counts), volume_similarity(counts),
                            cohen_kappa(counts)}) {
    EXPECT_EQ(value, 0.0);
  }
  EXPECT_FALSE(precision(counts).has_value());
  EXPECT_EQ(specificity(counts), 1.0);
  EXPECT_EQ(relative_volume_difference(counts), -1.0);
}

TEST(Overlap, full_volumes_leave_no_background) {
  const mask::RunMask full{kShape, {{0, 24}}};
  const OverlapCounts counts = count_overlap(full, full);
  EXPECT_EQ(counts, (OverlapCounts{24, 0, 0, 0}));
  EXPECT_EQ(dice(counts), 1.0);
  EXPECT_FALSE(specificity(counts).has_value());
  EXPECT_FALSE(cohen_kappa(counts).has_value());
  EXPECT_EQ(cohen_kappa(count_overlap({kShape, {}}, full)), 0.0);
}

TEST(Overlap, one_voxel_volumes) {
  const mask::RunMask inside{{1, 1, 1}, {{0, 1}}};
  const mask::RunMask outside{{1, 1, 1}, {}};
  EXPECT_EQ(count_overlap(inside, inside), (OverlapCounts{1, 0, 0, 0}));
  EXPECT_EQ(count_overlap(inside, outside), (OverlapCounts{0, 0, 1, 0}));
  EXPECT_EQ(count_overlap(outside, inside), (OverlapCounts{0, 1, 0, 0}));
  EXPECT_EQ(count_overlap(outside, outside), (OverlapCounts{0, 0, 0, 1}));
}

TEST(Overlap, large_counts_do_not_overflow) {
  constexpr int64_t kLarge = int64_t{1} << 58;
  const OverlapCounts counts{kLarge, kLarge, kLarge, kLarge};
  EXPECT_EQ(dice(counts), 0.5);
  EXPECT_EQ(cohen_kappa(counts), 0.0);
}

TEST(Overlap, refuses_different_shapes) {
  EXPECT_THROW((void)count_overlap(mask::RunMask{kShape, {}}, mask::RunMask{{4, 3, 2}, {}}), Error);
  EXPECT_THROW((void)count_overlap(mask::BitMask(kShape), mask::BitMask({4, 3, 2})), Error);
}

TEST(GeneralizedDice, weighs_classes_by_their_squared_volume) {
  const std::vector<OverlapCounts> classes = {{8, 4, 2, 86}, {1, 0, 1, 98}};
  const double first = 1.0 / 100;
  const double second = 1.0 / 4;
  EXPECT_DOUBLE_EQ(*generalized_dice(classes),
                   2 * (first * 8 + second * 1) / (first * 22 + second * 3));
}

TEST(GeneralizedDice, of_one_class_is_dice) {
  const std::vector<OverlapCounts> classes = {{8, 4, 2, 86}};
  EXPECT_DOUBLE_EQ(*generalized_dice(classes), *dice(classes[0]));
}

TEST(GeneralizedDice, class_without_truth_weighs_as_the_smallest) {
  const std::vector<OverlapCounts> classes = {{8, 0, 2, 90}, {2, 0, 0, 98}, {0, 3, 0, 97}};
  const double large = 1.0 / 100;
  const double small = 1.0 / 4;
  EXPECT_DOUBLE_EQ(*generalized_dice(classes),
                   2 * (large * 8 + small * 2) / (large * 18 + small * 4 + small * 3));
}

TEST(GeneralizedDice, class_absent_on_both_sides_changes_nothing) {
  const std::vector<OverlapCounts> one = {{8, 4, 2, 86}};
  const std::vector<OverlapCounts> two = {{8, 4, 2, 86}, {0, 0, 0, 100}};
  EXPECT_EQ(generalized_dice(one), generalized_dice(two));
}

TEST(GeneralizedDice, needs_a_class) {
  const std::vector<OverlapCounts> absent = {{0, 0, 0, 9}, {0, 0, 0, 9}};
  const std::vector<OverlapCounts> false_positive = {{0, 0, 0, 9}, {0, 2, 0, 7}};
  EXPECT_FALSE(generalized_dice({}).has_value());
  EXPECT_FALSE(generalized_dice(absent).has_value());
  EXPECT_EQ(generalized_dice(false_positive), 0.0);
}

}  // namespace
}  // namespace volseg::score
