// SPDX-License-Identifier: Apache-2.0
#include "volseg/mask/run_text.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/mask/internal/reference_masks_test.h"

namespace volseg::mask {
namespace {

using core::Order;
using core::Shape3;

constexpr Shape3 kShape = {2, 3, 4};

struct Golden {
  std::string text;
  std::function<bool(int64_t, int64_t, int64_t)> inside;
};

// The published `mask2rle` gives these texts for arrays of shape (2, 3, 4).
std::vector<Golden> golden_vectors() {
  const auto voxel = [](int64_t i, int64_t j, int64_t k) {
    return [=](int64_t a, int64_t b, int64_t c) { return a == i && b == j && c == k; };
  };
  const auto row_1 = [](int64_t a, int64_t b, int64_t c) {
    return a == 1 && b >= 1 && b < 3 && c >= 1 && c < 3;
  };
  const auto counted = [](int64_t a, int64_t b, int64_t c) { return a * 12 + b * 4 + c; };
  return {
      {"", [](auto...) { return false; }},
      {"1 24", [](auto...) { return true; }},
      {"1 1", voxel(0, 0, 0)},
      {"2 1", voxel(1, 0, 0)},
      {"3 1", voxel(0, 1, 0)},
      {"7 1", voxel(0, 0, 1)},
      {"16 1", voxel(1, 1, 2)},
      {"24 1", voxel(1, 2, 3)},
      {"1 1 24 1", [=](auto... i) { return voxel(0, 0, 0)(i...) || voxel(1, 2, 3)(i...); }},
      {"1 6", [](int64_t, int64_t, int64_t c) { return c == 0; }},
      {"19 6", [](int64_t, int64_t, int64_t c) { return c == 3; }},
      {"1 2 7 2 13 2 19 2", [](int64_t, int64_t b, int64_t) { return b == 0; }},
      {"3 2 9 2 15 2 21 2", [](int64_t, int64_t b, int64_t) { return b == 1; }},
      {"5 2 11 2 17 2 23 2", [](int64_t, int64_t b, int64_t) { return b == 2; }},
      {"1 1 3 1 5 1 7 1 9 1 11 1 13 1 15 1 17 1 19 1 21 1 23 1",
       [](int64_t a, int64_t, int64_t) { return a == 0; }},
      {"10 1 12 1 16 1 18 1", row_1},
      {"1 1 6 1 9 1 17 1 20 1", [=](auto... i) { return counted(i...) % 5 == 0; }},
      {"3 8 13 2 17 2 21 4", [=](auto... i) { return counted(i...) % 3 != 0; }},
  };
}

TEST(RunText, equals_the_published_encoder_on_golden_vectors) {
  for (const Golden& golden : golden_vectors()) {
    for (const Order order : {Order::kC, Order::kFortran}) {
      core::Array<uint8_t> array(kShape, order);
      reference::for_each_index(kShape, [&](int64_t a, int64_t b, int64_t c) {
        array(a, b, c) = golden.inside(a, b, c) ? 1 : 0;
      });
      EXPECT_EQ(format_runs(encode(std::as_const(array).view())), golden.text);
    }
  }
}

TEST(RunText, reads_golden_vectors_back_through_the_published_shape_argument) {
  for (const Golden& golden : golden_vectors()) {
    const auto array = decode_like_rle2mask_3d(golden.text, 3, 4, 2);
    ASSERT_EQ(array.shape(), kShape);
    reference::for_each_index(kShape, [&](int64_t a, int64_t b, int64_t c) {
      EXPECT_EQ(array(a, b, c), golden.inside(a, b, c) ? 1 : 0) << golden.text;
    });
  }
}

TEST(RunText, encodes_two_axes_as_a_third_of_extent_one) {
  core::Array<uint8_t> array({2, 3, 1}, Order::kC, uint8_t{1});
  array(0, 1, 0) = 0;
  array(1, 2, 0) = 0;
  EXPECT_EQ(format_runs(encode(std::as_const(array).view())), "1 2 4 2");
}

std::set<Shape3> ones_of(const core::Array<uint8_t>& array) {
  std::set<Shape3> ones;
  reference::for_each_index(array.shape(), [&](int64_t a, int64_t b, int64_t c) {
    if (array(a, b, c) != 0) {
      ones.insert({a, b, c});
    }
  });
  return ones;
}

TEST(RunText, decodes_like_the_published_decoder) {
  using Ones = std::set<Shape3>;
  const std::string text = "3 4 20 2";
  EXPECT_EQ(ones_of(decode_like_rle2mask_3d(text, 3, 4, 2)),
            (Ones{{0, 1, 0}, {0, 1, 3}, {0, 2, 0}, {1, 0, 3}, {1, 1, 0}, {1, 2, 0}}));
  EXPECT_EQ(ones_of(decode_like_rle2mask_3d(text, 2, 3, 4)),
            (Ones{{0, 1, 0}, {0, 1, 2}, {1, 1, 0}, {2, 0, 0}, {3, 0, 0}, {3, 0, 2}}));
  EXPECT_EQ(ones_of(decode_like_rle2mask_3d(text, 4, 3, 2)),
            (Ones{{0, 1, 0}, {0, 2, 0}, {0, 2, 2}, {1, 1, 0}, {1, 1, 2}, {1, 2, 0}}));
}

TEST(RunText, decodes_single_positions_like_the_published_decoder) {
  const std::vector<std::pair<std::string, Shape3>> cases = {
      {"1 1", {0, 0, 0}}, {"2 1", {1, 0, 0}}, {"4 1", {3, 0, 0}},
      {"5 1", {0, 1, 0}}, {"9 1", {0, 0, 1}}, {"24 1", {3, 1, 2}}};
  for (const auto& [text, index] : cases) {
    const auto array = decode_like_rle2mask_3d(text, 2, 3, 4);
    EXPECT_EQ(array.shape(), (Shape3{4, 2, 3}));
    EXPECT_EQ(ones_of(array), std::set<Shape3>{index}) << text;
  }
}

TEST(RunText, round_trips_random_masks_without_warnings) {
  for (uint64_t trial = 0; trial < 300; ++trial) {
    core::CounterRandom random(31, 0, trial);
    const Shape3 shape = reference::draw_shape(random, 9);
    const auto array = reference::draw_array<uint8_t>(random, shape, Order::kC, trial % 11 / 10.0);
    const RunMask mask = reference::encode(array.view());
    const ParsedRuns parsed = parse_runs(format_runs(mask), shape);
    EXPECT_EQ(parsed.error, RunTextError::kNone);
    EXPECT_FALSE(parsed.warnings.any());
    EXPECT_EQ(parsed.mask, mask);
  }
}

TEST(RunText, keeps_positions_past_32_bits) {
  const Shape3 shape = {1 << 12, 1 << 11, 1 << 10};
  const std::string text = "1 1 4294967297 2 8589934592 1";
  EXPECT_EQ(format_runs(parse_runs_or_throw(text, shape)), text);
}

TEST(RunText, equals_the_union_of_random_pairs) {
  for (uint64_t trial = 0; trial < 500; ++trial) {
    core::CounterRandom random(32, 0, trial);
    core::Array<uint8_t> array(kShape, Order::kFortran, uint8_t{0});
    std::string text;
    const int64_t pairs = random.below(7);
    for (int64_t pair = 0; pair < pairs; ++pair) {
      const int64_t start = random.below(24);
      const int64_t length = random.below(25 - start);
      std::fill_n(array.data() + start, length, uint8_t{1});
      text += (pair > 0 ? " " : "") + std::to_string(start + 1) + " " + std::to_string(length);
    }
    const ParsedRuns parsed = parse_runs(text, kShape);
    EXPECT_EQ(parsed.error, RunTextError::kNone) << text;
    EXPECT_EQ(parsed.mask, reference::encode(std::as_const(array).view())) << text;
    EXPECT_EQ(parsed.warnings.any(), format_runs(parsed.mask) != text) << text;
  }
}

}  // namespace
}  // namespace volseg::mask
