// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/formats.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/core/random.h"

namespace volseg::volume {
namespace {

constexpr std::array<DataType, 12> kTypes{
    DataType::kBool,  DataType::kUint8,   DataType::kInt8,    DataType::kUint16,
    DataType::kInt16, DataType::kUint32,  DataType::kInt32,   DataType::kUint64,
    DataType::kInt64, DataType::kFloat16, DataType::kFloat32, DataType::kFloat64};

Volume random_volume(const core::Shape3& shape, core::Order order, DataType type,
                     int64_t channels = 1) {
  Volume volume;
  volume.header.shape = shape;
  volume.header.strides = core::dense_strides(shape, order);
  volume.header.channels = channels;
  volume.header.channel_stride = core::voxel_count(shape);
  volume.header.type = type;
  volume.data = core::Buffer(volume.header.channel_stride * channels * size_bytes(type));
  core::CounterRandom random(1, 2, static_cast<uint64_t>(type));
  for (std::byte& byte : volume.data.bytes()) {
    byte = static_cast<std::byte>(random.below(type == DataType::kBool ? 2 : 256));
  }
  return volume;
}

void expect_equal_values(const Volume& first, const Volume& second) {
  ASSERT_EQ(first.header.shape, second.header.shape);
  ASSERT_EQ(first.header.channels, second.header.channels);
  for (int64_t channel = 0; channel < first.header.channels; ++channel) {
    const core::Array<float> expected = to_float(first, channel);
    const core::Array<float> found = to_float(second, channel);
    const core::Shape3& shape = first.header.shape;
    for (int64_t voxel = 0; voxel < expected.size(); ++voxel) {
      const int64_t a = voxel % shape[0];
      const int64_t b = voxel / shape[0] % shape[1];
      const int64_t c = voxel / shape[0] / shape[1];
      ASSERT_EQ(expected(a, b, c), found(a, b, c));
    }
  }
}

TEST(Formats, give_back_every_type_order_and_shape) {
  for (const core::Shape3& shape : {core::Shape3{3, 4, 5}, core::Shape3{2, 7, 3}}) {
    for (const core::Order order : {core::Order::kC, core::Order::kFortran}) {
      for (const DataType type : kTypes) {
        const Volume written = random_volume(shape, order, type);
        for (const FileFormat format :
             {FileFormat::kNpy, FileFormat::kNifti, FileFormat::kNiftiGz}) {
          const core::Buffer file = encode_volume(written, format);
          const Volume read = read_volume(file.bytes(), "a");
          SCOPED_TRACE(std::string(name_of(type)) + std::string(extension_of(format)));
          expect_equal_values(written, read);
        }
      }
    }
  }
}

TEST(Formats, npy_keeps_type_order_and_bytes) {
  for (const core::Order order : {core::Order::kC, core::Order::kFortran}) {
    for (const DataType type : kTypes) {
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
  for (const FileFormat format : {FileFormat::kNpy, FileFormat::kNifti, FileFormat::kNiftiGz}) {
    const core::Buffer file = encode_volume(written, format);
    const Volume read = read_volume(file.bytes(), "a");
    expect_equal_values(written, read);
    EXPECT_EQ(read.header.scale_slope, format == FileFormat::kNpy ? 1 : 0.25);
  }
  const core::Buffer npy = encode_volume(written, FileFormat::kNpy);
  EXPECT_EQ(read_header(npy.bytes(), "a.npy").channel_axis, 0);
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
  EXPECT_EQ(stem_of_name("c.mhd"), "c.mhd");
}

TEST(Formats, a_name_that_disagrees_with_the_content_is_noted) {
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

TEST(Formats, other_contents_are_named) {
  const std::vector<std::pair<std::string, std::string>> contents{
      {std::string("PK\x03\x04rest"), "zip archive"},
      {std::string("\x80\x04rest"), "pickle"},
      {std::string(), "empty"},
      {std::string("<html>"), "neither .npy nor NIfTI"}};
  for (const auto& [content, word] : contents) {
    try {
      (void)read_volume(std::as_bytes(std::span(content)), "a.npy");
      ADD_FAILURE() << word;
    } catch (const Error& error) {
      EXPECT_NE(error.message().find(word), std::string::npos) << error.what();
    }
  }
}

TEST(Formats, damaged_gzip_never_gives_a_volume) {
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
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / "volseg_formats_test";
  std::filesystem::create_directories(folder);
  for (const char* name : {"a.npy", "a.nii", "a.nii.gz"}) {
    const std::filesystem::path path = folder / name;
    write_volume(path, written, core::Overwrite::kYes);
    expect_equal_values(written, read_volume(path));
    EXPECT_THROW(write_volume(path, written, core::Overwrite::kNo), Error);
  }
  EXPECT_THROW(write_volume(folder / "a.tif", written, core::Overwrite::kYes), Error);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace volseg::volume
