// SPDX-License-Identifier: Apache-2.0
// Rows N01 to N10 of the catalogue of bad inputs: .npy images seen through `check`.
#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <limits>
#include <string>

#include "volseg/dataset/internal/made_dataset_test.h"

namespace volseg::dataset {

namespace {

using internal::buffer_of;
using internal::check_image_bytes;
using internal::count_of;
using internal::holds;
using internal::only;

std::string little_endian(uint64_t value, int bytes) {
  std::string text;
  for (int byte = 0; byte < bytes; ++byte) {
    text += static_cast<char>(value >> (8 * byte) & 0xFF);
  }
  return text;
}

// A version 1 file with this dictionary and these voxels.
std::string npy(const std::string& dictionary, const std::string& voxels) {
  const std::string header = dictionary + "\n";
  return std::string("\x93NUMPY\x01\x00", 8) + little_endian(header.size(), 2) + header + voxels;
}

std::string dictionary(const std::string& descr, const std::string& shape,
                       const std::string& fortran_order = "False") {
  return "{'descr': " + descr + ", 'fortran_order': " + fortran_order + ", 'shape': " + shape +
         ", }";
}

// 24 voxels of a type whose bytes count up.
std::string typed(const std::string& descr, int voxel_bytes) {
  std::string voxels;
  for (uint64_t voxel = 0; voxel < 24; ++voxel) {
    voxels += little_endian(voxel, voxel_bytes);
  }
  return npy(dictionary("'" + descr + "'", "(2, 3, 4)"), voxels);
}

std::string shaped(const std::string& shape) {
  return npy(dictionary("'|u1'", shape), typed("|u1", 1).substr(typed("|u1", 1).size() - 24));
}

std::string refusal(const std::string& bytes) {
  return internal::image_refusal("a.npy", buffer_of(bytes));
}

TEST(CheckCatalogue, N01_magic_version_and_header_length) {
  const CheckReport report = check_image_bytes("a.npy", buffer_of("no image at all"));
  const Finding finding = only(report, "image-unreadable");
  EXPECT_EQ(finding.severity, Severity::kError);
  EXPECT_EQ(finding.member, "images/a.npy");
  for (const char version : {'\0', '\4'}) {
    std::string bytes = typed("|u1", 1);
    bytes[6] = version;
    EXPECT_TRUE(holds(refusal(bytes), "version")) << refusal(bytes);
  }
  for (const char version : {'\2', '\3'}) {
    const std::string magic = std::string("\x93NUMPY", 6) + version + '\0';
    EXPECT_NE(refusal(magic + little_endian(0xFFFFFFFF, 4) + std::string(100, ' ')), "");
    EXPECT_NE(refusal(magic + little_endian(500, 4) + std::string(100, ' ')), "");
  }
}

TEST(CheckCatalogue, N02_dictionaries) {
  const std::string voxels(24, '\1');
  const std::string sound = dictionary("'|u1'", "(2, 3, 4)");
  for (const std::string& text :
       {std::string("[1, 2, 3]"), std::string("__import__('os').getcwd()"),
        std::string(10'000, '('), "{'descr': '|u1', " + sound.substr(1),
        std::string("{'descr': '|u1', 'shape': (2, 3, 4), }"), "{'more': 1, " + sound.substr(1)}) {
    EXPECT_NE(refusal(npy(text, voxels)), "") << text.substr(0, 80);
  }
  const std::string unended =
      std::string("\x93NUMPY\x01\x00", 8) + little_endian(20, 2) + "{'descr'";
  EXPECT_NE(refusal(unended), "");
}

TEST(CheckCatalogue, N03_pickles_and_archives) {
  EXPECT_TRUE(holds(refusal(npy(dictionary("'|O'", "(2, 3, 4)"), "\x80\x04.")), "pickle"));
  EXPECT_NE(refusal("\x80\x04\x95rest of a pickle"), "");
  EXPECT_NE(refusal("PK\x03\x04 an npz"), "");
  EXPECT_NE(refusal("\x1f\x8b\x08 something compressed"), "");
}

TEST(CheckCatalogue, N04_types_that_are_no_intensities) {
  for (const std::string descr :
       {"[('a', '<f4')]", "'|S5'", "'<U5'", "'|V8'", "'<M8[s]'", "'<c8'", "'<f16'", "'<x4'"}) {
    const std::string found = refusal(npy(dictionary(descr, "(2, 3, 4)"), std::string(24, '\1')));
    EXPECT_NE(found, "") << descr;
  }
}

TEST(CheckCatalogue, N05_every_numeric_type_is_read) {
  for (const auto& [descr, bytes] : std::initializer_list<std::pair<std::string, int>>{
           {">i2", 2}, {"<f2", 2}, {">f4", 4}, {"<f8", 8}, {"<u8", 8}, {"|b1", 1}, {"|i1", 1}}) {
    const CheckReport report = check_image_bytes("a.npy", buffer_of(typed(descr, bytes)));
    EXPECT_EQ(count_of(report, "image-unreadable"), 0) << descr;
  }
}

TEST(CheckCatalogue, N06_shapes) {
  for (const std::string shape : {"(-2, 3, 4)", "(0, 3, 4)", "()", "(24,)", "(6, 4)", "(2L, 3, 4)",
                                  "(4611686018427387904, 2, 2)", "(9223372036854775808, 1, 1)"}) {
    EXPECT_NE(refusal(shaped(shape)), "") << shape;
  }
  EXPECT_EQ(refusal(shaped("(2, 3, 4)")), "");
  EXPECT_EQ(refusal(shaped("(12, 1, 2, 1)")), "");
  EXPECT_EQ(refusal(shaped("(1, 2, 12, 1)")).find("channel_axis") == std::string::npos, false);
}

TEST(CheckCatalogue, N07_more_voxels_than_bytes) {
  const std::string bytes = npy(dictionary("'<f4'", "(2048, 2048, 2048)"), "");
  EXPECT_TRUE(holds(refusal(bytes), "declares 34359738368 bytes")) << refusal(bytes);
}

TEST(CheckCatalogue, N08_memory_orders_are_both_read) {
  const std::string voxels(24, '\1');
  for (const std::string order : {"True", "False"}) {
    EXPECT_EQ(refusal(npy(dictionary("'|u1'", "(2, 3, 4)", order), voxels)), "") << order;
  }
}

TEST(CheckCatalogue, N09_missing_and_more_bytes) {
  const std::string bytes = typed("|u1", 1);
  EXPECT_TRUE(holds(refusal(bytes.substr(0, bytes.size() - 1)), "23 bytes were found"));
  const Finding longer = only(check_image_bytes("a.npy", buffer_of(bytes + "x")), "image-header");
  EXPECT_EQ(longer.severity, Severity::kWarning);
  EXPECT_TRUE(holds(longer.found, "1 byte follows"));
}

TEST(CheckCatalogue, N10_values) {
  const auto with_value = [](float value) {
    std::string bytes = typed("<f4", 4);
    bytes.replace(bytes.size() - 4, 4, little_endian(std::bit_cast<uint32_t>(value), 4));
    return check_image_bytes("a.npy", buffer_of(bytes));
  };
  for (const float value :
       {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    const Finding finding = only(with_value(value), "image-nonfinite");
    EXPECT_EQ(finding.severity, Severity::kError);
    EXPECT_TRUE(holds(finding.found, "1 voxel is NaN or infinite"));
  }
  EXPECT_EQ(with_value(std::numeric_limits<float>::denorm_min()).count(Severity::kError), 0);
  const CheckReport flat = check_image_bytes(
      "a.npy", buffer_of(npy(dictionary("'<f4'", "(2, 3, 4)"), std::string(96, '\2'))));
  EXPECT_EQ(only(flat, "image-constant").severity, Severity::kError);
}

}  // namespace

}  // namespace volseg::dataset
