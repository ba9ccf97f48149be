// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/surface_distances.h"

#include <gtest/gtest.h>

#include "volseg/score/internal/surface_masks_test.h"

namespace volseg::score::internal {
namespace {

constexpr std::array kDefinitions = {SurfaceDefinition::kVoxel, SurfaceDefinition::kElement,
                                     SurfaceDefinition::kBoundary};
constexpr std::array<std::array<double, 3>, 5> kSpacings = {
    {{1, 1, 1}, {1, 1.2, 2.5}, {0.7, 0.7, 1.25}, {5, 0.4, 0.3}, {0.01, 3, 2}}};

void expect_same(const DirectedDistances& found, const DirectedDistances& expected) {
  ASSERT_EQ(found.levels.size(), expected.levels.size());
  for (size_t i = 0; i < expected.levels.size(); ++i) {
    EXPECT_EQ(found.levels[i].distance_mm, expected.levels[i].distance_mm);
    EXPECT_EQ(found.levels[i].weight, expected.levels[i].weight);
  }
}

void expect_all_ways_same(const TestPair& pair, const std::array<double, 3>& spacing_mm) {
  if (pair.truth.runs.empty() || pair.prediction.runs.empty()) {
    return;
  }
  const mask::Box box = joint_box(pair.truth, pair.prediction);
  for (const SurfaceDefinition definition : kDefinitions) {
    const SurfacePoints truth =
        surface_points(crop_to_bits(pair.truth, box), spacing_mm, definition);
    const SurfacePoints prediction =
        surface_points(crop_to_bits(pair.prediction, box), spacing_mm, definition);
    const auto by = [&](DistanceWay way) {
      return distances_between(truth, prediction, spacing_mm, way);
    };
    const DirectedDistances transformed = by(DistanceWay::kTransform);
    expect_same(by(DistanceWay::kSearch), transformed);
    expect_same(by(DistanceWay::kSampled), transformed);
  }
}

TEST(SurfaceDistances, search_and_transform_agree_to_the_last_bit_on_random_shapes) {
  for (uint64_t trial = 0; trial < 300; ++trial) {
    SCOPED_TRACE(trial);
    expect_all_ways_same(random_pair(trial), kSpacings[trial % kSpacings.size()]);
  }
}

// Voxels far from each other, so that rows of bits do not suffice and the tree is asked.
TEST(SurfaceDistances, search_and_transform_agree_on_far_points) {
  for (uint64_t trial = 0; trial < 40; ++trial) {
    SCOPED_TRACE(trial);
    core::CounterRandom random(6, 0, trial);
    const core::Shape3 shape = {1 + random.below(200), 1 + random.below(90), 1 + random.below(60)};
    expect_all_ways_same(
        {scattered_mask(shape, 1 + random.below(40), random), scattered_mask(shape, 200, random)},
        kSpacings[trial % kSpacings.size()]);
  }
}

// Every site of a hollow ball is about as near to its middle: the worst for a tree.
TEST(SurfaceDistances, search_and_transform_agree_within_a_hollow_ball) {
  const core::Shape3 shape = {61, 59, 57};
  const core::Shape3 centre = {30, 29, 28};
  const TestPair pair = {ball_mask(shape, centre, 27, 25), ball_mask(shape, centre, 3, 0)};
  for (const auto& spacing_mm : kSpacings) {
    expect_all_ways_same(pair, spacing_mm);
    expect_all_ways_same({pair.prediction, pair.truth}, spacing_mm);
  }
}

}  // namespace
}  // namespace volseg::score::internal
