// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/pack_resample.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "volseg/core/random.h"
#include "volseg/dataset/internal/made_dataset_test.h"

namespace volseg::dataset::internal {

namespace {

using Point = std::array<double, 3>;

constexpr core::Shape3 kFrom = {5, 4, 6};

core::Array<int32_t> random_labels() {
  core::Array<int32_t> labels(kFrom);
  core::CounterRandom random(3, 0, 0);
  for (int64_t index = 0; index < labels.size(); ++index) {
    labels.data()[index] = static_cast<int32_t>(1 + random.below(9));
  }
  return labels;
}

volume::Geometry geometry(const Point& spacing_mm, const Point& origin_mm,
                          const std::array<double, 9>& direction) {
  return {.known = true,
          .spacing_mm = spacing_mm,
          .origin_mm = origin_mm,
          .direction = direction,
          .nifti = {}};
}

Point world_of(const volume::Geometry& geometry, const Point& index) {
  Point world = geometry.origin_mm;
  for (size_t row = 0; row < 3; ++row) {
    for (size_t axis = 0; axis < 3; ++axis) {
      world[row] += geometry.direction[row * 3 + axis] * geometry.spacing_mm[axis] * index[axis];
    }
  }
  return world;
}

double distance_squared(const Point& first, const Point& second) {
  double sum = 0;
  for (size_t axis = 0; axis < 3; ++axis) {
    sum += (first[axis] - second[axis]) * (first[axis] - second[axis]);
  }
  return sum;
}

// Every voxel of the old grid, and one layer around it that is 0, is tried.
int32_t nearest_plainly(const core::Array<int32_t>& labels, const volume::Geometry& from,
                        const Point& world) {
  double best = std::numeric_limits<double>::infinity();
  int32_t label = 0;
  for (int64_t c = -1; c <= kFrom[2]; ++c) {
    for (int64_t b = -1; b <= kFrom[1]; ++b) {
      for (int64_t a = -1; a <= kFrom[0]; ++a) {
        const double distance =
            distance_squared(world, world_of(from, {static_cast<double>(a), static_cast<double>(b),
                                                    static_cast<double>(c)}));
        const bool inside =
            a >= 0 && b >= 0 && c >= 0 && a < kFrom[0] && b < kFrom[1] && c < kFrom[2];
        label = distance < best ? (inside ? labels(a, b, c) : 0) : label;
        best = std::min(best, distance);
      }
    }
  }
  return label;
}

void expect_plain_result(const volume::Geometry& from, const core::Shape3& shape,
                         const volume::Geometry& to) {
  const core::Array<int32_t> labels = random_labels();
  const core::Array<int32_t> found = resample_nearest(labels.view(), from, shape, to);
  int64_t inside = 0;
  for (int64_t flat = 0; flat < found.size(); ++flat) {
    const int64_t a = flat % shape[0];
    const int64_t b = flat / shape[0] % shape[1];
    const int64_t c = flat / (shape[0] * shape[1]);
    const Point index = {static_cast<double>(a), static_cast<double>(b), static_cast<double>(c)};
    ASSERT_EQ(found(a, b, c), nearest_plainly(labels, from, world_of(to, index)))
        << a << " " << b << " " << c;
    inside += found(a, b, c) != 0 ? 1 : 0;
  }
  EXPECT_GT(inside, 0);
}

constexpr std::array<double, 9> kStraight = {1, 0, 0, 0, 1, 0, 0, 0, 1};
constexpr std::array<double, 9> kFlipped = {-1, 0, 0, 0, 1, 0, 0, 0, -1};
constexpr std::array<double, 9> kTurned = {0, 1, 0, 0, 0, -1, 1, 0, 0};

TEST(ResampleNearest, equals_a_search_over_all_voxels_for_other_spacings) {
  expect_plain_result(geometry({1, 1.5, 2}, {0, 0, 0}, kStraight), {9, 7, 8},
                      geometry({0.7, 1.1, 1.3}, {-0.33, 0.21, 0.4}, kStraight));
  expect_plain_result(geometry({0.5, 0.6, 0.7}, {3, 2, 1}, kStraight), {3, 2, 4},
                      geometry({1.2, 1.4, 1.7}, {3.1, 1.9, 1.2}, kStraight));
}

TEST(ResampleNearest, equals_a_search_over_all_voxels_for_flips_and_turns) {
  expect_plain_result(geometry({1, 1.5, 2}, {0, 0, 0}, kStraight), {6, 5, 7},
                      geometry({0.9, 1.1, 1.3}, {4.03, 0.21, 9.87}, kFlipped));
  expect_plain_result(geometry({1, 1.5, 2}, {1, 2, 3}, kTurned), {6, 5, 7},
                      geometry({0.9, 1.1, 1.3}, {1.13, -1.9, 2.8}, kStraight));
  const double cosine = std::cos(0.4);
  const double sine = std::sin(0.4);
  expect_plain_result(
      geometry({1, 1, 1}, {0, 0, 0}, kFlipped), {7, 5, 6},
      geometry({0.8, 0.8, 0.8}, {-4.1, 0.3, -5.2}, {cosine, -sine, 0, sine, cosine, 0, 0, 0, 1}));
}

TEST(ResampleNearest, gives_the_labels_back_on_their_own_grid) {
  const core::Array<int32_t> labels = random_labels();
  const volume::Geometry own = geometry({1, 1.5, 2}, {7, 8, 9}, kTurned);
  const core::Array<int32_t> found = resample_nearest(labels.view(), own, kFrom, own);
  EXPECT_TRUE(std::equal(found.data(), found.data() + found.size(), labels.data()));
}

TEST(ResampleNearest, takes_the_lower_index_half_way_and_0_outside) {
  const core::Array<int32_t> labels = random_labels();
  const volume::Geometry own = geometry({1, 1, 1}, {0, 0, 0}, kStraight);
  const volume::Geometry half = geometry({1, 1, 1}, {0.5, 0, 0}, kStraight);
  const core::Array<int32_t> found = resample_nearest(labels.view(), own, kFrom, half);
  EXPECT_EQ(found(0, 1, 2), labels(0, 1, 2));
  EXPECT_EQ(found(4, 1, 2), labels(4, 1, 2));
  const volume::Geometry away = geometry({1, 1, 1}, {1e30, 0, 0}, kStraight);
  EXPECT_EQ(resample_nearest(labels.view(), own, kFrom, away)(1, 1, 1), 0);
}

TEST(ResampleNearest, refuses_axes_in_one_plane) {
  const core::Array<int32_t> labels = random_labels();
  const volume::Geometry flat = geometry({1, 1, 1}, {0, 0, 0}, {1, 0, 1, 0, 1, 0, 0, 0, 0});
  EXPECT_TRUE(
      holds(refusal([&] { static_cast<void>(resample_nearest(labels.view(), flat, kFrom, flat)); }),
            "do not span space"));
}

}  // namespace

}  // namespace volseg::dataset::internal
