// SPDX-License-Identifier: Apache-2.0
#include "volseg/mask/set_algebra.h"

#include <gtest/gtest.h>

#include <functional>

#include "volseg/core/error.h"
#include "volseg/mask/internal/reference_masks_test.h"

namespace volseg::mask {
namespace {

using core::Array;
using core::Order;
using core::Shape3;

using Rule = std::function<bool(bool, bool)>;

RunMask dense(const Array<uint8_t>& first, const Array<uint8_t>& second, const Rule& rule) {
  Array<uint8_t> result(first.shape());
  for (int64_t i = 0; i < first.size(); ++i) {
    result.data()[i] = rule(first.data()[i] != 0, second.data()[i] != 0) ? 1 : 0;
  }
  return reference::encode(std::as_const(result).view());
}

TEST(SetAlgebra, equals_the_dense_reference) {
  for (uint64_t trial = 0; trial < reference::kShapes; ++trial) {
    core::CounterRandom random(51, 0, trial);
    const Shape3 shape = reference::draw_shape(random, 12);
    const auto one =
        reference::draw_array<uint8_t>(random, shape, Order::kFortran, trial % 11 / 10.0);
    const auto other =
        reference::draw_array<uint8_t>(random, shape, Order::kFortran, trial / 11 % 11 / 10.0);
    const RunMask first = reference::encode(one.view());
    const RunMask second = reference::encode(other.view());
    const RunMask both = dense(one, other, [](bool a, bool b) { return a && b; });
    EXPECT_EQ(intersection_of(first, second), both);
    EXPECT_EQ(union_of(first, second), dense(one, other, [](bool a, bool b) { return a || b; }));
    const RunMask left = dense(one, other, [](bool a, bool b) { return a && !b; });
    EXPECT_EQ(difference_of(first, second), left);
    EXPECT_EQ(complement_of(first), dense(one, other, [](bool a, bool) { return !a; }));
    const Overlap overlap = {area(both), area(left), area(second) - area(both)};
    EXPECT_EQ(overlap_of(first, second), overlap);
  }
}

TEST(SetAlgebra, refuses_masks_of_different_shapes) {
  const RunMask first{{2, 3, 4}, {}};
  const RunMask second{{2, 4, 3}, {}};
  EXPECT_THROW((void)union_of(first, second), Error);
  EXPECT_THROW((void)intersection_of(first, second), Error);
  EXPECT_THROW((void)difference_of(first, second), Error);
  EXPECT_THROW((void)overlap_of(first, second), Error);
}

TEST(SetAlgebra, knows_empty_shapes) {
  const RunMask empty{{2, 0, 4}, {}};
  EXPECT_EQ(complement_of(empty), empty);
  EXPECT_EQ(union_of(empty, empty), empty);
}

}  // namespace
}  // namespace volseg::mask
