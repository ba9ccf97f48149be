// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/error_place.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "volseg/mask/set_algebra.h"
#include "volseg/report/internal/error_picture.h"

namespace volseg::report::internal {
namespace {

constexpr core::Shape3 kShape{40, 30, 20};

mask::RunMask boxes(const std::vector<mask::Box>& parts) {
  mask::RunMask all{kShape, {}};
  for (const mask::Box& part : parts) {
    mask::RunMask one{kShape, {}};
    for (int64_t row = 0; row < part.extents[1] * part.extents[2]; ++row) {
      const int64_t b = part.begin[1] + row % part.extents[1];
      const int64_t c = part.begin[2] + row / part.extents[1];
      one.runs.push_back({part.begin[0] + kShape[0] * (b + kShape[1] * c), part.extents[0]});
    }
    all = mask::union_of(all, one);
  }
  return all;
}

TEST(FindLargestError, goes_through_the_deepest_voxel_of_the_largest_part) {
  const mask::Box organ{{2, 2, 2}, {10, 10, 10}};
  const mask::Box missed{{20, 10, 5}, {9, 5, 7}};
  const mask::Box wrong{{32, 20, 2}, {3, 3, 3}};
  const auto place = find_largest_error(boxes({organ, missed}), boxes({organ, wrong}), {1, 1, 1});
  ASSERT_TRUE(place);
  EXPECT_TRUE(place->missed);
  EXPECT_EQ(place->voxels, 9 * 5 * 7);
  EXPECT_EQ(place->position, (core::Shape3{24, 12, 8}));
  EXPECT_EQ(mask::bounding_box(place->part), missed);
}

TEST(FindLargestError, tells_a_false_part_from_a_missed_one) {
  const auto place = find_largest_error(boxes({}), boxes({{{5, 5, 5}, {3, 3, 3}}}), {1, 1, 1});
  ASSERT_TRUE(place);
  EXPECT_FALSE(place->missed);
  EXPECT_EQ(place->position, (core::Shape3{6, 6, 6}));
}

// A thin plate with a bulge: the centroid lies in the plate, the deepest voxel in the bulge.
TEST(FindLargestError, finds_the_thick_end_of_a_thin_part) {
  const auto place = find_largest_error(boxes({{{0, 10, 10}, {33, 1, 1}}, {{33, 8, 8}, {5, 5, 5}}}),
                                        boxes({}), {1, 1, 1});
  ASSERT_TRUE(place);
  EXPECT_EQ(place->position, (core::Shape3{34, 10, 10}));
}

// In voxels the second box (5 across) is the deeper one, in mm the first (9 across, thick slices).
TEST(FindLargestError, measures_depth_in_mm) {
  const auto place = find_largest_error(boxes({{{2, 2, 2}, {9, 9, 3}}, {{11, 2, 2}, {20, 5, 9}}}),
                                        boxes({}), {1, 1, 10});
  ASSERT_TRUE(place);
  EXPECT_EQ(place->position[1], 6);
  EXPECT_LT(place->position[0], 11);
}

TEST(FindLargestError, is_none_for_equal_masks) {
  const mask::RunMask mask = boxes({{{2, 2, 2}, {4, 4, 4}}});
  EXPECT_FALSE(find_largest_error(mask, mask, {1, 1, 1}));
}

TEST(DetailBox, lies_around_the_error_and_inside_the_volume) {
  const auto box = detail_box({{1, 50, 30}, {6, 6, 2}}, {100, 100, 50}, {1, 1, 2});
  ASSERT_TRUE(box);
  EXPECT_EQ(box->extents, (core::Shape3{18, 18, 9}));
  EXPECT_EQ(box->begin, (core::Shape3{0, 44, 27}));
  EXPECT_FALSE(detail_box({{0, 0, 0}, {60, 60, 10}}, {100, 100, 50}, {1, 1, 2}));
}

TEST(DrawError, draws_true_false_and_missed_voxels_in_their_colours) {
  score::ComparedCase compared;
  compared.shape = kShape;
  compared.masks.truth = {boxes({{{2, 2, 2}, {20, 20, 16}}})};
  compared.masks.prediction = {boxes({{{12, 2, 2}, {20, 20, 16}}})};
  const ErrorPicture drawn = draw_error(compared, 0, std::nullopt);
  const auto has = [&](const std::array<uint8_t, 3>& color) {
    for (size_t i = 0; i + 2 < drawn.whole.pixels.size(); i += 3) {
      if (std::equal(color.begin(), color.end(), drawn.whole.pixels.begin() + i)) {
        return true;
      }
    }
    return false;
  };
  EXPECT_TRUE(has(kTruePositiveColor));
  EXPECT_TRUE(has(kFalseNegativeColor));
  EXPECT_FALSE(drawn.detail);
  EXPECT_NE(drawn.place.find("a missed part of 3200 voxels"), std::string::npos) << drawn.place;
}

}  // namespace
}  // namespace volseg::report::internal
