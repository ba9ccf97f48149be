// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "volseg/core/error.h"
#include "volseg/mask/internal/reference_masks_test.h"
#include "volseg/mask/internal/run_reader.h"
#include "volseg/mask/internal/targets_test.h"
#include "volseg/mask/run_text.h"

// The fast way of reading against the plain one.
namespace volseg::mask {
namespace {

using core::Array;
using core::Order;
using core::Shape3;

// Canonical runs from `gap` and `length` at most, over an image of any size.
std::string draw_text(core::CounterRandom& random, int64_t runs, int64_t most_gap,
                      int64_t most_length, int64_t& end) {
  std::string text;
  for (int64_t run = 0; run < runs; ++run) {
    const int64_t start = end + 1 + random.below(most_gap);
    const int64_t length = 1 + random.below(most_length);
    text += (text.empty() ? "" : " ") + std::to_string(start + 1) + " " + std::to_string(length);
    end = start + length;
  }
  return text;
}

// Replaces, inserts or removes some letters.
std::string damage(core::CounterRandom& random, std::string text) {
  static const std::string kLetters = "0123456789 00  \t\n-+.e,\x80";
  const int64_t changes = 1 + random.below(3);
  for (int64_t change = 0; change < changes && !text.empty(); ++change) {
    const auto position = static_cast<size_t>(random.below(static_cast<int64_t>(text.size())));
    const char letter = kLetters[random.below(static_cast<int64_t>(kLetters.size()))];
    switch (random.below(4)) {
      case 0:
        text[position] = letter;
        break;
      case 1:
        text.insert(position, 1, letter);
        break;
      case 2:
        text.erase(position, 1);
        break;
      default:
        text.resize(position);
    }
  }
  return text;
}

void expect_same_reading(const std::string& text, const Shape3& shape) {
  const ParsedRuns expected = internal::parse_runs(text, shape, internal::Reading::kPlain);
  const ParsedRuns found = parse_runs(text, shape);
  EXPECT_EQ(found.error, expected.error) << text;
  EXPECT_EQ(found.run_number, expected.run_number) << text;
  EXPECT_EQ(found.byte_offset, expected.byte_offset) << text;
  EXPECT_EQ(found.token, expected.token) << text;
  EXPECT_EQ(found.warnings, expected.warnings) << text;
  EXPECT_EQ(found.mask, expected.mask) << text;
}

TEST(RunTextDifferential, reads_sound_and_damaged_texts_as_the_plain_reader) {
  constexpr std::array<int64_t, 5> kMostGaps = {2, 30, 5'000, 30'000'000, 40'000'000'000'000};
  for (uint64_t trial = 0; trial < 3 * reference::kShapes; ++trial) {
    core::CounterRandom random(71, 0, trial);
    int64_t end = random.below(3) - 1;
    const int64_t most_gap = kMostGaps[trial % kMostGaps.size()];
    const std::string text = draw_text(random, random.below(400), most_gap, most_gap, end);
    const Shape3 shape = {std::max<int64_t>(end - random.below(20) / 18, 1), 1, 1};
    const std::string damaged = damage(random, text);
    reference::for_each_target([&] {
      expect_same_reading(text, shape);
      expect_same_reading(damaged, shape);
    });
    ASSERT_FALSE(HasFailure());
  }
}

TEST(RunTextDifferential, goes_on_fast_behind_what_is_not_canonical) {
  int64_t end = -1;
  core::CounterRandom random(72, 0, 0);
  std::string text = draw_text(random, 5000, 9, 9, end);
  for (const auto* const middle : {" 7 0 ", "  ", "\n", " 0001 1 ", " 5 5 "}) {
    text += middle + draw_text(random, 3000, 9, 9, end);
  }
  expect_same_reading(text, {end, 1, 1});
  expect_same_reading(text + " ", {end, 1, 1});
  expect_same_reading(text + " 5", {end, 1, 1});
  expect_same_reading(text + " 5 -1", {end, 1, 1});
}

TEST(DecodeText, equals_parse_then_decode) {
  for (uint64_t trial = 0; trial < 3 * reference::kShapes / 10; ++trial) {
    core::CounterRandom random(73, 0, trial);
    const Shape3 shape = reference::draw_shape(random, 70);
    const auto array = reference::draw_array<uint8_t>(random, shape, Order::kFortran, 0.5);
    std::string text = format_runs(reference::encode(array.view()));
    text += trial % 3 == 0 ? " 1 1" : "";
    text = trial % 4 == 0 ? damage(random, text) : text;
    const ParsedRuns parsed = parse_runs(text, shape);
    for (const Order order : {Order::kC, Order::kFortran}) {
      Array<uint8_t> decoded(shape, order, uint8_t{9});
      if (parsed.error != RunTextError::kNone) {
        EXPECT_THROW(decode_text(text, decoded.view()), Error);
        EXPECT_EQ(std::count(decoded.data(), decoded.data() + decoded.size(), 9), decoded.size());
        continue;
      }
      decode_text(text, decoded.view());
      EXPECT_EQ(reference::encode(std::as_const(decoded).view()), parsed.mask);
      EXPECT_EQ(std::count(decoded.data(), decoded.data() + decoded.size(), 9), 0);
    }
  }
}

}  // namespace
}  // namespace volseg::mask
