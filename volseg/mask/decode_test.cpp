// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "volseg/core/error.h"
#include "volseg/mask/internal/reference_masks_test.h"
#include "volseg/mask/run_mask.h"

namespace volseg::mask {
namespace {

using core::Order;
using core::Shape3;

constexpr std::array<Order, 2> kOrders = {Order::kC, Order::kFortran};

RunMask draw_mask(core::CounterRandom& random, const Shape3& shape, double density_fraction) {
  const auto array =
      reference::draw_array<uint8_t>(random, shape, Order::kFortran, density_fraction);
  return reference::encode(array.view());
}

TEST(Decode, gives_back_the_encoded_array) {
  for (uint64_t trial = 0; trial < 300; ++trial) {
    core::CounterRandom random(11, 0, trial);
    const Shape3 shape = reference::draw_shape(random, 9);
    const RunMask mask = draw_mask(random, shape, trial % 11 / 10.0);
    for (const Order order : kOrders) {
      core::Array<uint8_t> array(shape, order, uint8_t{9});
      decode(mask, array.view());
      reference::for_each_index(shape, [&](int64_t a, int64_t b, int64_t c) {
        ASSERT_EQ(array(a, b, c), reference::contains(mask, {a, b, c}) ? 1 : 0);
      });
    }
  }
}

TEST(Decode, fills_more_columns_than_one_tile) {
  core::CounterRandom random(12, 0, 0);
  const Shape3 shape = {7, 5, 200};
  const RunMask mask = draw_mask(random, shape, 0.4);
  core::Array<uint8_t> array(shape, Order::kC, uint8_t{9});
  decode(mask, array.view());
  EXPECT_EQ(reference::encode(std::as_const(array).view()), mask);
}

TEST(Decode, writes_only_inside_a_strided_view) {
  core::CounterRandom random(13, 0, 0);
  const Shape3 shape = {3, 4, 5};
  const RunMask mask = draw_mask(random, shape, 0.5);
  for (const Order order : kOrders) {
    core::Array<uint8_t> whole({6, 7, 8}, order, uint8_t{9});
    decode(mask, whole.view().box({1, 2, 3}, shape));
    reference::for_each_index(whole.shape(), [&](int64_t a, int64_t b, int64_t c) {
      const Shape3 index = {a - 1, b - 2, c - 3};
      const bool inside = a >= 1 && a < 4 && b >= 2 && b < 6 && c >= 3;
      const int expected = reference::contains(mask, index) ? 1 : 0;
      ASSERT_EQ(whole(a, b, c), inside ? expected : 9);
    });
  }
}

TEST(Decode, refuses_another_shape_and_names_both) {
  core::Array<uint8_t> array({4, 3, 2});
  try {
    decode(RunMask{{2, 3, 4}, {}}, array.view());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kShape);
    EXPECT_NE(std::string(error.what()).find("4 x 3 x 2"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("2 x 3 x 4"), std::string::npos);
  }
}

TEST(Crop, equals_decode_then_crop_also_over_the_border) {
  for (uint64_t trial = 0; trial < 500; ++trial) {
    core::CounterRandom random(14, 0, trial);
    const RunMask mask = draw_mask(random, reference::draw_shape(random, 9), trial % 11 / 10.0);
    const Box box = {{random.below(16) - 6, random.below(16) - 6, random.below(16) - 6},
                     reference::draw_shape(random, 12)};
    for (const Order order : kOrders) {
      core::Array<uint8_t> cropped(box.extents, order, uint8_t{9});
      crop(mask, box, cropped.view());
      reference::for_each_index(box.extents, [&](int64_t a, int64_t b, int64_t c) {
        const Shape3 index = {a + box.begin[0], b + box.begin[1], c + box.begin[2]};
        ASSERT_EQ(cropped(a, b, c), reference::contains(mask, index) ? 1 : 0);
      });
    }
  }
}

TEST(Crop, is_zero_for_boxes_at_the_ends_of_the_integers) {
  const RunMask full{{2, 3, 4}, {{0, 24}}};
  constexpr int64_t kFarthest = std::numeric_limits<int64_t>::max();
  for (const int64_t begin : {kFarthest, -kFarthest, -kFarthest - 1}) {
    core::Array<uint8_t> cropped({3, 2, 1}, Order::kC, uint8_t{9});
    crop(full, {{begin, 0, 0}, {3, 2, 1}}, cropped.view());
    EXPECT_TRUE(encode(std::as_const(cropped).view()).runs.empty());
  }
}

TEST(Crop, refuses_a_view_of_another_shape) {
  core::Array<uint8_t> cropped({3, 2, 1});
  EXPECT_THROW(crop(RunMask{{2, 3, 4}, {}}, {{0, 0, 0}, {1, 2, 3}}, cropped.view()), Error);
}

TEST(Paint, writes_the_label_inside_and_leaves_the_rest) {
  for (uint64_t trial = 0; trial < 100; ++trial) {
    core::CounterRandom random(15, 0, trial);
    const Shape3 shape = reference::draw_shape(random, 9);
    const RunMask mask = draw_mask(random, shape, 0.5);
    for (const Order order : kOrders) {
      core::Array<int32_t> labels(shape, order, 5);
      paint(mask, 70'000, labels.view());
      reference::for_each_index(shape, [&](int64_t a, int64_t b, int64_t c) {
        ASSERT_EQ(labels(a, b, c), reference::contains(mask, {a, b, c}) ? 70'000 : 5);
      });
    }
  }
}

TEST(DecodeLabels, equals_painting_one_label_after_the_other) {
  for (uint64_t trial = 0; trial < 200; ++trial) {
    core::CounterRandom random(16, 0, trial);
    const Shape3 shape = reference::draw_shape(random, trial % 10 == 0 ? 80 : 12);
    std::vector<LabelRuns> masks;
    for (int32_t label = 0; label < 5; ++label) {
      masks.push_back({100 - 20 * label, draw_mask(random, shape, trial % 11 / 10.0)});
    }
    for (const Order order : kOrders) {
      core::Array<int32_t> expected(shape, order, 0);
      for (const LabelRuns& mask : masks) {
        paint(mask.mask, mask.label, expected.view());
      }
      core::Array<int32_t> found(shape, order, 9);
      decode_labels(masks, found.view());
      ASSERT_TRUE(std::equal(found.data(), found.data() + found.size(), expected.data()));
    }
  }
}

TEST(DecodeLabels, gives_back_an_encoded_map) {
  core::CounterRandom random(17, 0, 0);
  for (const Order order : kOrders) {
    const auto labels = reference::draw_array<int32_t>(random, {41, 37, 83}, order, 0.8, 120);
    core::Array<int32_t> found(labels.shape(), order, 9);
    decode_labels(encode_labels(labels.view()), found.view());
    EXPECT_TRUE(std::equal(found.data(), found.data() + found.size(), labels.data()));
    const core::ArrayView<int32_t> turned = {
        found.data(),
        {37, 41, 83},
        {found.view().strides[1], found.view().strides[0], found.view().strides[2]}};
    const core::ArrayView<const int32_t> expected = {labels.data(), turned.shape, turned.strides};
    const auto masks = encode_labels(expected);
    std::fill_n(found.data(), found.size(), 9);
    decode_labels(masks, turned);
    EXPECT_TRUE(std::equal(found.data(), found.data() + found.size(), labels.data()));
  }
}

TEST(DecodeLabels, refuses_another_shape) {
  core::Array<int32_t> labels({2, 3, 5});
  EXPECT_THROW(decode_labels({{1, {{2, 3, 4}, {}}}}, labels.view()), Error);
}

TEST(Paint, refuses_another_shape) {
  core::Array<int32_t> labels({2, 3, 5});
  EXPECT_THROW(paint(RunMask{{2, 3, 4}, {}}, 1, labels.view()), Error);
}

}  // namespace
}  // namespace volseg::mask
