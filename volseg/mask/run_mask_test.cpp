// SPDX-License-Identifier: Apache-2.0
#include "volseg/mask/run_mask.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "volseg/core/error.h"
#include "volseg/mask/internal/reference_masks_test.h"

namespace volseg::mask {
namespace {

using core::Shape3;

RunMask draw_mask(core::CounterRandom& random, const Shape3& shape, double density_fraction) {
  const auto array =
      reference::draw_array<uint8_t>(random, shape, core::Order::kFortran, density_fraction);
  return reference::encode(array.view());
}

TEST(RunMask, area_and_intersection_equal_voxel_counts) {
  for (uint64_t trial = 0; trial < 300; ++trial) {
    core::CounterRandom random(21, 0, trial);
    const Shape3 shape = reference::draw_shape(random, 9);
    const RunMask first = draw_mask(random, shape, trial % 11 / 10.0);
    const RunMask second = draw_mask(random, shape, 0.4);
    int64_t voxels = 0;
    int64_t shared = 0;
    reference::for_each_index(shape, [&](int64_t a, int64_t b, int64_t c) {
      const bool inside = reference::contains(first, {a, b, c});
      voxels += inside ? 1 : 0;
      shared += inside && reference::contains(second, {a, b, c}) ? 1 : 0;
    });
    EXPECT_EQ(area(first), voxels);
    EXPECT_EQ(intersection_area(first, second), shared);
    EXPECT_EQ(intersection_area(second, first), shared);
  }
}

TEST(RunMask, intersection_refuses_different_shapes) {
  EXPECT_THROW((void)intersection_area(RunMask{{2, 3, 4}, {}}, RunMask{{4, 3, 2}, {}}), Error);
}

TEST(RunMask, bounding_box_is_the_smallest_around_all_voxels) {
  for (uint64_t trial = 0; trial < 300; ++trial) {
    core::CounterRandom random(22, 0, trial);
    const Shape3 shape = reference::draw_shape(random, 9);
    const RunMask mask = draw_mask(random, shape, trial % 4 * 0.02 + 0.01);
    Shape3 low = shape;
    Shape3 high = {0, 0, 0};
    reference::for_each_index(shape, [&](int64_t a, int64_t b, int64_t c) {
      const Shape3 index = {a, b, c};
      for (int axis = 0; axis < 3 && reference::contains(mask, index); ++axis) {
        low[axis] = std::min(low[axis], index[axis]);
        high[axis] = std::max(high[axis], index[axis] + 1);
      }
    });
    Box expected;
    if (high[0] > 0) {
      expected = {low, {high[0] - low[0], high[1] - low[1], high[2] - low[2]}};
    }
    EXPECT_EQ(bounding_box(mask), expected);
  }
}

TEST(VoxelSampler, draws_every_inside_voxel_equally_often_and_no_other) {
  core::CounterRandom random(23, 0, 0);
  const RunMask mask = draw_mask(random, {5, 6, 7}, 0.4);
  const VoxelSampler sampler(mask);
  ASSERT_EQ(sampler.area(), area(mask));
  ASSERT_GT(sampler.area(), 10);
  std::map<Shape3, int64_t> counts;
  const int64_t draws = 1000 * sampler.area();
  for (int64_t draw = 0; draw < draws; ++draw) {
    ++counts[sampler.draw(random)];
  }
  ASSERT_EQ(static_cast<int64_t>(counts.size()), sampler.area());
  double chi_square = 0;
  for (const auto& [index, count] : counts) {
    ASSERT_TRUE(reference::contains(mask, index));
    chi_square += static_cast<double>((count - 1000) * (count - 1000)) / 1000;
  }
  const auto freedom = static_cast<double>(sampler.area() - 1);
  EXPECT_LT(chi_square, freedom + 5 * std::sqrt(2 * freedom));
}

TEST(VoxelSampler, knows_an_empty_mask_and_refuses_to_draw) {
  const VoxelSampler sampler(RunMask{{2, 3, 4}, {}});
  EXPECT_TRUE(sampler.empty());
  core::CounterRandom random(24, 0, 0);
  EXPECT_THROW((void)sampler.draw(random), Error);
}

TEST(RunMask, positions_past_32_bits_keep_their_indices) {
  const Shape3 shape = {1 << 12, 1 << 11, 1 << 10};
  const int64_t last = core::voxel_count(shape) - 1;
  const RunMask mask{shape, {{last, 1}}};
  const Box expected = {{shape[0] - 1, shape[1] - 1, shape[2] - 1}, {1, 1, 1}};
  EXPECT_EQ(bounding_box(mask), expected);
  core::Array<uint8_t> cropped({2, 2, 2}, core::Order::kC, uint8_t{9});
  crop(mask, {{shape[0] - 2, shape[1] - 2, shape[2] - 2}, {2, 2, 2}}, cropped.view());
  EXPECT_EQ(cropped(1, 1, 1), 1);
  EXPECT_EQ(area(encode(std::as_const(cropped).view())), 1);
}

}  // namespace
}  // namespace volseg::mask
