// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "volseg/core/error.h"

namespace volseg::core {

namespace {

constexpr int64_t kLargeBytes = (int64_t{5} << 20) + 3;

TEST(Buffer, aligns_small_blocks_to_64_bytes_and_large_ones_to_huge_pages) {
  for (const int64_t size : {int64_t{0}, int64_t{1}, int64_t{1000}}) {
    const Buffer buffer(size);
    EXPECT_EQ(buffer.size_bytes(), size);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % 64, 0U);
  }
  EXPECT_EQ(reinterpret_cast<uintptr_t>(Buffer(kLargeBytes).data()) % (2U << 20), 0U);
}

TEST(Buffer, hands_a_freed_large_block_out_again) {
  Buffer::release_pool();
  const std::byte* first = nullptr;
  {
    const Buffer buffer(kLargeBytes);
    first = buffer.data();
  }
  EXPECT_GE(Buffer::pooled_bytes(), kLargeBytes);
  const Buffer zeroed = Buffer::zeroed(kLargeBytes);
  EXPECT_EQ(zeroed.data(), first);
  EXPECT_EQ(Buffer::pooled_bytes(), 0);
  EXPECT_TRUE(std::ranges::all_of(zeroed.bytes(), [](std::byte b) { return b == std::byte{0}; }));
}

TEST(Buffer, moves_and_copies_bytes) {
  const Buffer zeros = Buffer::zeroed(10);
  Buffer copy = Buffer::copy_of(zeros.bytes());
  const std::byte* data = copy.data();
  Buffer moved = std::move(copy);
  EXPECT_EQ(moved.data(), data);
  moved = Buffer(3);
  EXPECT_EQ(moved.size_bytes(), 3);
}

TEST(Buffer, shrinks_but_never_grows) {
  Buffer buffer(10);
  buffer.shrink(4);
  EXPECT_EQ(buffer.bytes().size(), 4U);
  EXPECT_THROW(buffer.shrink(5), Error);
  EXPECT_THROW(buffer.shrink(-1), Error);
}

TEST(Buffer, refuses_sizes_that_no_system_has) {
  EXPECT_THROW(Buffer(-1), Error);
  EXPECT_THROW(Buffer{INT64_MAX}, Error);
}

}  // namespace

}  // namespace volseg::core
