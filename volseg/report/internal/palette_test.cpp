// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "volseg/report/slices.h"

namespace volseg::report {
namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;

constexpr Matrix kNormal{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
// Complete protanopia and deuteranopia: Machado, Oliveira, Fernandes, IEEE TVCG 15 (2009), table 1.
constexpr Matrix kProtanopia{{{0.152286, 1.052583, -0.204868},
                              {0.114503, 0.786281, 0.099216},
                              {-0.003882, -0.048116, 1.051998}}};
constexpr Matrix kDeuteranopia{{{0.367322, 0.860646, -0.227968},
                                {0.280085, 0.672501, 0.047413},
                                {-0.011820, 0.042940, 0.968881}}};
// Oklab, bottosson.github.io/posts/oklab.
constexpr Matrix kCones{{{0.4122214708, 0.5363325363, 0.0514459929},
                         {0.2119034982, 0.6806995451, 0.1073969566},
                         {0.0883024619, 0.2817188376, 0.6299787005}}};
constexpr Matrix kOpponents{{{0.2104542553, 0.7936177850, -0.0040720468},
                             {1.9779984951, -2.4285922050, 0.4505937099},
                             {0.0259040371, 0.7827717662, -0.8086757660}}};

Vector product(const Matrix& matrix, const Vector& vector) {
  Vector result{};
  for (size_t row = 0; row < 3; ++row) {
    for (size_t column = 0; column < 3; ++column) {
      result[row] += matrix[row][column] * vector[column];
    }
  }
  return result;
}

Vector seen(const std::array<uint8_t, 3>& color, const Matrix& vision) {
  Vector linear{};
  for (size_t i = 0; i < 3; ++i) {
    const double level = color[i] / 255.0;
    linear[i] = level <= 0.04045 ? level / 12.92 : std::pow((level + 0.055) / 1.055, 2.4);
  }
  Vector cones = product(vision, linear);
  for (double& level : cones) {
    level = std::clamp(level, 0.0, 1.0);
  }
  cones = product(kCones, cones);
  for (double& level : cones) {
    level = std::cbrt(level);
  }
  return product(kOpponents, cones);
}

double least_distance(int64_t count, const Matrix& vision) {
  double least = 1e9;
  for (int64_t i = 0; i < count; ++i) {
    for (int64_t k = 0; k < i; ++k) {
      const Vector first = seen(class_color(i), vision);
      const Vector second = seen(class_color(k), vision);
      least = std::min(
          least, std::hypot(first[0] - second[0], first[1] - second[1], first[2] - second[2]));
    }
  }
  return least;
}

TEST(ClassColor, first_seven_are_apart_for_colour_blind_people) {
  EXPECT_GT(least_distance(7, kNormal), 0.12);
  EXPECT_GT(least_distance(7, kProtanopia), 0.07);
  EXPECT_GT(least_distance(7, kDeuteranopia), 0.07);
}

TEST(ClassColor, first_twenty_four_are_apart) {
  EXPECT_GT(least_distance(24, kNormal), 0.05);
  EXPECT_GT(least_distance(24, kProtanopia), 0.05);
  EXPECT_GT(least_distance(24, kDeuteranopia), 0.05);
}

TEST(ClassColor, is_never_dark) {
  for (int64_t i = 0; i < 200; ++i) {
    EXPECT_GT(seen(class_color(i), kNormal)[0], 0.45) << i;
  }
}

}  // namespace
}  // namespace volseg::report
