// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/formats.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/volume/internal/made_volume_test.h"

namespace volseg::volume {
namespace {

using internal::expect_equal_values;
using internal::kAllTypes;
using internal::random_volume;

constexpr std::array<FileFormat, 6> kFormats{FileFormat::kNpy,       FileFormat::kNifti,
                                             FileFormat::kNiftiGz,   FileFormat::kNrrd,
                                             FileFormat::kMetaImage, FileFormat::kTiff};

TEST(Formats, give_back_every_type_order_and_shape) {
  for (const core::Shape3& shape : {core::Shape3{3, 4, 5}, core::Shape3{2, 7, 3}}) {
    for (const core::Order order : {core::Order::kC, core::Order::kFortran}) {
      for (const DataType type : kAllTypes) {
        const Volume written = random_volume(shape, order, type);
        for (const FileFormat format : kFormats) {
          SCOPED_TRACE(std::string(name_of(type)) + std::string(extension_of(format)));
          const core::Buffer file = encode_volume(written, format);
          const Volume read = read_volume(file.bytes(), "a");
          expect_equal_values(written, read);
          EXPECT_EQ(read_header(file.bytes(), "a").shape, shape);
        }
      }
    }
  }
}

TEST(Formats, npy_keeps_type_order_and_bytes) {
  for (const core::Order order : {core::Order::kC, core::Order::kFortran}) {
    for (const DataType type : kAllTypes) {
      const Volume written = random_volume({3, 4, 5}, order, type);
      const core::Buffer file = encode_volume(written, FileFormat::kNpy);
      const Volume read = read_volume(file.bytes(), "a.npy");
      EXPECT_EQ(read.header.type, type);
      EXPECT_EQ(read.header.strides, written.header.strides);
      EXPECT_TRUE(std::ranges::equal(read.data.bytes(), written.data.bytes()));
    }
  }
}

TEST(Formats, keep_channels_and_scale) {
  Volume written = random_volume({10, 9, 11}, core::Order::kC, DataType::kInt16, 3);
  written.header.scale_slope = 0.25;
  written.header.scale_intercept = -7;
  for (const FileFormat format : kFormats) {
    if (format == FileFormat::kTiff) {
      EXPECT_THROW((void)encode_volume(written, format), Error);
      continue;
    }
    const core::Buffer file = encode_volume(written, format);
    const Volume read = read_volume(file.bytes(), "a");
    expect_equal_values(written, read);
    const bool keeps_scale = format == FileFormat::kNifti || format == FileFormat::kNiftiGz;
    EXPECT_EQ(read.header.scale_slope, keeps_scale ? 0.25 : 1);
  }
  const core::Buffer npy = encode_volume(written, FileFormat::kNpy);
  EXPECT_EQ(read_header(npy.bytes(), "a.npy").channel_axis, 0);
}

TEST(Formats, keep_geometry) {
  Volume written = random_volume({3, 4, 5}, core::Order::kC, DataType::kInt16);
  written.header.geometry = internal::turned_geometry();
  for (const FileFormat format : {FileFormat::kNifti, FileFormat::kNrrd, FileFormat::kMetaImage}) {
    const Volume read = read_volume(encode_volume(written, format).bytes(), "a");
    EXPECT_TRUE(same_geometry(read.header.geometry, written.header.geometry))
        << extension_of(format) << ": " << to_string(read.header.geometry);
    EXPECT_TRUE(read.header.geometry.known);
    EXPECT_TRUE(read.header.notes.empty());
  }
  const Volume stack = read_volume(encode_volume(written, FileFormat::kTiff).bytes(), "a");
  for (size_t axis = 0; axis < 3; ++axis) {
    EXPECT_NEAR(stack.header.geometry.spacing_mm[axis], written.header.geometry.spacing_mm[axis],
                1e-6);
  }
}

TEST(Formats, reorder_large_arrays_like_the_definition) {
  const Volume written = random_volume({67, 33, 130}, core::Order::kC, DataType::kUint16);
  const core::Buffer file = encode_volume(written, FileFormat::kNifti);
  expect_equal_values(written, read_volume(file.bytes(), "a.nii"));
}

TEST(Formats, are_told_by_name) {
  EXPECT_EQ(format_of_name("a/B.NII.GZ"), FileFormat::kNiftiGz);
  EXPECT_EQ(format_of_name("a.nii"), FileFormat::kNifti);
  EXPECT_EQ(format_of_name("a.nii.npy"), FileFormat::kNpy);
  EXPECT_EQ(format_of_name("a.gz"), std::nullopt);
  EXPECT_EQ(stem_of_name("a/b.nii.gz"), "b");
  EXPECT_EQ(stem_of_name("a.b/c.d.npy"), "c.d");
  EXPECT_EQ(stem_of_name("c.mhd"), "c");
  EXPECT_EQ(stem_of_name("c.d.TIFF"), "c.d");
  EXPECT_EQ(stem_of_name("c.txt"), "c.txt");
  EXPECT_EQ(format_of_name("a.nhdr"), FileFormat::kNrrd);
  EXPECT_FALSE(is_written_name("a.nhdr"));
  EXPECT_TRUE(is_written_name("a.MHA"));
}

TEST(BadNiftiFile, I10_a_name_that_disagrees_with_the_content_is_noted) {
  const Volume written = random_volume({3, 4, 5}, core::Order::kC, DataType::kUint8);
  const core::Buffer plain = encode_volume(written, FileFormat::kNifti);
  const core::Buffer zipped = encode_volume(written, FileFormat::kNiftiGz);
  const auto noted = [](const core::Buffer& file, std::string_view name) {
    const std::vector<std::string> notes = read_volume(file.bytes(), name).header.notes;
    return std::ranges::any_of(notes, [](const std::string& note) {
      return note.find("by its content") != std::string::npos;
    });
  };
  EXPECT_TRUE(noted(plain, "a.nii.gz"));
  EXPECT_TRUE(noted(zipped, "a.nii"));
  EXPECT_FALSE(noted(zipped, "a.nii.gz"));
}

TEST(BadNpy, N03_other_contents_are_named) {
  const std::vector<std::pair<std::string, std::string>> contents{
      {std::string("\x80\x04rest"), "pickle"},
      {std::string(), "empty"},
      {std::string("<html>"), "none of the image formats"}};
  for (const auto& [content, word] : contents) {
    try {
      (void)read_volume(std::as_bytes(std::span(content)), "a.npy");
      ADD_FAILURE() << word;
    } catch (const Error& error) {
      EXPECT_NE(error.message().find(word), std::string::npos) << error.what();
    }
  }
}

TEST(BadNiftiFile, I09_damaged_gzip_never_gives_a_volume) {
  const Volume written = random_volume({3, 4, 5}, core::Order::kC, DataType::kUint8);
  const core::Buffer file = encode_volume(written, FileFormat::kNiftiGz);
  for (int64_t size = 0; size < file.size_bytes(); ++size) {
    EXPECT_THROW((void)read_volume(file.bytes().first(static_cast<size_t>(size)), "a"), Error);
  }
  core::Buffer damaged = core::Buffer::copy_of(file.bytes());
  damaged.data()[damaged.size_bytes() - 6] ^= std::byte{1};
  EXPECT_THROW((void)read_volume(damaged.bytes(), "a"), Error);
}

TEST(Formats, files_are_written_and_not_replaced_unasked) {
  const Volume written = random_volume({2, 7, 3}, core::Order::kC, DataType::kFloat32);
  const internal::TestFolder work("volseg_formats_test");
  const std::filesystem::path& folder = work.path();
  for (const char* name : {"a.npy", "a.nii", "a.nii.gz", "a.nrrd", "a.mha", "a.tif", "a.tiff"}) {
    const std::filesystem::path path = folder / name;
    write_volume(path, written, core::Overwrite::kYes);
    expect_equal_values(written, read_volume(path));
    EXPECT_THROW(write_volume(path, written, core::Overwrite::kNo), Error);
  }
  for (const char* name : {"a.mhd", "a.nhdr", "a.png"}) {
    EXPECT_THROW(write_volume(folder / name, written, core::Overwrite::kYes), Error);
  }
}

}  // namespace
}  // namespace volseg::volume
