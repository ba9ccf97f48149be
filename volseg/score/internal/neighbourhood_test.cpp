// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/neighbourhood.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <functional>
#include <vector>

#include "volseg/core/random.h"

namespace volseg::score::internal {
namespace {

constexpr int kVoxels = 27;

std::array<int, 3> offset_of(int bit) { return {bit / 9 - 1, bit / 3 % 3 - 1, bit % 3 - 1}; }

// Steps along axes between two voxels; more than 3 when they do not touch.
int steps_between(int first, int second) {
  int steps = 0;
  for (int axis = 0; axis < 3; ++axis) {
    const int distance = std::abs(offset_of(first)[axis] - offset_of(second)[axis]);
    steps += distance > 1 ? 4 : distance;
  }
  return steps;
}

// Moves the voxels that touch `from` to the part.
void take_neighbours(int from, int most_steps, Neighbourhood& voxels, std::vector<int>& part) {
  for (int bit = 0; bit < kVoxels; ++bit) {
    if ((voxels >> bit & 1) != 0 && steps_between(from, bit) <= most_steps) {
      voxels &= ~(1U << bit);
      part.push_back(bit);
    }
  }
}

// Connected parts of the voxels, those that touch one for which `counts` is true.
int count_parts(Neighbourhood voxels, int most_steps, const std::function<bool(int)>& counts) {
  int parts = 0;
  while (voxels != 0) {
    std::vector<int> part = {std::countr_zero(voxels)};
    voxels &= voxels - 1;
    bool is_counted = false;
    for (size_t i = 0; i < part.size(); ++i) {
      is_counted = is_counted || counts(part[i]);
      take_neighbours(part[i], most_steps, voxels, part);
    }
    parts += is_counted ? 1 : 0;
  }
  return parts;
}

int parts_of_neighbours(Neighbourhood voxels) {
  return count_parts(voxels & ~kCentre, 3, [](int) { return true; });
}

// The definition of a simple voxel: one 26-connected part of the object among the neighbours, and
// one 6-connected part of the background among those that share a face or an edge, of the parts
// that touch the centre.
bool is_simple_by_definition(Neighbourhood voxels) {
  Neighbourhood outside = 0;
  for (int bit = 0; bit < kVoxels; ++bit) {
    const int steps = steps_between(bit, 13);
    outside |= steps >= 1 && steps <= 2 && (voxels >> bit & 1) == 0 ? 1U << bit : 0;
  }
  const int outside_parts =
      count_parts(outside, 1, [](int bit) { return steps_between(bit, 13) == 1; });
  return parts_of_neighbours(voxels) == 1 && outside_parts == 1;
}

// Cells of all voxels, each once: vertices - edges + faces - cubes.
int euler_number(Neighbourhood voxels) {
  std::array<bool, 343> cells{};  // 7 x 7 x 7; an odd index lies inside a voxel's extent
  for (int bit = 0; bit < kVoxels; ++bit) {
    for (int cell = 0; (voxels >> bit & 1) != 0 && cell < kVoxels; ++cell) {
      const auto voxel = offset_of(bit);
      const auto part = offset_of(cell);
      const auto index = [&](int axis) { return 2 * (voxel[axis] + 1) + 1 + part[axis]; };
      cells[index(0) * 49 + index(1) * 7 + index(2)] = true;
    }
  }
  int number = 0;
  for (int cell = 0; cell < 343; ++cell) {
    const int dimension = cell / 49 % 2 + cell / 7 % 7 % 2 + cell % 7 % 2;
    number += !cells[cell] ? 0 : dimension % 2 == 0 ? 1 : -1;
  }
  return number;
}

// Neighbourhoods of every density, the sparse and the dense ones often.
Neighbourhood draw(uint64_t trial) {
  core::CounterRandom random(6, 0, trial);
  const double density_fraction = static_cast<double>(trial % 21) / 20;
  Neighbourhood voxels = kCentre;
  for (int bit = 0; bit < kVoxels; ++bit) {
    voxels |= random.chance(density_fraction) ? 1U << bit : 0;
  }
  return voxels;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr uint64_t kTrials = 2000;
#else
constexpr uint64_t kTrials = 20000;
#endif

TEST(Neighbourhood, connected_neighbours_equal_a_flood_fill) {
  for (uint64_t trial = 0; trial < kTrials; ++trial) {
    const Neighbourhood voxels = draw(trial);
    ASSERT_EQ(has_connected_neighbours(voxels), parts_of_neighbours(voxels) <= 1) << voxels;
  }
}

TEST(Neighbourhood, euler_change_equals_a_count_of_cells) {
  for (uint64_t trial = 0; trial < kTrials; ++trial) {
    const Neighbourhood voxels = draw(trial);
    ASSERT_EQ(euler_change_by_8(voxels),
              8 * (euler_number(voxels & ~kCentre) - euler_number(voxels)))
        << voxels;
  }
}

TEST(Neighbourhood, simple_equals_its_definition) {
  for (uint64_t trial = 0; trial < kTrials; ++trial) {
    const Neighbourhood voxels = draw(trial);
    ASSERT_EQ(is_simple(voxels), is_simple_by_definition(voxels)) << voxels;
  }
}

TEST(Neighbourhood, line_ends_have_one_neighbour) {
  EXPECT_FALSE(is_line_end(kCentre));
  EXPECT_TRUE(is_line_end(kCentre | 1));
  EXPECT_FALSE(is_line_end(kCentre | 1 | 1U << 26));
}

TEST(Neighbourhood, a_voxel_alone_and_one_inside_are_not_simple) {
  EXPECT_FALSE(is_simple(kCentre));
  EXPECT_FALSE(is_simple((1U << kVoxels) - 1));
}

}  // namespace
}  // namespace volseg::score::internal
