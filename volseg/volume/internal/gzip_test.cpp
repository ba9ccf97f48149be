// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/gzip.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "volseg/core/error.h"

namespace volseg::volume::internal {
namespace {

constexpr int64_t kSize = 100000;

std::vector<std::byte> sample_bytes() {
  std::vector<std::byte> bytes(kSize);
  for (size_t index = 0; index < bytes.size(); ++index) {
    bytes[index] = static_cast<std::byte>(index * index / 7 % 251);
  }
  return bytes;
}

std::vector<std::byte> deflated(int64_t member_bytes = kSize) {
  const core::Buffer file = deflate_gzip(sample_bytes(), member_bytes);
  return {file.bytes().begin(), file.bytes().end()};
}

TEST(Gzip, gives_back_the_bytes_of_one_and_of_several_members) {
  for (const int64_t member_bytes : {kSize, kSize / 3, int64_t{1000}}) {
    const Inflated content = inflate_gzip(deflated(member_bytes), kSize, "a.nii.gz");
    EXPECT_TRUE(std::ranges::equal(std::as_const(content.bytes).bytes(), sample_bytes()));
    EXPECT_EQ(content.padding_bytes, 0);
  }
}

TEST(Gzip, members_that_hold_what_looks_like_a_header_are_inflated_all_the_same) {
  std::vector<std::byte> bytes = sample_bytes();
  const std::vector<std::byte> header = deflated();
  for (size_t at = 500; at + 20 < bytes.size(); at += 5000) {
    std::copy_n(header.begin(), 10, bytes.begin() + static_cast<int64_t>(at));
  }
  for (const int64_t member_bytes : {int64_t{1000}, int64_t{9000}, kSize}) {
    const core::Buffer file = deflate_gzip(bytes, member_bytes);
    const Inflated content = inflate_gzip(file.bytes(), kSize, "a.nii.gz");
    EXPECT_TRUE(std::ranges::equal(std::as_const(content.bytes).bytes(), bytes));
  }
  const core::Buffer stored = deflate_gzip(header, 64);
  const auto size = static_cast<int64_t>(header.size());
  const Inflated again = inflate_gzip(stored.bytes(), size, "a");
  EXPECT_TRUE(std::ranges::equal(again.bytes.bytes(), header));
}

TEST(BadGzip, I09_a_false_length_at_the_end_of_a_member_allocates_and_gives_nothing) {
  std::vector<std::byte> file = deflated(kSize / 4);
  std::fill_n(file.end() - 4, 4, std::byte{0xff});
  EXPECT_THROW((void)inflate_gzip(file, kSize, "a"), Error);
}

TEST(Zlib, gives_back_the_bytes_and_refuses_damage_and_other_sizes) {
  const std::vector<std::byte> bytes = sample_bytes();
  const core::Buffer file = deflate_zlib(bytes);
  EXPECT_TRUE(std::ranges::equal(std::as_const(file).bytes(), deflate_zlib(bytes).bytes()));
  const core::Buffer content = inflate_zlib(file.bytes(), kSize, "a.mha");
  EXPECT_TRUE(std::ranges::equal(content.bytes(), bytes));
  for (const int64_t size : {kSize - 1, kSize + 1}) {
    EXPECT_THROW((void)inflate_zlib(file.bytes(), size, "a.mha"), Error);
  }
  EXPECT_THROW((void)inflate_zlib(file.bytes().first(50), kSize, "a.mha"), Error);
  EXPECT_THROW((void)inflate_zlib(file.bytes(), int64_t{1} << 50, "a.mha"), Error);
}

TEST(Gzip, holds_nothing_of_an_empty_input) {
  const core::Buffer file = deflate_gzip({});
  EXPECT_EQ(inflate_gzip(file.bytes(), 0, "a").bytes.size_bytes(), 0);
}

TEST(Gzip, equal_bytes_give_an_equal_file_without_time) {
  const std::vector<std::byte> file = deflated();
  EXPECT_EQ(file, deflated());
  EXPECT_TRUE(std::all_of(file.begin() + 4, file.begin() + 8,
                          [](std::byte value) { return value == std::byte{0}; }));
}

TEST(Gzip, inflates_the_beginning_across_members) {
  const std::vector<std::byte> expected = sample_bytes();
  const core::Buffer beginning = inflate_beginning(deflated(100), 544, "a");
  ASSERT_EQ(beginning.size_bytes(), 544);
  EXPECT_TRUE(std::equal(beginning.bytes().begin(), beginning.bytes().end(), expected.begin()));
}

TEST(BadGzip, I09_accepts_zero_padding_and_refuses_other_bytes_after_the_end) {
  std::vector<std::byte> file = deflated();
  file.resize(file.size() + 5, std::byte{0});
  EXPECT_EQ(inflate_gzip(file, kSize, "a").padding_bytes, 5);
  file.back() = std::byte{1};
  EXPECT_THROW((void)inflate_gzip(file, kSize, "a"), Error);
}

TEST(BadGzip, I09_damage_anywhere_is_refused) {
  const std::vector<std::byte> file = deflated(kSize / 2);
  for (const size_t back : {size_t{1}, size_t{5}, file.size() / 2, file.size() - 20}) {
    std::vector<std::byte> damaged = file;
    damaged[file.size() - back] ^= std::byte{0x10};
    EXPECT_THROW((void)inflate_gzip(damaged, kSize, "a"), Error) << back;
    const auto cut = std::span(file).first(file.size() - back);
    EXPECT_THROW((void)inflate_gzip(cut, kSize, "a"), Error) << back;
  }
}

TEST(BadGzip, I09_refuses_a_content_far_above_the_expected_size) {
  const std::vector<std::byte> file = deflated();
  EXPECT_THROW((void)inflate_gzip(file, 352, "a"), Error);
}

TEST(BadGzip, I09_refuses_a_size_that_the_compressed_bytes_cannot_hold) {
  const std::vector<std::byte> file = deflated();
  try {
    (void)inflate_gzip(file, int64_t{1} << 50, "a");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kLimit);
  }
}

}  // namespace
}  // namespace volseg::volume::internal
