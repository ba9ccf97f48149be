// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/mask/bit_mask.h"
#include "volseg/mask/internal/reference_masks_test.h"
#include "volseg/mask/internal/targets_test.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/run_text.h"

namespace volseg::mask {
namespace {

using core::Array;
using core::ArrayView;
using core::Order;
using core::Shape3;

// Rank 2 and 3 by turns, extents 1 to 70.
Shape3 draw_large_shape(core::CounterRandom& random, uint64_t trial) {
  Shape3 shape = reference::draw_shape(random, 70);
  shape[2] = trial % 2 == 0 ? shape[2] : 1;
  return shape;
}

template <typename T>
Array<T> in_order(const Array<uint8_t>& mask, Order order, T inside) {
  Array<T> array(mask.shape(), order);
  reference::for_each_index(mask.shape(), [&](int64_t a, int64_t b, int64_t c) {
    array(a, b, c) = mask(a, b, c) != 0 ? inside : T{};
  });
  return array;
}

std::string plain_text(const RunMask& mask) {
  std::string text;
  for (const Run& run : mask.runs) {
    text += (text.empty() ? "" : " ") + std::to_string(run.start + 1) + " " +
            std::to_string(run.length);
  }
  return text;
}

void expect_equal_bytes(const Array<uint8_t>& found, const Array<uint8_t>& expected) {
  EXPECT_TRUE(std::equal(found.data(), found.data() + found.size(), expected.data()))
      << core::to_string(found.shape());
}

void expect_all_paths(const Array<uint8_t>& array, const RunMask& mask, const std::string& text) {
  EXPECT_EQ(encode(array.view()), mask);
  EXPECT_EQ(encode_text(array.view()), text);
  Array<uint8_t> decoded(array.shape(), array.order(), uint8_t{9});
  decode(mask, decoded.view());
  expect_equal_bytes(decoded, array);
}

void expect_crop(const Array<uint8_t>& array, const RunMask& mask) {
  const Box box = {{array.shape()[0] / 3, -2, array.shape()[2] / 4}, {40, 50, 30}};
  Array<uint8_t> cropped(box.extents, array.order(), uint8_t{9});
  crop(mask, box, cropped.view());
  int64_t different = 0;
  reference::for_each_index(box.extents, [&](int64_t a, int64_t b, int64_t c) {
    const Shape3 index = {a + box.begin[0], b + box.begin[1], c + box.begin[2]};
    const bool outside = index[0] >= array.shape()[0] || index[1] < 0 ||
                         index[1] >= array.shape()[1] || index[2] >= array.shape()[2];
    different += cropped(a, b, c) != (outside ? 0 : array(index[0], index[1], index[2])) ? 1 : 0;
  });
  EXPECT_EQ(different, 0);
}

TEST(DensePaths, equal_the_reference_on_1000_shapes_with_every_instruction_set) {
  for (uint64_t trial = 0; trial < reference::kShapes; ++trial) {
    core::CounterRandom random(41, 0, trial);
    const Shape3 shape = draw_large_shape(random, trial);
    SCOPED_TRACE(core::to_string(shape));
    const auto array =
        reference::draw_array<uint8_t>(random, shape, Order::kFortran, trial % 11 / 10.0);
    const auto c_array = in_order<uint8_t>(array, Order::kC, 1);
    const RunMask mask = reference::encode(array.view());
    const std::string text = plain_text(mask);
    reference::for_each_target([&] {
      expect_all_paths(array, mask, text);
      expect_all_paths(c_array, mask, text);
      if (trial % 20 < 2) {
        expect_crop(array, mask);
        expect_crop(c_array, mask);
      }
      EXPECT_EQ(to_runs(to_bits(mask)), mask);
      EXPECT_EQ(area(to_bits(mask)), area(mask));
    });
    ASSERT_FALSE(HasFailure());
  }
}

template <typename T>
void expect_equal_of_type(const Array<uint8_t>& mask, const RunMask& expected) {
  Array<T> array(mask.shape(), mask.order());
  std::transform(mask.data(), mask.data() + mask.size(), array.data(),
                 [](uint8_t voxel) { return voxel != 0 ? static_cast<T>(-1) : T{}; });
  EXPECT_EQ(encode(std::as_const(array).view()), expected) << typeid(T).name();
}

template <typename... T>
void expect_equal_of_types(const Array<uint8_t>& mask, const RunMask& expected) {
  (expect_equal_of_type<T>(mask, expected), ...);
}

void expect_equal_of_every_type(const Array<uint8_t>& mask, const RunMask& expected) {
  expect_equal_of_types<bool, uint8_t, int8_t, uint16_t, int16_t, uint32_t, int32_t, uint64_t,
                        int64_t, float, double>(mask, expected);
}

TEST(DensePaths, equal_the_reference_on_1000_shapes_of_every_type) {
  for (uint64_t trial = 0; trial < reference::kShapes; ++trial) {
    core::CounterRandom random(42, 0, trial);
    const Shape3 shape = draw_large_shape(random, trial);
    SCOPED_TRACE(core::to_string(shape));
    const auto mask =
        reference::draw_array<uint8_t>(random, shape, Order::kFortran, trial % 11 / 10.0);
    const RunMask expected = reference::encode(mask.view());
    expect_equal_of_every_type(mask, expected);
    expect_equal_of_every_type(in_order<uint8_t>(mask, Order::kC, 1), expected);
    ASSERT_FALSE(HasFailure());
  }
}

TEST(DensePaths, equal_the_reference_of_every_type_with_every_instruction_set) {
  for (const Shape3& shape : {Shape3{67, 31, 45}, Shape3{40, 65, 19}, Shape3{33, 70, 1}}) {
    core::CounterRandom random(43, 0, 0);
    const auto mask = reference::draw_array<uint8_t>(random, shape, Order::kFortran, 0.4);
    const auto c_mask = in_order<uint8_t>(mask, Order::kC, 1);
    const RunMask expected = reference::encode(mask.view());
    reference::for_each_target([&] {
      expect_equal_of_every_type(mask, expected);
      expect_equal_of_every_type(c_mask, expected);
    });
  }
}

// Every order of the axes in memory, every second element, and axes that run backwards.
std::vector<ArrayView<uint8_t>> odd_views(Array<uint8_t>& memory, const Shape3& shape) {
  std::vector<ArrayView<uint8_t>> views;
  std::array<int, 3> axes = {0, 1, 2};
  do {
    for (const int64_t step : {1, 2, -1}) {
      core::Strides3 strides{};
      int64_t distance = step;
      int64_t first = 0;
      for (const int axis : axes) {
        strides[axis] = distance;
        first += distance < 0 ? -distance * (shape[axis] - 1) : 0;
        distance *= shape[axis];
      }
      views.push_back({memory.data() + first, shape, strides});
    }
  } while (std::next_permutation(axes.begin(), axes.end()));
  return views;
}

TEST(DensePaths, read_and_write_views_with_odd_strides) {
  for (uint64_t trial = 0; trial < reference::kShapes / 20; ++trial) {
    core::CounterRandom random(44, 0, trial);
    const Shape3 shape = draw_large_shape(random, trial);
    const auto mask =
        reference::draw_array<uint8_t>(random, shape, Order::kFortran, trial % 11 / 10.0);
    const RunMask expected = reference::encode(mask.view());
    Array<uint8_t> memory({2 * mask.size(), 1, 1}, Order::kFortran, uint8_t{9});
    for (const ArrayView<uint8_t>& view : odd_views(memory, shape)) {
      std::fill_n(memory.data(), memory.size(), uint8_t{9});
      decode(expected, view);
      EXPECT_EQ(reference::encode(ArrayView<const uint8_t>(view)), expected);
      EXPECT_EQ(encode(ArrayView<const uint8_t>(view)), expected);
      EXPECT_EQ(std::count(memory.data(), memory.data() + memory.size(), 9), mask.size());
    }
  }
}

TEST(DensePaths, write_around_the_caches_what_they_write_through_them) {
  const Shape3 shape = {179, 173, 167};
  core::CounterRandom random(45, 0, 0);
  const auto array = reference::draw_array<uint8_t>(random, shape, Order::kFortran, 0.3);
  const RunMask mask = reference::encode(array.view());
  reference::for_each_target([&] {
    Array<uint8_t> memory({array.size() + 1, 1, 1}, Order::kFortran, uint8_t{9});
    for (const int64_t offset : {0, 1}) {
      decode(mask, {memory.data() + offset, shape, array.view().strides});
      EXPECT_TRUE(std::equal(array.data(), array.data() + array.size(), memory.data() + offset));
    }
  });
}

TEST(BitMask, counts_voxels_in_both) {
  for (uint64_t trial = 0; trial < reference::kShapes / 10; ++trial) {
    core::CounterRandom random(46, 0, trial);
    const Shape3 shape = draw_large_shape(random, trial);
    const auto first = reference::draw_array<uint8_t>(random, shape, Order::kFortran, 0.5);
    const auto second = reference::draw_array<uint8_t>(random, shape, Order::kFortran, 0.5);
    int64_t shared = 0;
    for (int64_t i = 0; i < first.size(); ++i) {
      shared += first.data()[i] * second.data()[i];
    }
    const RunMask first_runs = encode(first.view());
    const RunMask second_runs = encode(second.view());
    EXPECT_EQ(intersection_area(first_runs, second_runs), shared);
    reference::for_each_target(
        [&] { EXPECT_EQ(intersection_area(to_bits(first_runs), to_bits(second_runs)), shared); });
  }
}

TEST(BitMask, tells_each_voxel) {
  const BitMask bits = to_bits({{2, 3, 4}, {{1, 1}, {22, 2}}});
  EXPECT_TRUE(bits.contains({1, 0, 0}));
  EXPECT_FALSE(bits.contains({0, 0, 0}));
  EXPECT_TRUE(bits.contains({1, 2, 3}));
  EXPECT_THROW((void)intersection_area(bits, BitMask({3, 2, 4})), Error);
}

}  // namespace
}  // namespace volseg::mask
