// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/nrrd.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "volseg/core/files.h"
#include "volseg/volume/internal/gzip.h"
#include "volseg/volume/internal/made_volume_test.h"

namespace volseg::volume::internal {
namespace {

const std::string kVoxels = "abcdefghijklmnopqrstuvwx";

std::string nrrd(const std::string& fields, const std::string& voxels = kVoxels) {
  return "NRRD0004\n# made by a test\ntype: uchar\ndimension: 3\nsizes: 2 3 4\nencoding: raw\n" +
         fields + "\n" + voxels;
}

/// `text` with the line that begins with `key` replaced.
std::string with(std::string text, const std::string& key, const std::string& line) {
  const size_t begin = text.find("\n" + key) + 1;
  return text.replace(begin, text.find('\n', begin) - begin, line);
}

Volume read(const std::string& text, const ReadOptions& options = {}) {
  return read_volume(std::as_bytes(std::span(text)), "a.nrrd", options);
}

void refuses(ErrorKind kind, const std::string& words, const std::string& text) {
  expect_error(kind, words, [&] { (void)read(text); });
}

TEST(Nrrd, reads_axes_with_x_fastest_and_pairs_and_unknown_fields_are_passed_over) {
  const Volume volume = read(nrrd("content: x: y\nkey:=value: more\n"));
  EXPECT_EQ(volume.header.shape, (core::Shape3{2, 3, 4}));
  EXPECT_EQ(volume.channel<uint8_t>(0)(1, 2, 3), 'x');
  EXPECT_EQ(volume.channel<uint8_t>(0)(1, 0, 0), 'b');
  EXPECT_FALSE(volume.header.geometry.known);
}

TEST(Nrrd, reads_every_named_space_into_right_anterior_superior) {
  const std::string place =
      "space directions: (2,0,0) (0,0,3) (0,-4,0)\nspace origin: (10,20,30)\n";
  const std::vector<std::pair<std::string, std::array<double, 3>>> spaces{
      {"left-posterior-superior", {-10, -20, 30}}, {"LPS", {-10, -20, 30}},
      {"right-anterior-superior", {10, 20, 30}},   {"RAS", {10, 20, 30}},
      {"left-anterior-superior", {-10, 20, 30}},   {"LAS", {-10, 20, 30}}};
  for (const auto& [space, origin] : spaces) {
    const Geometry geometry = read(nrrd("space: " + space + "\n" + place)).header.geometry;
    EXPECT_EQ(geometry.origin_mm, origin) << space;
    EXPECT_EQ(geometry.spacing_mm, (std::array<double, 3>{2, 3, 4})) << space;
    EXPECT_EQ(geometry.direction[7], 1) << space;
    EXPECT_EQ(geometry.direction[0], origin[0] / 10) << space;
    EXPECT_EQ(geometry.direction[5], -origin[1] / 20) << space;
  }
  const Volume other = read(nrrd("space: scanner-xyz\n" + place));
  EXPECT_TRUE(has_note(other.header, "no anatomical space"));
  EXPECT_EQ(other.header.geometry.origin_mm[0], -10);
}

TEST(Nrrd, spacings_alone_are_known_when_they_are_positive) {
  const Volume volume = read(nrrd("spacings: 0.5 1 nan\n"));
  EXPECT_FALSE(volume.header.geometry.known);
  EXPECT_TRUE(has_note(volume.header, "not a positive number"));
  const Geometry geometry = read(nrrd("spacings: 0.5 1 2\n")).header.geometry;
  EXPECT_TRUE(is_spacing_only(geometry));
  EXPECT_EQ(geometry.spacing_mm, (std::array<double, 3>{0.5, 1, 2}));
}

TEST(Nrrd, singular_and_sheared_directions_are_noted) {
  const Volume singular = read(nrrd("space: LPS\nspace directions: (0,0,0) (0,1,0) (0,0,1)\n"));
  EXPECT_FALSE(singular.header.geometry.known);
  EXPECT_TRUE(has_note(singular.header, "singular"));
  const Volume sheared = read(nrrd("space: LPS\nspace directions: (1,0,0) (0.5,1,0) (0,0,1)\n"));
  EXPECT_TRUE(sheared.header.geometry.known);
  EXPECT_TRUE(has_note(sheared.header, "sheared"));
}

TEST(Nrrd, a_fourth_axis_is_channels_first_or_last) {
  const std::string first = with(with(nrrd("space: LPS\nspace directions: none (1,0,0) (0,1,0) "
                                           "(0,0,1)\nkinds: list domain domain domain\n"),
                                      "dimension", "dimension: 4"),
                                 "sizes", "sizes: 2 3 4 1");
  const Volume interleaved = read(first);
  EXPECT_EQ(interleaved.header.channels, 2);
  EXPECT_EQ(interleaved.header.channel_axis, 0);
  EXPECT_EQ(interleaved.header.shape, (core::Shape3{3, 4, 1}));
  EXPECT_EQ(interleaved.channel<uint8_t>(1)(1, 0, 0), 'd');
  const std::string last =
      with(with(nrrd(""), "dimension", "dimension: 4"), "sizes", "sizes: 2 3 2 2");
  EXPECT_EQ(read(last).header.channel_axis, 3);
  EXPECT_EQ(read(last).channel<uint8_t>(1)(0, 0, 0), 'm');
  EXPECT_EQ(read(last, {.channel_axis = 0}).header.channel_axis, 0);
}

TEST(Nrrd, big_endian_words_are_turned) {
  const std::string text =
      with(with(nrrd("endian: big\n"), "type", "type: unsigned short"), "sizes", "sizes: 2 3 2");
  EXPECT_EQ(read(text).channel<uint16_t>(0)(0, 0, 0), 0x6162);
}

TEST(BadNrrd, N02_malformed_headers_are_refused) {
  refuses(ErrorKind::kFormat, "no field \"sizes\"", with(nrrd(""), "sizes", "# none"));
  refuses(ErrorKind::kFormat, "3 extents", with(nrrd(""), "sizes", "sizes: 2 3"));
  refuses(ErrorKind::kFormat, "whole numbers", with(nrrd(""), "sizes", "sizes: 2 3 4x"));
  refuses(ErrorKind::kFormat, "whole numbers",
          with(nrrd(""), "sizes", "sizes: 2 3 99999999999999999999"));
  refuses(ErrorKind::kFormat, "at least 1", with(nrrd(""), "sizes", "sizes: 2 -3 4"));
  refuses(ErrorKind::kFormat, "at least 1", with(nrrd(""), "sizes", "sizes: 2 0 4"));
  refuses(ErrorKind::kFormat, "has no end", nrrd("").substr(0, 60));
  refuses(ErrorKind::kFormat, "vector", nrrd("space: LPS\nspace directions: (1,0,0) 5\n"));
  refuses(ErrorKind::kFormat, "3 numbers",
          nrrd("space: LPS\nspace directions: (1,0) (0,1) (1,1)\n"));
  refuses(ErrorKind::kFormat, "endian", with(nrrd(""), "type", "type: short"));
  refuses(ErrorKind::kFormat, "little or big",
          with(nrrd("endian: middle\n"), "type", "type: short"));
}

TEST(BadNrrd, N04_other_types_encodings_and_vectors_are_named) {
  refuses(ErrorKind::kUnsupported, "\"block\"", with(nrrd(""), "type", "type: block"));
  refuses(ErrorKind::kUnsupported, "\"bzip2\"", with(nrrd(""), "encoding", "encoding: bzip2"));
  refuses(ErrorKind::kUnsupported, "\"ascii\"", with(nrrd(""), "encoding", "encoding: ascii"));
  refuses(ErrorKind::kUnsupported, "RGB-color", nrrd("kinds: RGB-color domain domain\n"));
  refuses(ErrorKind::kUnsupported, "vector", nrrd("kinds: vector domain domain\n"));
  refuses(ErrorKind::kUnsupported, "2 axes", with(nrrd(""), "dimension", "dimension: 2"));
}

TEST(BadNrrd, N07_sizes_are_bounded_by_the_bytes_at_hand) {
  refuses(ErrorKind::kFormat, "34359738368 bytes",
          with(nrrd(""), "sizes", "sizes: 4096 4096 2048"));
  refuses(ErrorKind::kLimit, "2^62",
          with(nrrd(""), "sizes", "sizes: 4000000000 4000000000 4000000000"));
  refuses(ErrorKind::kLimit, "cannot hold",
          with(with(nrrd(""), "sizes", "sizes: 4096 4096 2048"), "encoding", "encoding: gzip"));
}

TEST(BadNrrd, N09_short_voxels_are_refused_and_long_ones_counted) {
  refuses(ErrorKind::kFormat, "is cut", nrrd("", kVoxels.substr(1)));
  EXPECT_EQ(read(nrrd("", kVoxels + "!")).header.trailing_bytes, 1);
}

TEST(BadNrrd, I09_damaged_gzip_voxels_are_refused) {
  const core::Buffer packed = deflate_gzip(std::as_bytes(std::span(kVoxels)));
  const std::string voxels(reinterpret_cast<const char*>(packed.data()),
                           static_cast<size_t>(packed.size_bytes()));
  const std::string whole = with(nrrd("", voxels), "encoding", "encoding: gzip");
  EXPECT_EQ(read(whole).channel<uint8_t>(0)(1, 2, 3), 'x');
  for (size_t cut = 1; cut <= voxels.size(); ++cut) {
    EXPECT_THROW((void)read(whole.substr(0, whole.size() - cut)), Error) << cut;
  }
  refuses(ErrorKind::kFormat, "is cut", with(whole, "sizes", "sizes: 2 3 5"));
}

TEST(DetachedNrrd, voxels_are_found_beside_the_header_only) {
  const TestFolder folder("volseg_detached_nrrd");
  const std::string header = "NRRD0004\ntype: uchar\ndimension: 3\nsizes: 2 3 4\nencoding: raw\n";
  core::write_text(folder.path() / "a.raw", "12" + kVoxels, core::Overwrite::kYes);
  const auto path = folder.path() / "a.nhdr";
  const auto volume_of = [&](const std::string& fields) {
    core::write_text(path, header + fields, core::Overwrite::kYes);
    return read_volume(path);
  };
  EXPECT_EQ(volume_of("byte skip: 2\ndata file: a.raw\n").channel<uint8_t>(0)(1, 2, 3), 'x');
  EXPECT_EQ(volume_of("byte skip: -1\ndata file: a.raw\n").channel<uint8_t>(0)(0, 0, 0), 'a');
  EXPECT_EQ(volume_of("data file: a.raw\n").header.trailing_bytes, 2);
  for (const std::string name : {"../a.raw", "/etc/passwd", "LIST", "a%02d.raw 1 4 1", ".."}) {
    EXPECT_THROW((void)volume_of("data file: " + name + "\n"), Error) << name;
  }
  expect_error(ErrorKind::kUnsupported, "plain name",
               [&] { (void)volume_of("data file: ../a.raw\n"); });
  expect_error(ErrorKind::kNotFound, "b.raw", [&] { (void)volume_of("data file: b.raw\n"); });
  refuses(ErrorKind::kUnsupported, "save header and voxels as one file",
          header + "data file: a.raw\n");
}

TEST(Nrrd, survives_every_cut_and_every_flipped_bit) {
  const std::string whole =
      nrrd("space: LPS\nspace directions: (1,0,0) (0,1,0) (0,0,1)\nkinds: domain domain domain\n");
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THROW((void)read(whole.substr(0, size)), Error) << size;
  }
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    try {
      EXPECT_GT(read(damaged).data.size_bytes(), 0);
    } catch (const Error&) {
    }
  }
}

}  // namespace
}  // namespace volseg::volume::internal
