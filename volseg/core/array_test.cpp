// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/array.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "volseg/core/error.h"

namespace volseg::core {

namespace {

constexpr Shape3 kShape = {3, 4, 5};

TEST(Array, places_elements_in_the_order_asked_for) {
  Array<int32_t> fortran(kShape, Order::kFortran);
  Array<int32_t> c(kShape, Order::kC);
  for (int64_t index = 0; index < 60; ++index) {
    fortran.data()[index] = static_cast<int32_t>(index);
    c.data()[index] = static_cast<int32_t>(index);
  }
  EXPECT_EQ(fortran(1, 2, 3), 1 + 3 * 2 + 12 * 3);
  EXPECT_EQ(c(1, 2, 3), 3 + 5 * 2 + 20 * 1);
  EXPECT_TRUE(fortran.view().is_dense(Order::kFortran));
  EXPECT_FALSE(c.view().is_dense(Order::kFortran));
}

TEST(Array, shows_a_box_without_copying) {
  Array<int16_t> array(kShape, Order::kC, int16_t{0});
  const auto box = array.view().box({1, 2, 3}, {2, 1, 2});
  box(1, 0, 1) = 7;
  EXPECT_EQ(array(2, 2, 4), 7);
  EXPECT_EQ(box.size(), 4);
  EXPECT_FALSE(box.is_dense(Order::kC));
}

TEST(VoxelCount, multiplies_and_refuses_what_is_no_size) {
  EXPECT_EQ(voxel_count(kShape), 60);
  EXPECT_EQ(voxel_count({3, 0, 5}), 0);
  EXPECT_EQ(voxel_count({int64_t{1} << 31, int64_t{1} << 31, 1}), int64_t{1} << 62);
  EXPECT_THROW(static_cast<void>(voxel_count({3, -1, 5})), Error);
  EXPECT_THROW(static_cast<void>(voxel_count({int64_t{1} << 31, int64_t{1} << 31, 2})), Error);
  EXPECT_THROW(static_cast<void>(voxel_count({INT64_MAX, INT64_MAX, INT64_MAX})), Error);
}

TEST(ShapeText, writes_extents_with_crosses) { EXPECT_EQ(to_string(kShape), "3 x 4 x 5"); }

}  // namespace

}  // namespace volseg::core
