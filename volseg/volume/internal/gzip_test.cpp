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

TEST(Gzip, accepts_zero_padding_and_refuses_other_bytes_after_the_end) {
  std::vector<std::byte> file = deflated();
  file.resize(file.size() + 5, std::byte{0});
  EXPECT_EQ(inflate_gzip(file, kSize, "a").padding_bytes, 5);
  file.back() = std::byte{1};
  EXPECT_THROW((void)inflate_gzip(file, kSize, "a"), Error);
}

TEST(Gzip, refuses_damage_anywhere) {
  const std::vector<std::byte> file = deflated(kSize / 2);
  for (const size_t back : {size_t{1}, size_t{5}, file.size() / 2, file.size() - 20}) {
    std::vector<std::byte> damaged = file;
    damaged[file.size() - back] ^= std::byte{0x10};
    EXPECT_THROW((void)inflate_gzip(damaged, kSize, "a"), Error) << back;
    const auto cut = std::span(file).first(file.size() - back);
    EXPECT_THROW((void)inflate_gzip(cut, kSize, "a"), Error) << back;
  }
}

TEST(Gzip, refuses_a_content_far_above_the_expected_size) {
  const std::vector<std::byte> file = deflated();
  EXPECT_THROW((void)inflate_gzip(file, 352, "a"), Error);
}

TEST(Gzip, refuses_a_size_that_the_compressed_bytes_cannot_hold) {
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
