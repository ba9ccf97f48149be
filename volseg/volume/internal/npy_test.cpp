// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/npy.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/volume/formats.h"

namespace volseg::volume {
namespace {

std::string npy_file(const std::string& dictionary, const std::string& data, int version = 1) {
  std::string file = "\x93NUMPY";
  file += static_cast<char>(version);
  file += '\0';
  const size_t length = dictionary.size() + 1;
  for (size_t byte = 0; byte < (version == 1 ? 2U : 4U); ++byte) {
    file += static_cast<char>(length >> (8 * byte) & 0xff);
  }
  return file + dictionary + "\n" + data;
}

std::string dictionary_of(const std::string& descr, const std::string& order,
                          const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

Volume read(const std::string& file, const ReadOptions& options = {}) {
  return read_volume(bytes_of(file), "a.npy", options);
}

Error error_of(const std::string& file, const ReadOptions& options = {}) {
  try {
    (void)read(file, options);
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error";
  return Error(ErrorKind::kCancelled, "test", "no error");
}

/// 0, 1, 2, ... as unsigned 16-bit words.
std::string counting_words(int count, bool big_endian) {
  std::string data;
  for (int value = 0; value < count; ++value) {
    const std::array<char, 2> word{static_cast<char>(value % 256), static_cast<char>(value / 256)};
    data += big_endian ? std::string{word[1], word[0]} : std::string{word[0], word[1]};
  }
  return data;
}

TEST(Npy, reads_every_version) {
  for (const int version : {1, 2, 3}) {
    const std::string file =
        npy_file(dictionary_of("<u2", "False", "(3, 4, 5)"), counting_words(60, false), version);
    const Volume volume = read(file);
    EXPECT_EQ(volume.header.shape, (core::Shape3{3, 4, 5})) << version;
    EXPECT_EQ(volume.channel<uint16_t>(0)(1, 2, 3), 1 * 20 + 2 * 5 + 3);
  }
}

TEST(BadNpy, N05_N08_both_orders_and_both_byte_orders_are_read) {
  for (const bool big_endian : {false, true}) {
    const std::string descr = big_endian ? ">u2" : "<u2";
    const std::string data = counting_words(60, big_endian);
    const Volume c = read(npy_file(dictionary_of(descr, "False", "(3, 4, 5)"), data));
    const Volume fortran = read(npy_file(dictionary_of(descr, "True", "(3, 4, 5)"), data));
    EXPECT_EQ(c.channel<uint16_t>(0)(2, 1, 4), 2 * 20 + 1 * 5 + 4);
    EXPECT_EQ(fortran.channel<uint16_t>(0)(2, 1, 4), 2 + 3 * 1 + 12 * 4);
    EXPECT_EQ(memory_order(c.header), core::Order::kC);
    EXPECT_EQ(memory_order(fortran.header), core::Order::kFortran);
  }
}

TEST(Npy, accepts_keys_in_any_order_and_other_spacing) {
  const std::string dictionary = "{\"shape\":(2,7,3),'fortran_order':True , 'descr' : '|u1'}   ";
  const Volume volume = read(npy_file(dictionary, std::string(42, '\x05')));
  EXPECT_EQ(volume.header.shape, (core::Shape3{2, 7, 3}));
  EXPECT_FALSE(volume.header.geometry.known);
}

TEST(BadNpy, N05_booleans_are_normalised) {
  const Volume volume = read(npy_file(dictionary_of("|b1", "False", "(1, 1, 3)"), {"\0\1\xff", 3}));
  EXPECT_EQ(volume.channel<uint8_t>(0)(0, 0, 0), 0);
  EXPECT_EQ(volume.channel<uint8_t>(0)(0, 0, 1), 1);
  EXPECT_EQ(volume.channel<uint8_t>(0)(0, 0, 2), 1);
}

TEST(BadNpy, N09_short_data_are_refused_with_both_sizes) {
  const Error error = error_of(npy_file(dictionary_of("<f4", "False", "(3, 4, 5)"), "abc"));
  EXPECT_EQ(error.kind(), ErrorKind::kFormat);
  EXPECT_NE(error.message().find("240 bytes"), std::string::npos);
  EXPECT_NE(error.message().find("3 bytes were found"), std::string::npos);
}

TEST(BadNpy, N09_trailing_bytes_are_counted) {
  const Volume volume = read(npy_file(dictionary_of("|u1", "False", "(1, 2, 3)"), "abcdefgh"));
  EXPECT_EQ(volume.header.trailing_bytes, 2);
  EXPECT_EQ(volume.data.size_bytes(), 6);
}

TEST(BadNpy, N02_malformed_dictionaries_are_refused) {
  const std::vector<std::string> dictionaries{
      "",
      "[1, 2]",
      "{}",
      "{'descr': '<f4', 'fortran_order': False}",
      "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3), 'more': 1}",
      "{'descr': '<f4', 'fortran_order': 0, 'shape': (1, 2, 3), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3), } x",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1 + 1, 2, 3), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (512L, 2, 3), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 2, 3), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2, 3), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 2, 3), }",
      "{'descr': 'f4', 'fortran_order': False, 'shape': (1, 2, 3), }",
      "{'descr': '<q9', 'fortran_order': False, 'shape': (1, 2, 3), }",
      "{'descr': '<\\f4', 'fortran_order': False, 'shape': (1, 2, 3), }",
      std::string(10000, '{'),
      std::string(10000, '('),
  };
  for (const std::string& dictionary : dictionaries) {
    EXPECT_EQ(error_of(npy_file(dictionary, std::string(24, '\0'))).kind(), ErrorKind::kFormat)
        << dictionary.substr(0, 80);
  }
}

TEST(BadNpy, N03_N04_other_types_are_refused_by_name) {
  const std::vector<std::pair<std::string, std::string>> types{
      {"|O", "never unpickled"}, {"O", "never unpickled"}, {"<c8", "complex"},
      {"<U5", "strings"},        {"|S3", "strings"},       {"<M8[ns]", "dates"},
      {"<f16", "width"},         {"|V8", "structured"}};
  for (const auto& [descr, word] : types) {
    const Error error =
        error_of(npy_file(dictionary_of(descr, "False", "(1, 2, 3)"), "0123456789"));
    EXPECT_EQ(error.kind(), ErrorKind::kUnsupported) << descr;
    EXPECT_NE(error.message().find(word), std::string::npos) << error.what();
  }
  const std::string structured =
      "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1, 2, 3), }";
  EXPECT_EQ(error_of(npy_file(structured, "")).kind(), ErrorKind::kUnsupported);
}

TEST(BadNpy, N06_other_ranks_are_refused) {
  for (const std::string shape : {"()", "(3,)", "(3, 4)", "(1, 2, 3, 4, 5)"}) {
    const Error error = error_of(npy_file(dictionary_of("|u1", "False", shape), "0123456789"));
    EXPECT_EQ(error.kind(), ErrorKind::kUnsupported) << shape;
  }
}

TEST(BadNpy, N01_N07_huge_sizes_are_refused_before_allocating) {
  const std::string shape = "(4000000000, 4000000000, 4000000000)";
  EXPECT_EQ(error_of(npy_file(dictionary_of("<f8", "False", shape), "")).kind(), ErrorKind::kLimit);
  const Error error = error_of(npy_file(dictionary_of("<f8", "False", "(2048, 2048, 1024)"), ""));
  EXPECT_EQ(error.kind(), ErrorKind::kFormat);
  std::string file = npy_file(dictionary_of("|u1", "False", "(1, 2, 3)"), "abcdef", 2);
  file[11] = '\x7f';
  EXPECT_EQ(error_of(file).kind(), ErrorKind::kFormat);
}

TEST(Npy, guesses_the_channel_axis_only_when_it_is_clear) {
  const std::string data(2 * 9 * 10 * 11, '\1');
  const Volume first = read(npy_file(dictionary_of("|u1", "False", "(2, 9, 10, 11)"), data));
  EXPECT_EQ(first.header.channel_axis, 0);
  EXPECT_EQ(first.header.channels, 2);
  EXPECT_EQ(first.header.shape, (core::Shape3{9, 10, 11}));
  const Volume last = read(npy_file(dictionary_of("|u1", "True", "(9, 10, 11, 2)"), data));
  EXPECT_EQ(last.header.channel_axis, 3);
  EXPECT_EQ(last.header.channel_stride, 990);
  const Volume one = read(npy_file(dictionary_of("|u1", "False", "(1, 9, 10, 5)"), data));
  EXPECT_EQ(one.header.channels, 1);
  EXPECT_EQ(one.header.shape, (core::Shape3{9, 10, 5}));
  for (const std::string shape : {"(2, 9, 10, 3)", "(9, 2, 2, 10)", "(1, 9, 10, 1)"}) {
    const Error error = error_of(npy_file(dictionary_of("|u1", "False", shape), data));
    EXPECT_NE(error.message().find("channel_axis"), std::string::npos);
  }
}

TEST(Npy, channel_axis_can_be_set) {
  const std::string data = counting_words(2 * 3 * 4 * 5, false);
  for (const int axis : {0, 3}) {
    const std::string file = npy_file(dictionary_of("<u2", "False", "(2, 3, 4, 5)"), data);
    const Volume volume = read(file, {.channel_axis = axis});
    const auto channel = volume.channel<uint16_t>(1);
    const int expected = axis == 0 ? 60 + 1 * 20 + 2 * 5 + 3 : 1 * 60 + 2 * 20 + 3 * 5 + 1;
    EXPECT_EQ(channel(1, 2, 3), expected);
  }
  const std::string file = npy_file(dictionary_of("<u2", "False", "(2, 3, 4, 5)"), data);
  EXPECT_EQ(error_of(file, {.channel_axis = 1}).kind(), ErrorKind::kUsage);
}

TEST(BadNpy, N09_survives_every_cut_and_every_flipped_bit) {
  const std::string file =
      npy_file(dictionary_of("<u2", "False", "(2, 7, 3)"), counting_words(42, false));
  for (size_t size = 0; size < file.size(); ++size) {
    EXPECT_THROW((void)read(file.substr(0, size)), Error) << size;
  }
  for (size_t bit = 0; bit < file.size() * 8; ++bit) {
    std::string damaged = file;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    try {
      EXPECT_GT(read(damaged).data.size_bytes(), 0);
    } catch (const Error&) {
    }
  }
}

}  // namespace
}  // namespace volseg::volume
