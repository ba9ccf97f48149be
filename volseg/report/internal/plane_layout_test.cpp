// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/plane_layout.h"

#include <gtest/gtest.h>

#include <string>

namespace volseg::report::internal {
namespace {

volume::Header made_header(const std::array<double, 9>& direction) {
  volume::Header header;
  header.shape = {10, 20, 30};
  header.geometry.known = true;
  header.geometry.spacing_mm = {1, 1, 3};
  header.geometry.direction = direction;
  return header;
}

std::string letters(const Plane& plane) {
  return {plane.left, plane.right, plane.top, plane.bottom};
}

TEST(LayOutPlanes, shows_an_ras_grid_with_right_at_the_left_and_superior_on_top) {
  const PlaneLayout layout = lay_out_planes(made_header({1, 0, 0, 0, 1, 0, 0, 0, 1}), 90);
  EXPECT_EQ(letters(layout.planes[0]), "RLAP");
  EXPECT_EQ(letters(layout.planes[1]), "RLSI");
  EXPECT_EQ(letters(layout.planes[2]), "APSI");
  EXPECT_TRUE(layout.planes[0].flip_horizontal);
  EXPECT_TRUE(layout.planes[0].flip_vertical);
  EXPECT_EQ(layout.planes[1].height, 90);
  EXPECT_EQ(layout.planes[1].width, 10);
  EXPECT_EQ(layout.planes[0].height, 20);
}

TEST(LayOutPlanes, shows_an_lps_grid_in_the_same_pose) {
  const PlaneLayout layout = lay_out_planes(made_header({-1, 0, 0, 0, -1, 0, 0, 0, 1}), 90);
  EXPECT_EQ(letters(layout.planes[0]), "RLAP");
  EXPECT_FALSE(layout.planes[0].flip_horizontal);
  EXPECT_FALSE(layout.planes[0].flip_vertical);
  EXPECT_TRUE(layout.planes[1].flip_vertical);
  EXPECT_DOUBLE_EQ(layout.planes[0].column_index(0, {10, 20, 30}), 0);
  EXPECT_DOUBLE_EQ(layout.planes[1].row_index(1, {10, 20, 30}), 29);
}

TEST(LayOutPlanes, follows_array_axes_in_another_order) {
  const PlaneLayout layout = lay_out_planes(made_header({0, 0, 1, -1, 0, 0, 0, 1, 0}), 90);
  const Plane& axial = layout.planes[0];
  EXPECT_EQ(axial.fixed_axis, 1U);
  EXPECT_EQ(axial.horizontal_axis, 2U);
  EXPECT_EQ(axial.vertical_axis, 0U);
  EXPECT_TRUE(axial.flip_horizontal);
  EXPECT_FALSE(axial.flip_vertical);
  EXPECT_EQ(letters(axial), "RLAP");
}

TEST(LayOutPlanes, without_geometry_has_no_letters_and_no_flips) {
  volume::Header header = made_header({-1, 0, 0, 0, 1, 0, 0, 0, 1});
  header.geometry.known = false;
  for (const Plane& plane : lay_out_planes(header, 90).planes) {
    EXPECT_EQ(letters(plane), std::string(4, '\0'));
    EXPECT_FALSE(plane.flip_horizontal);
    EXPECT_FALSE(plane.flip_vertical);
  }
}

}  // namespace
}  // namespace volseg::report::internal
