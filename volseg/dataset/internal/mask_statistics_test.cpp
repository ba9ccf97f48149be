// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/mask_statistics.h"

#include <gtest/gtest.h>

#include <algorithm>

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

TEST(MaskStatistics, count_overlaps_like_pairwise_intersection) {
  std::vector<mask::RunMask> masks;
  for (uint64_t seed = 0; seed < 6; ++seed) {
    masks.push_back(mask_of(random_voxels(seed, 0.1 * static_cast<double>(seed))));
  }
  std::vector<Overlap> expected;
  for (size_t first = 0; first < masks.size(); ++first) {
    for (size_t second = first + 1; second < masks.size(); ++second) {
      const int64_t voxels = mask::intersection_area(masks[first], masks[second]);
      if (voxels > 0) {
        expected.push_back({first, second, voxels});
      }
    }
  }
  const std::vector<Overlap> found = overlaps_of(masks);
  ASSERT_EQ(found.size(), expected.size());
  for (size_t index = 0; index < found.size(); ++index) {
    EXPECT_EQ(found[index].first, expected[index].first);
    EXPECT_EQ(found[index].second, expected[index].second);
    EXPECT_EQ(found[index].voxels, expected[index].voxels);
  }
}

TEST(MaskStatistics, suspect_nothing_in_few_or_random_voxels) {
  EXPECT_FALSE(suspect_axis_order({}).has_value());
  EXPECT_FALSE(suspect_axis_order(std::vector{mask_of(random_voxels(3, 0.5))}).has_value());
}

}  // namespace

}  // namespace volseg::dataset::internal
