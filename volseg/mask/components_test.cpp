// SPDX-License-Identifier: Apache-2.0
#include "volseg/mask/components.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "volseg/mask/internal/reference_masks_test.h"

namespace volseg::mask {
namespace {

using core::Array;
using core::Order;
using core::Shape3;

constexpr std::array<Connectivity, 3> kConnectivities = {Connectivity::k6, Connectivity::k18,
                                                         Connectivity::k26};

// How many axes neighbours may differ along.
int axes_of(Connectivity connectivity) { return 1 + static_cast<int>(connectivity); }

bool are_neighbours(const Shape3& offset, Connectivity connectivity) {
  int64_t steps = 0;
  for (const int64_t step : offset) {
    steps += std::abs(step);
  }
  return steps >= 1 && steps <= axes_of(connectivity);
}

// Numbers every voxel by flooding from the first one of each component; 0 is outside.
class Flood {
 public:
  Flood(const Array<uint8_t>& mask, Connectivity connectivity)
      : mask_(mask), connectivity_(connectivity), numbers_(mask.shape(), Order::kFortran, 0) {
    reference::for_each_index(mask.shape(), [&](int64_t a, int64_t b, int64_t c) {
      if (mask_(a, b, c) != 0 && numbers_(a, b, c) == 0) {
        sizes_.push_back(fill({a, b, c}, static_cast<int32_t>(sizes_.size()) + 1));
      }
    });
  }

  [[nodiscard]] const std::vector<int64_t>& sizes() const { return sizes_; }
  [[nodiscard]] int32_t number(int64_t position) const { return numbers_.data()[position]; }

 private:
  int64_t fill(const Shape3& first, int32_t number) {
    std::vector<Shape3> found = {first};
    numbers_(first[0], first[1], first[2]) = number;
    for (size_t i = 0; i < found.size(); ++i) {
      const Shape3 from = found[i];
      reference::for_each_index({3, 3, 3}, [&](int64_t a, int64_t b, int64_t c) {
        visit(from, {a - 1, b - 1, c - 1}, number, found);
      });
    }
    return static_cast<int64_t>(found.size());
  }

  void visit(const Shape3& from, const Shape3& offset, int32_t number, std::vector<Shape3>& found) {
    Shape3 to{};
    for (int axis = 0; axis < 3; ++axis) {
      to[axis] = from[axis] + offset[axis];
      if (to[axis] < 0 || to[axis] >= mask_.shape()[axis]) {
        return;
      }
    }
    const bool is_new = mask_(to[0], to[1], to[2]) != 0 && numbers_(to[0], to[1], to[2]) == 0;
    if (is_new && are_neighbours(offset, connectivity_)) {
      numbers_(to[0], to[1], to[2]) = number;
      found.push_back(to);
    }
  }

  const Array<uint8_t>& mask_;
  Connectivity connectivity_;
  Array<int32_t> numbers_;
  std::vector<int64_t> sizes_;
};

void expect_equal(const RunMask& mask, const Flood& flood, Connectivity connectivity) {
  const Components found = connected_components(mask, connectivity);
  ASSERT_EQ(found.sizes_voxels, flood.sizes());
  int64_t voxels = 0;
  for (size_t i = 0; i < found.segments.size(); ++i) {
    for (int64_t k = 0; k < found.segments[i].length; ++k, ++voxels) {
      ASSERT_EQ(flood.number(found.segments[i].start + k), found.component_of[i] + 1);
    }
  }
  EXPECT_EQ(voxels, area(mask));
}

RunMask kept_of(const Array<uint8_t>& mask, const Flood& flood, const std::vector<bool>& kept) {
  Array<uint8_t> left(mask.shape());
  for (int64_t i = 0; i < mask.size(); ++i) {
    left.data()[i] = flood.number(i) > 0 && kept[flood.number(i) - 1] ? 1 : 0;
  }
  return reference::encode(std::as_const(left).view());
}

TEST(Components, equal_a_flood_fill) {
  for (uint64_t trial = 0; trial < 500; ++trial) {
    core::CounterRandom random(61, 0, trial);
    const Shape3 shape = reference::draw_shape(random, 11);
    const auto array =
        reference::draw_array<uint8_t>(random, shape, Order::kFortran, trial % 11 / 10.0);
    const RunMask mask = reference::encode(array.view());
    for (const Connectivity connectivity : kConnectivities) {
      const Flood flood(array, connectivity);
      expect_equal(mask, flood, connectivity);
      std::vector<bool> kept(flood.sizes().size());
      for (size_t i = 0; i < kept.size(); ++i) {
        kept[i] = flood.sizes()[i] >= 3;
      }
      EXPECT_EQ(remove_small_components(mask, 3, connectivity), kept_of(array, flood, kept));
      std::vector<bool> largest(kept.size());
      if (!largest.empty()) {
        const auto most = std::max_element(flood.sizes().begin(), flood.sizes().end());
        largest[most - flood.sizes().begin()] = true;
      }
      EXPECT_EQ(largest_component(mask, connectivity), kept_of(array, flood, largest));
    }
  }
}

TEST(Components, do_not_join_the_end_of_a_row_with_the_next) {
  const RunMask mask{{4, 3, 2}, {{3, 2}}};
  for (const Connectivity connectivity : kConnectivities) {
    EXPECT_EQ(connected_components(mask, connectivity).sizes_voxels, (std::vector<int64_t>{1, 1}));
  }
}

TEST(Components, tell_faces_edges_and_corners_apart) {
  const RunMask edge{{2, 3, 4}, {{0, 1}, {3, 1}}};
  EXPECT_EQ(connected_components(edge, Connectivity::k6).sizes_voxels.size(), 2U);
  EXPECT_EQ(connected_components(edge, Connectivity::k18).sizes_voxels.size(), 1U);
  const RunMask corner{{2, 3, 4}, {{0, 1}, {9, 1}}};
  EXPECT_EQ(connected_components(corner, Connectivity::k18).sizes_voxels.size(), 2U);
  EXPECT_EQ(connected_components(corner, Connectivity::k26).sizes_voxels.size(), 1U);
}

TEST(Components, are_none_in_an_empty_mask) {
  const RunMask empty{{2, 3, 4}, {}};
  EXPECT_TRUE(connected_components(empty, Connectivity::k6).sizes_voxels.empty());
  EXPECT_EQ(largest_component(empty, Connectivity::k6), empty);
}

}  // namespace
}  // namespace volseg::mask
