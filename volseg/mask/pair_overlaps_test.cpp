// SPDX-License-Identifier: Apache-2.0
#include "volseg/mask/pair_overlaps.h"

#include <gtest/gtest.h>

#include "volseg/core/error.h"
#include "volseg/mask/internal/reference_masks_test.h"

namespace volseg::mask {
namespace {

using core::Shape3;

std::vector<PairOverlap> compare_plainly(const std::vector<RunMask>& masks) {
  std::vector<PairOverlap> overlaps;
  for (size_t first = 0; first < masks.size(); ++first) {
    for (size_t second = first + 1; second < masks.size(); ++second) {
      const int64_t voxels = intersection_area(masks[first], masks[second]);
      if (voxels > 0) {
        overlaps.push_back({first, second, voxels});
      }
    }
  }
  return overlaps;
}

TEST(PairOverlaps, equal_pairwise_intersections_of_random_masks) {
  for (uint64_t trial = 0; trial < reference::kShapes; ++trial) {
    core::CounterRandom random(61, 0, trial);
    const Shape3 shape = reference::draw_shape(random, trial % 10 == 0 ? 60 : 12);
    std::vector<RunMask> masks;
    for (uint64_t mask = 0; mask < trial % 7; ++mask) {
      const double density = static_cast<double>((trial / 7 + mask) % 11) / 10;
      const auto voxels =
          reference::draw_array<uint8_t>(random, shape, core::Order::kFortran, density);
      masks.push_back(reference::encode(voxels.view()));
    }
    EXPECT_EQ(pair_overlaps_of(masks), compare_plainly(masks)) << trial;
  }
}

// Runs from one voxel to several blocks, with gaps alike.
RunMask draw_long_runs(core::CounterRandom& random, const Shape3& shape) {
  RunMask mask{shape, {}};
  const auto draw = [&random] { return 1 + random.below(int64_t{1} << (1 + random.below(20))); };
  for (int64_t begin = draw(); begin < core::voxel_count(shape); begin += draw()) {
    const int64_t length = std::min(draw(), core::voxel_count(shape) - begin);
    mask.runs.push_back({begin, length});
    begin += length;
  }
  return mask;
}

TEST(PairOverlaps, equal_pairwise_intersections_of_runs_longer_than_a_block) {
  for (uint64_t trial = 0; trial < 50; ++trial) {
    core::CounterRandom random(62, 0, trial);
    std::vector<RunMask> masks;
    for (uint64_t mask = 0; mask < 2 + trial % 4; ++mask) {
      masks.push_back(draw_long_runs(random, {512, 512, 30}));
    }
    EXPECT_EQ(pair_overlaps_of(masks), compare_plainly(masks)) << trial;
  }
}

TEST(PairOverlaps, take_no_time_for_voxels_without_runs) {
  constexpr Shape3 kVast = {int64_t{1} << 20, int64_t{1} << 20, int64_t{1} << 20};
  const int64_t voxels = core::voxel_count(kVast);
  const std::vector<RunMask> masks = {{kVast, {{0, voxels}}},
                                      {kVast, {{5, 1}, {voxels - 7, 7}}},
                                      {kVast, {}},
                                      {kVast, {{voxels / 2, voxels / 2}}}};
  EXPECT_EQ(pair_overlaps_of(masks),
            (std::vector<PairOverlap>{{0, 1, 8}, {0, 3, voxels / 2}, {1, 3, 7}}));
}

TEST(PairOverlaps, refuse_masks_of_other_shapes) {
  EXPECT_TRUE(pair_overlaps_of({}).empty());
  const std::vector<RunMask> masks = {{{2, 2, 2}, {}}, {{2, 2, 3}, {}}};
  EXPECT_THROW(static_cast<void>(pair_overlaps_of(masks)), Error);
}

}  // namespace
}  // namespace volseg::mask
