// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/plane_layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
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
  return plane.left + plane.right + plane.top + plane.bottom;
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
  EXPECT_DOUBLE_EQ(layout.planes[0].column_index(0.5, {10, 20, 30}), 0);
  EXPECT_DOUBLE_EQ(layout.planes[1].row_index(1.5, {10, 20, 30}), 29);
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

// World position of a place on the screen, by the definition of volume::Geometry.
std::array<double, 3> world_at(const volume::Header& header, const Plane& plane, double x,
                               double y) {
  std::array<double, 3> index{1, 2, 3};
  index[plane.horizontal_axis] = plane.column_index(x, header.shape);
  index[plane.vertical_axis] = plane.row_index(y, header.shape);
  std::array<double, 3> world{};
  for (size_t row = 0; row < 3; ++row) {
    for (size_t axis = 0; axis < 3; ++axis) {
      world[row] += header.geometry.direction[row * 3 + axis] * header.geometry.spacing_mm[axis] *
                    index[axis];
    }
  }
  return world;
}

// The letter of the side to which one goes from `from` to `to`.
std::string side_of(const std::array<double, 3>& from, const std::array<double, 3>& to) {
  size_t most = 0;
  for (size_t row = 1; row < 3; ++row) {
    most = std::abs(to[row] - from[row]) > std::abs(to[most] - from[most]) ? row : most;
  }
  const std::string sides = to[most] > from[most] ? "RAS" : "LPI";
  return sides.substr(most, 1);
}

TEST(LayOutPlanes, letters_equal_a_plain_computation_for_every_axis_order_and_flip) {
  std::array<size_t, 3> order{0, 1, 2};
  do {
    for (int flips = 0; flips < 8; ++flips) {
      std::array<double, 9> direction{};
      for (size_t axis = 0; axis < 3; ++axis) {
        direction[order[axis] * 3 + axis] = (flips >> axis & 1) != 0 ? -1 : 1;
      }
      const volume::Header header = made_header(direction);
      const PlaneLayout layout = lay_out_planes(header, 90);
      const std::array<std::string, 3> poses{"RLAP", "RLSI", "APSI"};
      for (size_t i = 0; i < 3; ++i) {
        const Plane& plane = layout.planes[i];
        const auto width = static_cast<double>(plane.width);
        const auto height = static_cast<double>(plane.height);
        const auto left = world_at(header, plane, 0, height / 2);
        const auto right = world_at(header, plane, width, height / 2);
        const auto top = world_at(header, plane, width / 2, 0);
        const auto bottom = world_at(header, plane, width / 2, height);
        EXPECT_EQ(plane.left, side_of(right, left));
        EXPECT_EQ(plane.right, side_of(left, right));
        EXPECT_EQ(plane.top, side_of(bottom, top));
        EXPECT_EQ(plane.bottom, side_of(top, bottom));
        EXPECT_EQ(letters(plane), poses[i]);
      }
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(LayOutPlanes, names_both_sides_where_an_axis_leans) {
  const double c = std::cos(0.6);
  const double s = std::sin(0.6);
  const PlaneLayout layout = lay_out_planes(made_header({c, -s, 0, s, c, 0, 0, 0, 1}), 90);
  EXPECT_EQ(layout.planes[0].left, "RA");
  EXPECT_EQ(layout.planes[0].right, "LP");
  EXPECT_EQ(layout.planes[0].top, "AL");
  EXPECT_EQ(layout.planes[0].bottom, "PR");
  EXPECT_EQ(layout.planes[1].top, "S");
}

TEST(LettersOf, need_more_than_a_slight_lean_and_a_direction) {
  EXPECT_EQ(letters_of({-0.98, 0.17, 0.05}), "L");
  EXPECT_EQ(letters_of({0.6, -0.6, 0.52}), "RPS");
  EXPECT_EQ(letters_of({0, 0, 0}), "");
}

TEST(LayOutPlanes, shows_no_letters_where_neither_nifti_form_is_set) {
  volume::Header header = made_header({1, 0, 0, 0, 1, 0, 0, 0, 1});
  header.geometry.nifti = volume::NiftiForms{};
  EXPECT_EQ(letters(lay_out_planes(header, 90).planes[0]), "");
  EXPECT_TRUE(lay_out_planes(header, 90).planes[1].flip_vertical);
  header.geometry.nifti->sform_code = 1;
  EXPECT_EQ(letters(lay_out_planes(header, 90).planes[0]), "RLAP");
}

TEST(LayOutFinestPlane, cuts_the_axis_with_the_largest_spacing) {
  const Plane axial = lay_out_finest_plane(made_header({1, 0, 0, 0, 1, 0, 0, 0, 1}), 100);
  EXPECT_EQ(axial.fixed_axis, 2U);
  EXPECT_EQ(axial.width, 50);
  EXPECT_EQ(axial.height, 100);
  volume::Header header = made_header({1, 0, 0, 0, 1, 0, 0, 0, 1});
  header.geometry.spacing_mm = {4, 1, 1};
  const Plane sagittal = lay_out_finest_plane(header, 60);
  EXPECT_EQ(sagittal.fixed_axis, 0U);
  EXPECT_EQ(sagittal.width, 40);
  EXPECT_EQ(sagittal.height, 60);
}

TEST(LayOutPlanes, without_geometry_has_no_letters_and_no_flips) {
  volume::Header header = made_header({-1, 0, 0, 0, 1, 0, 0, 0, 1});
  header.geometry.known = false;
  for (const Plane& plane : lay_out_planes(header, 90).planes) {
    EXPECT_EQ(letters(plane), "");
    EXPECT_FALSE(plane.flip_horizontal);
    EXPECT_FALSE(plane.flip_vertical);
  }
}

}  // namespace
}  // namespace volseg::report::internal
