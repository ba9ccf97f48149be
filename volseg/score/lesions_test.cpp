// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/lesions.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/score/internal/component_overlap.h"
#include "volseg/score/internal/reference_score_test.h"

namespace volseg::score {
namespace {

using mask::Connectivity;

constexpr core::Shape3 kShape = {20, 3, 2};
const LesionSettings kSettings{.voxel_volume_ml = 0.5};

// Numbers components from 1 in the order of their first voxels, by flooding.
class Labels {
 public:
  Labels(const reference::Dense& voxels, Connectivity connectivity)
      : voxels_(voxels),
        most_steps_(1 + static_cast<int>(connectivity)),
        numbers_(voxels.shape(), core::Order::kFortran, 0) {
    reference::for_each_index(voxels.shape(), [&](int64_t a, int64_t b, int64_t c) {
      if (voxels(a, b, c) != 0 && numbers_(a, b, c) == 0) {
        flood({a, b, c}, ++count_);
      }
    });
  }

  [[nodiscard]] int32_t count() const { return count_; }
  [[nodiscard]] int32_t operator[](int64_t position) const { return numbers_.data()[position]; }

 private:
  void flood(const core::Shape3& first, int32_t number) {
    std::vector<core::Shape3> found = {first};
    numbers_(first[0], first[1], first[2]) = number;
    for (size_t i = 0; i < found.size(); ++i) {
      const core::Shape3 from = found[i];
      reference::for_each_index({3, 3, 3}, [&](int64_t a, int64_t b, int64_t c) {
        const int64_t steps = std::abs(a - 1) + std::abs(b - 1) + std::abs(c - 1);
        const core::Shape3 to = {from[0] + a - 1, from[1] + b - 1, from[2] + c - 1};
        if (steps <= most_steps_ && reference::at(voxels_, to[0], to[1], to[2]) != 0 &&
            numbers_(to[0], to[1], to[2]) == 0) {
          numbers_(to[0], to[1], to[2]) = number;
          found.push_back(to);
        }
      });
    }
  }

  const reference::Dense& voxels_;
  int64_t most_steps_;
  core::Array<int32_t> numbers_;
  int32_t count_ = 0;
};

// Voxels of each pair, in truth and in prediction, one voxel at a time.
struct PlainLesions {
  std::map<std::pair<int64_t, int64_t>, int64_t> shared;
  std::vector<int64_t> truth;
  std::vector<int64_t> prediction;

  PlainLesions(const Labels& true_labels, const Labels& predicted_labels, int64_t voxels)
      : truth(static_cast<size_t>(true_labels.count())),
        prediction(static_cast<size_t>(predicted_labels.count())) {
    for (int64_t i = 0; i < voxels; ++i) {
      const int32_t one = true_labels[i];
      const int32_t other = predicted_labels[i];
      if (one > 0) {
        ++truth[one - 1];
      }
      if (other > 0) {
        ++prediction[other - 1];
      }
      if (one > 0 && other > 0) {
        ++shared[{one - 1, other - 1}];
      }
    }
  }

  [[nodiscard]] double iou(int64_t one, int64_t other) const {
    const auto both = static_cast<double>(shared.at({one, other}));
    return both / (static_cast<double>(truth[one] + prediction[other]) - both);
  }

  // Largest sum of IoU over one-to-one pairs above the threshold, by trying all.
  double best_sum(int64_t lesion, double threshold, std::vector<bool>& taken) const {
    if (lesion == static_cast<int64_t>(truth.size())) {
      return 0;
    }
    double best = best_sum(lesion + 1, threshold, taken);
    for (size_t other = 0; other < prediction.size(); ++other) {
      const auto partner = static_cast<int64_t>(other);
      if (!taken[other] && shared.count({lesion, partner}) != 0 &&
          iou(lesion, partner) > threshold) {
        taken[other] = true;
        best = std::max(best, iou(lesion, partner) + best_sum(lesion + 1, threshold, taken));
        taken[other] = false;
      }
    }
    return best;
  }
};

void expect_equal(const LesionScore& found, const PlainLesions& expected, double threshold) {
  ASSERT_EQ(found.truth.size(), expected.truth.size());
  ASSERT_EQ(found.prediction.size(), expected.prediction.size());
  for (size_t i = 0; i < found.truth.size(); ++i) {
    EXPECT_EQ(found.truth[i].voxels, expected.truth[i]);
  }
  double sum = 0;
  for (const LesionMatch& match : found.matches) {
    EXPECT_DOUBLE_EQ(match.iou, expected.iou(match.truth, match.prediction));
    EXPECT_DOUBLE_EQ(match.dice, 2 * match.iou / (1 + match.iou));
    EXPECT_GT(match.iou, threshold);
    EXPECT_EQ(found.truth[match.truth].match, match.prediction);
    EXPECT_EQ(found.prediction[match.prediction].match, match.truth);
    sum += match.iou;
  }
  std::vector<bool> taken(expected.prediction.size());
  EXPECT_NEAR(sum, expected.best_sum(0, threshold, taken), 1e-12);
}

TEST(Lesions, equal_plain_ones_on_random_masks) {
  constexpr std::array<double, 4> kThresholds = {0, 0.1, 0.5, 0.75};
  for (uint64_t trial = 0; trial < 240; ++trial) {
    core::CounterRandom random(4, 0, trial);
    const core::Shape3 shape = reference::draw_shape(random, 12);
    const auto truth = reference::draw_noise(random, shape, trial % 2 == 0 ? 0.08 : 0.03);
    const auto prediction = trial % 3 == 0 ? reference::draw_boxes(random, shape, 4)
                                           : reference::draw_noise(random, shape, 0.15);
    const auto connectivity = static_cast<Connectivity>(trial % 3);
    const double threshold = kThresholds[trial % 4];
    const Labels true_labels(truth, connectivity);
    if (true_labels.count() > 40) {
      continue;
    }
    const PlainLesions expected(true_labels, Labels(prediction, connectivity), truth.size());
    const LesionScore found =
        score_lesions(reference::runs_of(truth), reference::runs_of(prediction),
                      {.connectivity = connectivity, .iou_threshold_fraction = threshold});
    expect_equal(found, expected, threshold);
  }
}

TEST(Lesions, shared_voxels_equal_a_count_of_voxels) {
  for (uint64_t trial = 0; trial < 200; ++trial) {
    core::CounterRandom random(5, 0, trial);
    const core::Shape3 shape = reference::draw_shape(random, 12);
    const auto truth = reference::draw_noise(random, shape, trial % 11 / 10.0);
    const auto prediction = reference::draw_noise(random, shape, trial % 7 / 6.0);
    const PlainLesions expected(Labels(truth, Connectivity::k6),
                                Labels(prediction, Connectivity::k6), truth.size());
    std::map<std::pair<int64_t, int64_t>, int64_t> found;
    for (const auto& [first, second, voxels] : internal::shared_voxels(
             mask::connected_components(reference::runs_of(truth), Connectivity::k6),
             mask::connected_components(reference::runs_of(prediction), Connectivity::k6))) {
      EXPECT_TRUE(found.emplace(std::pair(first, second), voxels).second);
    }
    EXPECT_EQ(found, expected.shared);
  }
}

// Three true lesions: found, missed, and split into two predicted halves; one false positive.
TEST(Lesions, score_equals_values_computed_by_hand) {
  const mask::RunMask truth{kShape, {{0, 4}, {8, 2}, {100, 8}}};
  const mask::RunMask prediction{kShape, {{1, 4}, {14, 3}, {100, 5}, {106, 2}}};
  const LesionScore score = score_lesions(truth, prediction, kSettings);
  ASSERT_EQ(score.matches.size(), 2U);
  EXPECT_DOUBLE_EQ(score.matches[0].iou, 3.0 / 5);
  EXPECT_DOUBLE_EQ(score.matches[0].dice, 6.0 / 8);
  EXPECT_DOUBLE_EQ(score.matches[1].iou, 5.0 / 8);
  EXPECT_EQ(score.true_positive(), 2);
  EXPECT_EQ(score.false_positive(), 2);
  EXPECT_EQ(score.false_negative(), 1);
  EXPECT_DOUBLE_EQ(*lesion_precision(score), 0.5);
  EXPECT_DOUBLE_EQ(*lesion_recall(score), 2.0 / 3);
  EXPECT_DOUBLE_EQ(*lesion_f1(score), 4.0 / 7);
  EXPECT_DOUBLE_EQ(*segmentation_quality(score), (0.6 + 0.625) / 2);
  EXPECT_DOUBLE_EQ(*panoptic_quality(score), *segmentation_quality(score) * *lesion_f1(score));
  EXPECT_DOUBLE_EQ(*matched_lesion_dice(score), (0.75 + 10.0 / 13) / 2);
  EXPECT_DOUBLE_EQ(*lesion_wise_dice(score), (0.75 + 10.0 / 13) / 5);
  EXPECT_DOUBLE_EQ(score.false_positive_volume_ml, 2.5);
  EXPECT_DOUBLE_EQ(score.false_negative_volume_ml, 1);
}

TEST(Lesions, tell_where_missed_ones_lie) {
  const mask::RunMask truth{kShape, {{2, 3}, {22, 3}, {111, 1}}};
  const LesionScore score = score_lesions(truth, {kShape, {{2, 1}}}, kSettings);
  ASSERT_EQ(score.truth.size(), 2U);
  EXPECT_EQ(score.truth[0].voxels, 6);
  EXPECT_EQ(score.truth[0].volume_ml, 3);
  EXPECT_EQ(score.truth[0].centre, (std::array<double, 3>{3, 0.5, 0}));
  EXPECT_EQ(score.truth[0].match, -1);
  EXPECT_DOUBLE_EQ(score.truth[0].best_iou, 1.0 / 6);
  EXPECT_EQ(score.truth[1].centre, (std::array<double, 3>{11, 2, 1}));
  EXPECT_EQ(score.truth[1].best_iou, 0);
}

TEST(Lesions, match_one_to_one_below_half_by_the_best_sum) {
  const mask::RunMask truth{kShape, {{0, 6}, {7, 4}}};
  const mask::RunMask prediction{kShape, {{0, 2}, {4, 5}}};
  const LesionScore score =
      score_lesions(truth, prediction, {.iou_threshold_fraction = 0.1, .voxel_volume_ml = 1});
  ASSERT_EQ(score.matches.size(), 2U);
  EXPECT_EQ(score.matches[0].prediction, 0);
  EXPECT_DOUBLE_EQ(score.matches[0].iou, 2.0 / 6);
  EXPECT_EQ(score.matches[1].prediction, 1);
  EXPECT_DOUBLE_EQ(score.matches[1].iou, 2.0 / 7);
}

TEST(Lesions, need_more_than_the_threshold) {
  const mask::RunMask truth{kShape, {{0, 2}}};
  const mask::RunMask prediction{kShape, {{0, 1}}};
  EXPECT_EQ(score_lesions(truth, prediction, {.iou_threshold_fraction = 0.5}).true_positive(), 0);
  EXPECT_EQ(score_lesions(truth, prediction, {.iou_threshold_fraction = 0.49}).true_positive(), 1);
}

TEST(Lesions, smaller_than_the_smallest_are_dropped_on_both_sides) {
  const mask::RunMask truth{kShape, {{0, 3}, {8, 2}}};
  const mask::RunMask prediction{kShape, {{0, 3}, {8, 2}, {16, 1}, {100, 4}}};
  LesionSettings settings{.smallest_ml = 0.003, .voxel_volume_ml = 0.001};
  LesionScore score = score_lesions(truth, prediction, settings);
  EXPECT_EQ(score.truth.size(), 1U);
  EXPECT_EQ(score.prediction.size(), 2U);
  EXPECT_EQ(score.true_positive(), 1);
  EXPECT_EQ(score.matches[0].iou, 1);
  settings.smallest_ml = 1;
  score = score_lesions(truth, prediction, settings);
  EXPECT_TRUE(score.truth.empty() && score.prediction.empty());
}

TEST(Lesions, none_on_both_sides_have_no_score) {
  const LesionScore score = score_lesions({kShape, {}}, {kShape, {}}, kSettings);
  for (const auto& value : {lesion_precision(score), lesion_recall(score), lesion_f1(score),
                            segmentation_quality(score), panoptic_quality(score),
                            matched_lesion_dice(score), lesion_wise_dice(score)}) {
    EXPECT_FALSE(value.has_value());
  }
}

TEST(Lesions, none_on_one_side_score_zero) {
  const mask::RunMask empty{kShape, {}};
  const mask::RunMask full{kShape, {{0, 120}}};
  const LesionScore missed = score_lesions(full, empty, kSettings);
  EXPECT_EQ(missed.false_negative(), 1);
  EXPECT_EQ(missed.false_negative_volume_ml, 60);
  EXPECT_FALSE(lesion_precision(missed).has_value());
  EXPECT_EQ(lesion_recall(missed), 0.0);
  const LesionScore invented = score_lesions(empty, full, kSettings);
  EXPECT_EQ(invented.false_positive_volume_ml, 60);
  EXPECT_EQ(lesion_precision(invented), 0.0);
  EXPECT_FALSE(lesion_recall(invented).has_value());
  for (const LesionScore& score : {missed, invented}) {
    EXPECT_EQ(lesion_f1(score), 0.0);
    EXPECT_EQ(panoptic_quality(score), 0.0);
    EXPECT_EQ(lesion_wise_dice(score), 0.0);
    EXPECT_FALSE(segmentation_quality(score).has_value());
    EXPECT_FALSE(matched_lesion_dice(score).has_value());
  }
}

TEST(Lesions, full_and_one_voxel_volumes_match_themselves) {
  for (const mask::RunMask& mask :
       {mask::RunMask{kShape, {{0, 120}}}, mask::RunMask{{1, 1, 1}, {{0, 1}}}}) {
    const LesionScore score = score_lesions(mask, mask, kSettings);
    EXPECT_EQ(panoptic_quality(score), 1.0);
    EXPECT_EQ(lesion_wise_dice(score), 1.0);
  }
}

TEST(Lesions, refuse_settings_and_shapes_that_do_not_fit) {
  const mask::RunMask mask{kShape, {}};
  for (const LesionSettings& settings :
       {LesionSettings{.iou_threshold_fraction = 1}, LesionSettings{.iou_threshold_fraction = -0.1},
        LesionSettings{.smallest_ml = -1}, LesionSettings{.voxel_volume_ml = 0}}) {
    EXPECT_THROW((void)score_lesions(mask, mask, settings), Error);
  }
  EXPECT_THROW((void)score_lesions(mask, {{3, 20, 2}, {}}, kSettings), Error);
}

}  // namespace
}  // namespace volseg::score
