// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace volseg::core {

namespace {

using Words = std::array<uint32_t, 4>;

// Known answers of the authors' Random123 library.
TEST(Philox, gives_the_published_words) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}),
            (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(philox4x32({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(CounterRandom, depends_on_its_four_inputs_only) {
  CounterRandom one(1, 2, 3, 4);
  CounterRandom same(1, 2, 3, 4);
  for (int draw = 0; draw < 100; ++draw) {
    EXPECT_EQ(one.next_uint32(), same.next_uint32());
  }
  std::set<uint64_t> firsts;
  for (auto random :
       {CounterRandom(1, 2, 3, 4), CounterRandom(2, 2, 3, 4), CounterRandom(1, 3, 3, 4),
        CounterRandom(1, 2, 4, 4), CounterRandom(1, 2, 3, 5), CounterRandom(2, 1, 3, 4)}) {
    firsts.insert(random.next_uint64());
  }
  EXPECT_EQ(firsts.size(), 6U);
}

TEST(CounterRandom, is_uniform_over_small_ranges) {
  constexpr int kDraws = 60'000;
  CounterRandom random(5, 0, 0);
  std::array<int, 6> counts{};
  for (int draw = 0; draw < kDraws; ++draw) {
    ++counts.at(static_cast<size_t>(random.below(6)));
  }
  for (const int count : counts) {
    EXPECT_NEAR(count, kDraws / 6, 5 * std::sqrt(kDraws / 6.0));
  }
  EXPECT_EQ(random.below(1), 0);
}

TEST(CounterRandom, draws_with_the_moments_asked_for) {
  constexpr int kDraws = 100'000;
  CounterRandom random(6, 1, 2);
  double uniform_sum = 0;
  double normal_sum = 0;
  double square_sum = 0;
  for (int draw = 0; draw < kDraws; ++draw) {
    const double uniform = random.uniform(2, 4);
    ASSERT_TRUE(uniform >= 2 && uniform < 4);
    const double normal = random.normal();
    uniform_sum += uniform;
    normal_sum += normal;
    square_sum += normal * normal;
  }
  EXPECT_NEAR(uniform_sum / kDraws, 3, 0.01);
  EXPECT_NEAR(normal_sum / kDraws, 0, 0.02);
  EXPECT_NEAR(square_sum / kDraws, 1, 0.03);
  EXPECT_FALSE(random.chance(0));
  EXPECT_TRUE(random.chance(1));
}

}  // namespace

}  // namespace volseg::core
