// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/meta_image.h"

#include <gtest/gtest.h>

#include <string>

#include "volseg/core/files.h"
#include "volseg/volume/internal/made_volume_test.h"

namespace volseg::volume::internal {
namespace {

const std::string kVoxels = "abcdefghijklmnopqrstuvwx";

std::string meta(const std::string& fields, const std::string& voxels = kVoxels,
                 const std::string& file = "LOCAL") {
  return "ObjectType = Image\nNDims = 3\nDimSize = 2 3 4\nElementType = MET_UCHAR\n" + fields +
         "ElementDataFile = " + file + "\n" + voxels;
}

/// `text` with the line that begins with `key` replaced.
std::string with(std::string text, const std::string& key, const std::string& line) {
  const size_t begin = text.find("\n" + key) + 1;
  return text.replace(begin, text.find('\n', begin) - begin, line);
}

Volume read(const std::string& text) {
  return read_volume(std::as_bytes(std::span(text)), "a.mha");
}

void refuses(ErrorKind kind, const std::string& words, const std::string& text) {
  expect_error(kind, words, [&] { (void)read(text); });
}

TEST(MetaImage, reads_rows_of_the_matrix_as_directions_of_axes_in_lps) {
  const Volume volume = read(
      meta("TransformMatrix = 0 1 0 0 0 1 -1 0 0\nOffset = 10 20 30\nElementSpacing = 2 3 4\n"));
  EXPECT_EQ(volume.header.shape, (core::Shape3{2, 3, 4}));
  EXPECT_EQ(volume.channel<uint8_t>(0)(1, 2, 3), 'x');
  const Geometry& geometry = volume.header.geometry;
  EXPECT_EQ(geometry.spacing_mm, (std::array<double, 3>{2, 3, 4}));
  EXPECT_EQ(geometry.origin_mm, (std::array<double, 3>{-10, -20, 30}));
  EXPECT_EQ(geometry.direction, (std::array<double, 9>{0, 0, 1, -1, 0, 0, 0, 1, 0}));
}

TEST(MetaImage, other_names_of_fields_and_a_missing_geometry_are_understood) {
  const Volume volume = read(meta("Origin = 1 2 3\nElementSize = 2 2 5\n"));
  EXPECT_EQ(volume.header.geometry.origin_mm, (std::array<double, 3>{-1, -2, 3}));
  EXPECT_EQ(volume.header.geometry.spacing_mm[2], 5);
  EXPECT_FALSE(read(meta("")).header.geometry.known);
  EXPECT_TRUE(has_note(read(meta("")).header, "no spacing"));
}

TEST(MetaImage, big_endian_words_are_turned) {
  const std::string text =
      with(with(meta("BinaryDataByteOrderMSB = True\n"), "ElementType", "ElementType = MET_USHORT"),
           "DimSize", "DimSize = 2 3 2");
  EXPECT_EQ(read(text).channel<uint16_t>(0)(0, 0, 0), 0x6162);
}

TEST(BadMetaImage, N02_malformed_headers_are_refused) {
  refuses(ErrorKind::kFormat, "no field \"DimSize\"", with(meta(""), "DimSize", "Comment = none"));
  refuses(ErrorKind::kFormat, "3 extents", with(meta(""), "DimSize", "DimSize = 2 3"));
  refuses(ErrorKind::kFormat, "at least 1", with(meta(""), "DimSize", "DimSize = 2 3 0"));
  refuses(ErrorKind::kFormat, "has no end", meta("").substr(0, 60));
  refuses(ErrorKind::kFormat, "9 numbers", meta("TransformMatrix = 1 0 0\n"));
  refuses(ErrorKind::kFormat, "numbers", meta("Offset = 1 2 x\n"));
}

TEST(BadMetaImage, N04_other_types_text_and_vectors_are_named) {
  refuses(ErrorKind::kUnsupported, "MET_FLOAT_ARRAY",
          with(meta(""), "ElementType", "ElementType = MET_FLOAT_ARRAY"));
  refuses(ErrorKind::kUnsupported, "ElementNumberOfChannels",
          meta("ElementNumberOfChannels = 3\n"));
  refuses(ErrorKind::kUnsupported, "text", meta("BinaryData = False\n"));
  refuses(ErrorKind::kUnsupported, "2 axes", with(meta(""), "NDims", "NDims = 2"));
}

TEST(BadMetaImage, N07_sizes_are_bounded_by_the_bytes_at_hand) {
  const std::string large = with(meta(""), "DimSize", "DimSize = 4096 4096 2048");
  refuses(ErrorKind::kFormat, "34359738368 bytes", large);
  refuses(ErrorKind::kLimit, "cannot hold",
          with(large, "ElementType", "CompressedData = True\nElementType = MET_UCHAR"));
  refuses(ErrorKind::kLimit, "2^62",
          with(meta(""), "DimSize", "DimSize = 4000000000 4000000000 4000000000"));
}

TEST(BadMetaImage, N09_short_voxels_are_refused_and_long_ones_counted) {
  refuses(ErrorKind::kFormat, "is cut", meta("", kVoxels.substr(1)));
  EXPECT_EQ(read(meta("", kVoxels + "!")).header.trailing_bytes, 1);
}

TEST(BadMetaImage, I09_damaged_zlib_voxels_are_refused) {
  Volume volume = random_volume({2, 3, 4}, core::Order::kFortran, DataType::kInt16);
  const core::Buffer file = encode_meta_image(volume);
  expect_equal_values(volume, read_volume(file.bytes(), "a.mha"));
  for (size_t cut = 1; cut < 40; ++cut) {
    const auto bytes = file.bytes().first(static_cast<size_t>(file.size_bytes()) - cut);
    EXPECT_THROW((void)read_volume(bytes, "a.mha"), Error) << cut;
  }
  const std::string text(reinterpret_cast<const char*>(file.data()),
                         static_cast<size_t>(file.size_bytes()));
  refuses(ErrorKind::kFormat, "another size", with(text, "DimSize", "DimSize = 2 3 5"));
}

TEST(DetachedMetaImage, voxels_are_found_beside_the_header_only) {
  const TestFolder folder("volseg_detached_meta");
  core::write_text(folder.path() / "a.raw", "12" + kVoxels, core::Overwrite::kYes);
  const auto path = folder.path() / "a.mhd";
  const auto volume_of = [&](const std::string& fields, const std::string& file) {
    core::write_text(path, meta(fields, "", file), core::Overwrite::kYes);
    return read_volume(path);
  };
  EXPECT_EQ(volume_of("HeaderSize = 2\n", "a.raw").channel<uint8_t>(0)(1, 2, 3), 'x');
  EXPECT_EQ(volume_of("HeaderSize = -1\n", "a.raw").channel<uint8_t>(0)(0, 0, 0), 'a');
  expect_error(ErrorKind::kUnsupported, "plain name", [&] { (void)volume_of("", "../a.raw"); });
  expect_error(ErrorKind::kUnsupported, "plain name", [&] { (void)volume_of("", "/etc/passwd"); });
  expect_error(ErrorKind::kUnsupported, "several files", [&] { (void)volume_of("", "LIST"); });
  refuses(ErrorKind::kUnsupported, "save header and voxels as one file", meta("", "", "a.raw"));
}

}  // namespace
}  // namespace volseg::volume::internal
