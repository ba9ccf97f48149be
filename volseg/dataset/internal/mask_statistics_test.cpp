// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/mask_statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "volseg/core/random.h"

namespace volseg::dataset::internal {

namespace {

constexpr core::Shape3 kShape = {5, 7, 4};

core::Array<uint8_t> random_voxels(uint64_t seed, double density_fraction) {
  core::Array<uint8_t> voxels(kShape, core::Order::kFortran, 0);
  core::CounterRandom random(seed, 0, 0);
  for (int64_t index = 0; index < voxels.size(); ++index) {
    voxels.data()[index] = random.chance(density_fraction) ? 1 : 0;
  }
  return voxels;
}

mask::RunMask mask_of(const core::Array<uint8_t>& voxels) {
  return mask::encode<uint8_t>(voxels.view());
}

int64_t count_faces_plainly(const core::Array<uint8_t>& voxels, const core::Shape3& shape) {
  const core::ArrayView<const uint8_t> view{voxels.data(), shape,
                                            core::dense_strides(shape, core::Order::kFortran)};
  int64_t faces = 0;
  for (int64_t a = 0; a < shape[0]; ++a) {
    for (int64_t b = 0; b < shape[1]; ++b) {
      for (int64_t c = 0; c < shape[2]; ++c) {
        faces += a + 1 < shape[0] && view(a, b, c) != view(a + 1, b, c) ? 1 : 0;
        faces += b + 1 < shape[1] && view(a, b, c) != view(a, b + 1, c) ? 1 : 0;
        faces += c + 1 < shape[2] && view(a, b, c) != view(a, b, c + 1) ? 1 : 0;
      }
    }
  }
  return faces;
}

TEST(MaskStatistics, count_boundary_faces_like_a_plain_scan_in_every_axis_order) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const auto voxels = random_voxels(seed, 0.05 * static_cast<double>(seed));
    std::array<int64_t, 3> shape = {4, 5, 7};
    do {
      EXPECT_EQ(count_boundary_faces(mask_of(voxels), shape), count_faces_plainly(voxels, shape))
          << core::to_string(shape);
    } while (std::ranges::next_permutation(shape).found);
  }
}

// Boxes and balls at random, of one to three classes.
std::vector<mask::RunMask> random_bodies(core::CounterRandom& random, const core::Shape3& shape) {
  std::vector<mask::RunMask> masks;
  for (int64_t count = 1 + random.below(3); count > 0; --count) {
    core::Array<uint8_t> voxels(shape, core::Order::kFortran, 0);
    const core::Shape3 centre = {random.below(shape[0]), random.below(shape[1]),
                                 random.below(shape[2])};
    const core::Shape3 radii = {1 + random.below(1 + shape[0] / 2),
                                1 + random.below(1 + shape[1] / 2),
                                1 + random.below(1 + shape[2] / 2)};
    const double noise = random.chance(0.5) ? 0 : 0.3;
    const bool is_ball = random.chance(0.7);
    for (int64_t index = 0; index < voxels.size(); ++index) {
      const core::Shape3 at = {index % shape[0], index / shape[0] % shape[1],
                               index / shape[0] / shape[1]};
      double far = 0;
      for (size_t axis = 0; axis < 3; ++axis) {
        const double off =
            static_cast<double>(at[axis] - centre[axis]) / static_cast<double>(radii[axis]);
        far = is_ball ? far + off * off : std::max(far, std::abs(off));
      }
      voxels.data()[index] = far < 1 && !random.chance(noise) ? 1 : 0;
    }
    masks.push_back(mask_of(voxels));
  }
  return masks;
}

// The same runs over the shape with its extents in another order, as a wrong encoder leaves them.
void misread(std::vector<mask::RunMask>& masks, const core::Shape3& shape) {
  for (mask::RunMask& mask : masks) {
    mask.shape = shape;
  }
}

TEST(MaskStatistics, suspect_axes_as_the_count_of_all_faces_does) {
  int suspected = 0;
  for (uint64_t trial = 0; trial < 600; ++trial) {
    core::CounterRandom random(71, 0, trial);
    std::array<int64_t, 3> shape = {8 + random.below(60), 8 + random.below(40),
                                    8 + random.below(30)};
    std::vector<mask::RunMask> masks = random_bodies(random, shape);
    for (uint64_t turn = 0; turn < trial % 6; ++turn) {
      std::ranges::next_permutation(shape);
    }
    misread(masks, shape);
    const RunTotals totals = totals_of(masks);
    const bool can_tell = totals.voxels >= 500;
    const std::optional<AxisOrder> exact = can_tell ? find_axis_order(masks) : std::nullopt;
    const std::optional<AxisOrder> quick = suspect_axis_order(masks, totals);
    ASSERT_EQ(quick.has_value(), exact.has_value()) << trial << " " << core::to_string(shape);
    if (exact) {
      ++suspected;
      EXPECT_EQ(quick->axes, exact->axes);
      EXPECT_EQ(quick->faces, exact->faces);
    }
  }
  EXPECT_GT(suspected, 50);
}

TEST(MaskStatistics, suspect_nothing_in_few_or_random_voxels) {
  EXPECT_FALSE(suspect_axis_order({}, {}).has_value());
  const std::vector<mask::RunMask> random = {mask_of(random_voxels(3, 0.5))};
  EXPECT_FALSE(suspect_axis_order(random, totals_of(random)).has_value());
}

TEST(MaskStatistics, sum_up_runs) {
  const std::vector<mask::RunMask> masks = {
      {kShape, {{0, 3}, {9, 1}}}, {kShape, {}}, {kShape, {{2, 7}}}};
  const RunTotals totals = totals_of(masks);
  EXPECT_EQ(totals.runs, 3);
  EXPECT_EQ(totals.voxels, 11);
  EXPECT_EQ(totals.longest, 7);
}

}  // namespace

}  // namespace volseg::dataset::internal
