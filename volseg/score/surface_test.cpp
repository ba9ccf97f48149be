// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/surface.h"

#include <gtest/gtest.h>

#include <cmath>

#include "volseg/core/error.h"
#include "volseg/score/internal/surface_reference_test.h"

namespace volseg::score {
namespace {

using internal::expect_same_score;
using internal::plain_score;
using internal::TestPair;

constexpr std::array kDefinitions = {SurfaceDefinition::kVoxel, SurfaceDefinition::kElement,
                                     SurfaceDefinition::kBoundary};
constexpr std::array<std::array<double, 3>, 4> kSpacings = {
    {{1, 1, 1}, {1, 1.2, 2.5}, {0.7, 0.7, 1.25}, {5, 0.4, 0.3}}};

SurfaceSettings settings_of(SurfaceDefinition definition) {
  return {.definition = definition,
          .percentiles = {0, 5, 50, 95, 99.5, 100},
          .tolerances_mm = {0, 0.5, 1, 2.5, 1000}};
}

TEST(Surface, equals_brute_force_on_random_shapes) {
  for (uint64_t trial = 0; trial < 300; ++trial) {
    const TestPair pair = internal::random_pair(trial);
    const auto& spacing_mm = kSpacings[trial % kSpacings.size()];
    for (const SurfaceDefinition definition : kDefinitions) {
      const SurfaceSettings settings = settings_of(definition);
      const auto found = score_surface(pair.truth, pair.prediction, spacing_mm, settings);
      const auto expected = plain_score(pair.truth, pair.prediction, spacing_mm, settings);
      SCOPED_TRACE(testing::Message()
                   << "trial " << trial << ", definition " << static_cast<int>(definition)
                   << ", shape " << core::to_string(pair.truth.shape));
      ASSERT_EQ(found.has_value(), expected.has_value());
      if (found) {
        expect_same_score(*found, *expected);
      }
    }
  }
}

TEST(Surface, two_voxels_apart_have_their_distance_in_millimetres) {
  const core::Shape3 shape = {9, 7, 5};
  const mask::RunMask truth{shape, {{0, 1}}};
  const mask::RunMask prediction{shape, {{3 + 9 * (2 + 7 * 1), 1}}};
  const auto score = score_surface(truth, prediction, {1, 1.2, 2.5}, {.tolerances_mm = {1, 5}});
  const double distance_mm = std::sqrt(3 * 3 + 2.4 * 2.4 + 2.5 * 2.5);
  EXPECT_DOUBLE_EQ(score->hausdorff_mm, distance_mm);
  EXPECT_DOUBLE_EQ(score->hausdorff_percentiles_mm[0], distance_mm);
  EXPECT_DOUBLE_EQ(score->truth_to_prediction_mm, distance_mm);
  EXPECT_DOUBLE_EQ(score->symmetric_average_mm, distance_mm);
  EXPECT_EQ(score->surface_dice, (std::vector<double>{0, 1}));
  EXPECT_EQ(score->truth_size, 1);
}

TEST(Surface, elements_of_one_voxel_have_the_area_of_an_octahedron) {
  const mask::RunMask voxel{{1, 1, 1}, {{0, 1}}};
  const auto score =
      score_surface(voxel, voxel, {1, 1, 1}, {.definition = SurfaceDefinition::kElement});
  EXPECT_NEAR(score->truth_size, std::sqrt(3.0), 1e-12);
  EXPECT_EQ(score->hausdorff_mm, 0);
  EXPECT_EQ(score->surface_dice[0], 1);
}

TEST(Surface, swapped_sides_give_swapped_directions) {
  for (uint64_t trial = 0; trial < 50; ++trial) {
    const TestPair pair = internal::random_pair(trial);
    for (const SurfaceDefinition definition : kDefinitions) {
      const SurfaceSettings settings = settings_of(definition);
      const auto one = score_surface(pair.truth, pair.prediction, {1, 1.2, 2.5}, settings);
      const auto other = score_surface(pair.prediction, pair.truth, {1, 1.2, 2.5}, settings);
      ASSERT_EQ(one.has_value(), other.has_value());
      if (one) {
        EXPECT_EQ(one->hausdorff_percentiles_mm, other->hausdorff_percentiles_mm);
        EXPECT_EQ(one->truth_to_prediction_mm, other->prediction_to_truth_mm);
        EXPECT_EQ(one->symmetric_average_mm, other->symmetric_average_mm);
        EXPECT_EQ(one->surface_dice, other->surface_dice);
        EXPECT_EQ(one->truth_size, other->prediction_size);
      }
    }
  }
}

TEST(Surface, does_not_depend_on_the_image_around) {
  for (uint64_t trial = 0; trial < 100; ++trial) {
    const TestPair pair = internal::random_pair(trial);
    const core::Shape3 margin = {1 + static_cast<int64_t>(trial) % 70, 3, 2};
    const TestPair wide = {internal::with_margin(pair.truth, margin),
                           internal::with_margin(pair.prediction, margin)};
    for (const SurfaceDefinition definition : kDefinitions) {
      const SurfaceSettings settings = settings_of(definition);
      const auto found = score_surface(pair.truth, pair.prediction, {0.7, 0.9, 1.3}, settings);
      const auto padded = score_surface(wide.truth, wide.prediction, {0.7, 0.9, 1.3}, settings);
      ASSERT_EQ(found.has_value(), padded.has_value());
      if (found) {
        EXPECT_EQ(found->hausdorff_percentiles_mm, padded->hausdorff_percentiles_mm);
        EXPECT_EQ(found->symmetric_average_mm, padded->symmetric_average_mm);
        EXPECT_EQ(found->surface_dice, padded->surface_dice);
        EXPECT_EQ(found->truth_size, padded->truth_size);
      }
    }
  }
}

TEST(Surface, an_empty_mask_has_none) {
  const mask::RunMask empty{{3, 4, 5}, {}};
  const mask::RunMask voxel{{3, 4, 5}, {{7, 2}}};
  EXPECT_FALSE(score_surface(empty, voxel, {1, 1, 1}, {}).has_value());
  EXPECT_FALSE(score_surface(voxel, empty, {1, 1, 1}, {}).has_value());
  EXPECT_FALSE(score_surface(empty, empty, {1, 1, 1}, {}).has_value());
}

TEST(Surface, refuses_what_has_no_meaning) {
  const mask::RunMask mask{{3, 4, 5}, {{7, 2}}};
  EXPECT_THROW((void)score_surface(mask, {{4, 3, 5}, {}}, {1, 1, 1}, {}), Error);
  EXPECT_THROW((void)score_surface(mask, mask, {1, 0, 1}, {}), Error);
  EXPECT_THROW((void)score_surface(mask, mask, {1, 1, NAN}, {}), Error);
  EXPECT_THROW((void)score_surface(mask, mask, {1, 1, 1}, {.percentiles = {101}}), Error);
  EXPECT_THROW((void)score_surface(mask, mask, {1, 1, 1}, {.percentiles = {NAN}}), Error);
  EXPECT_THROW((void)score_surface(mask, mask, {1, 1, 1}, {.tolerances_mm = {-1}}), Error);
}

}  // namespace
}  // namespace volseg::score
