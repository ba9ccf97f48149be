// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/overlap.h"

#include <gtest/gtest.h>

#include "volseg/core/error.h"
#include "volseg/core/random.h"

namespace volseg::score {
namespace {

constexpr core::Shape3 kShape = {2, 3, 4};

TEST(Overlap, equals_values_computed_by_hand) {
  const mask::RunMask truth{kShape, {{0, 6}, {12, 4}}};
  const mask::RunMask prediction{kShape, {{4, 4}, {14, 2}, {20, 1}}};
  const OverlapCounts counts = count_overlap(truth, prediction);
  EXPECT_EQ(counts, (OverlapCounts{4, 3, 6, 11}));
  EXPECT_DOUBLE_EQ(*dice(counts), 8.0 / 17.0);
  EXPECT_DOUBLE_EQ(*iou(counts), 4.0 / 13.0);
}

TEST(Overlap, equals_voxel_counts_on_random_masks) {
  for (uint64_t trial = 0; trial < 200; ++trial) {
    core::CounterRandom random(1, 0, trial);
    core::Array<uint8_t> truth(kShape, core::Order::kC);
    core::Array<uint8_t> prediction(kShape, core::Order::kFortran);
    OverlapCounts expected;
    for (int64_t voxel = 0; voxel < 24; ++voxel) {
      const bool in_truth = random.chance(0.4);
      const bool in_prediction = random.chance(0.4);
      truth(voxel % 2, voxel / 2 % 3, voxel / 6) = in_truth ? 1 : 0;
      prediction(voxel % 2, voxel / 2 % 3, voxel / 6) = in_prediction ? 1 : 0;
      expected.true_positive += in_truth && in_prediction ? 1 : 0;
      expected.false_positive += !in_truth && in_prediction ? 1 : 0;
      expected.false_negative += in_truth && !in_prediction ? 1 : 0;
      expected.true_negative += !in_truth && !in_prediction ? 1 : 0;
    }
    EXPECT_EQ(count_overlap(mask::encode(core::ArrayView<const uint8_t>(truth.view())),
                            mask::encode(core::ArrayView<const uint8_t>(prediction.view()))),
              expected);
  }
}

TEST(Overlap, perfect_prediction_scores_one) {
  const mask::RunMask truth{kShape, {{3, 5}}};
  EXPECT_EQ(dice(count_overlap(truth, truth)), 1.0);
  EXPECT_EQ(iou(count_overlap(truth, truth)), 1.0);
}

TEST(Overlap, class_absent_on_both_sides_has_no_score) {
  EXPECT_FALSE(dice({}).has_value());
  EXPECT_FALSE(iou({}).has_value());
}

TEST(Overlap, class_absent_on_one_side_scores_zero) {
  EXPECT_EQ(dice({0, 7, 0}), 0.0);
  EXPECT_EQ(iou({0, 7, 0}), 0.0);
  EXPECT_EQ(dice({0, 0, 7}), 0.0);
  EXPECT_EQ(iou({0, 0, 7}), 0.0);
}

TEST(Overlap, refuses_different_shapes) {
  EXPECT_THROW((void)count_overlap({kShape, {}}, {{4, 3, 2}, {}}), Error);
}

}  // namespace
}  // namespace volseg::score
