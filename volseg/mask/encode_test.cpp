// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/mask/internal/reference_masks_test.h"
#include "volseg/mask/run_mask.h"

namespace volseg::mask {
namespace {

using core::Order;
using core::Shape3;

constexpr std::array<Order, 2> kOrders = {Order::kC, Order::kFortran};

template <typename T>
class EncodeOfType : public ::testing::Test {};
using Types = ::testing::Types<bool, uint8_t, int8_t, uint16_t, int16_t, uint32_t, int32_t,
                               uint64_t, int64_t, float, double>;
TYPED_TEST_SUITE(EncodeOfType, Types);

TYPED_TEST(EncodeOfType, equals_reference_on_random_arrays) {
  for (uint64_t trial = 0; trial < 200; ++trial) {
    core::CounterRandom random(1, 0, trial);
    const Shape3 shape = reference::draw_shape(random, 9);
    for (const Order order : kOrders) {
      const auto array = reference::draw_array<TypeParam>(random, shape, order, trial % 11 / 10.0);
      EXPECT_EQ(encode(array.view()), reference::encode(array.view())) << core::to_string(shape);
    }
  }
}

TYPED_TEST(EncodeOfType, equals_reference_on_long_rows_of_many_blocks) {
  for (const Shape3& shape : {Shape3{301, 3, 5}, Shape3{5, 3, 301}, Shape3{3, 301, 5}}) {
    for (uint64_t trial = 0; trial < 6; ++trial) {
      core::CounterRandom random(2, 0, trial);
      for (const Order order : kOrders) {
        const auto array = reference::draw_array<TypeParam>(random, shape, order, trial / 5.0, 3);
        EXPECT_EQ(encode(array.view()), reference::encode(array.view()));
      }
    }
  }
}

TEST(Encode, reads_views_with_any_strides) {
  core::CounterRandom random(3, 0, 0);
  const auto whole = reference::draw_array<uint8_t>(random, {70, 9, 11}, Order::kFortran, 0.5);
  const auto box = whole.view().box({1, 2, 3}, {66, 5, 7});
  EXPECT_EQ(encode(box), reference::encode(box));
  const core::ArrayView<const uint8_t> turned = {
      whole.data(), {9, 70, 11}, {whole.view().strides[1], 1, whole.view().strides[2]}};
  EXPECT_EQ(encode(turned), reference::encode(turned));
  const core::ArrayView<const uint8_t> reversed = {
      &whole(69, 8, 10), {70, 9, 11}, {-1, -70, -70 * 9}};
  EXPECT_EQ(encode(reversed), reference::encode(reversed));
}

TEST(Encode, counts_every_value_but_zero_as_inside) {
  core::Array<double> array({1, 2, 3}, Order::kC, 0.0);
  array(0, 0, 0) = -1;
  array(0, 1, 1) = 0.5;
  array(0, 0, 2) = std::numeric_limits<double>::infinity();
  array(0, 1, 2) = -0.0;
  const std::vector<mask::Run> expected = {{0, 1}, {3, 2}};
  EXPECT_EQ(encode(std::as_const(array).view()).runs, expected);
}

TEST(Encode, refuses_nan_with_its_index) {
  core::Array<float> array({2, 3, 4}, Order::kC, 1.0F);
  array(1, 0, 2) = std::nanf("");
  try {
    (void)encode(std::as_const(array).view());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kFormat);
    EXPECT_NE(std::string(error.what()).find("[1, 0, 2]"), std::string::npos) << error.what();
  }
}

TEST(Encode, gives_no_runs_for_an_empty_extent) {
  const core::Array<uint8_t> array({3, 0, 4});
  EXPECT_EQ(encode(array.view()), (RunMask{{3, 0, 4}, {}}));
}

TEST(EncodeLabels, equals_one_encoding_for_each_label) {
  for (uint64_t trial = 0; trial < 200; ++trial) {
    core::CounterRandom random(4, 0, trial);
    const Shape3 shape = reference::draw_shape(random, 9);
    for (const Order order : kOrders) {
      auto labels = reference::draw_array<int32_t>(random, shape, order, 0.7, 4);
      std::set<int32_t> present;
      reference::for_each_index(shape, [&](int64_t a, int64_t b, int64_t c) {
        labels(a, b, c) = labels(a, b, c) == 3 ? -7 : labels(a, b, c);
        present.insert(labels(a, b, c));
      });
      present.erase(0);
      const std::vector<LabelRuns> found = encode_labels(labels.view());
      ASSERT_EQ(found.size(), present.size());
      size_t index = 0;
      for (const int32_t label : present) {
        core::Array<uint8_t> binary(shape);
        reference::for_each_index(shape, [&](int64_t a, int64_t b, int64_t c) {
          binary(a, b, c) = labels(a, b, c) == label ? 1 : 0;
        });
        EXPECT_EQ(found[index].label, label);
        EXPECT_EQ(found[index].mask, reference::encode(std::as_const(binary).view()));
        ++index;
      }
    }
  }
}

}  // namespace
}  // namespace volseg::mask
