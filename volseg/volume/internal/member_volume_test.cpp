// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/member_volume.h"

#include <gtest/gtest.h>
#include <png.h>

#include <string>
#include <vector>

#include "volseg/archive/zip_writer.h"
#include "volseg/core/files.h"
#include "volseg/volume/internal/made_volume_test.h"
#include "volseg/volume/internal/slice_files.h"

namespace volseg::volume::internal {
namespace {

using core::Overwrite;

Volume one_slice(uint8_t value, const core::Shape3& shape = {5, 3, 1},
                 DataType type = DataType::kUint8) {
  Volume slice = random_volume(shape, core::Order::kFortran, type);
  slice.data.data()[1] = static_cast<std::byte>(value);
  return slice;
}

std::vector<std::byte> png_of(uint32_t width, uint32_t height, uint32_t format,
                              const std::vector<uint8_t>& pixels) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  image.format = format;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::vector<std::byte> bytes(size);
  png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), 0, nullptr);
  bytes.resize(size);
  return bytes;
}

TEST(NaturalOrder, counts_digits_as_numbers) {
  EXPECT_TRUE(naturally_before("z9.tif", "z10.tif"));
  EXPECT_TRUE(naturally_before("z009.tif", "z10.tif"));
  EXPECT_TRUE(naturally_before("a2b3", "a2b12"));
  EXPECT_FALSE(naturally_before("z10.tif", "z9.tif"));
  EXPECT_TRUE(naturally_before("z", "z1"));
  EXPECT_FALSE(naturally_before("z1", "z1"));
  EXPECT_TRUE(naturally_before("z01", "z1") != naturally_before("z1", "z01"));
}

TEST(SliceFolder, tiff_files_stack_in_natural_order) {
  const TestFolder folder("volseg_tiff_slices");
  for (const int z : {0, 2, 9, 10, 11}) {
    write_volume(folder.path() / ("z" + std::to_string(z) + ".tif"),
                 one_slice(static_cast<uint8_t>(z)), Overwrite::kYes);
  }
  core::write_text(folder.path() / "readme.txt", "text", Overwrite::kYes);
  const Volume stack = read_volume(folder.path());
  EXPECT_EQ(stack.header.shape, (core::Shape3{5, 3, 5}));
  const std::vector<uint8_t> expected{0, 2, 9, 10, 11};
  for (int64_t z = 0; z < 5; ++z) {
    EXPECT_EQ(stack.channel<uint8_t>(0)(1, 0, z), expected[static_cast<size_t>(z)]);
  }
  EXPECT_TRUE(has_note(stack.header, "1 file beside"));
}

TEST(SliceFolder, N06_a_slice_of_another_size_type_or_with_pages_is_named) {
  const TestFolder folder("volseg_other_slices");
  const auto second = folder.path() / "b.tif";
  write_volume(folder.path() / "a.tif", one_slice(1), Overwrite::kYes);
  const auto refuses = [&](const Volume& other, ErrorKind kind, const std::string& words) {
    write_volume(second, other, Overwrite::kYes);
    const Error error = error_of([&] { (void)read_volume(folder.path()); });
    EXPECT_EQ(static_cast<int>(error.kind()), static_cast<int>(kind));
    EXPECT_NE(error.message().find("b.tif: " + words), std::string::npos) << error.what();
  };
  refuses(one_slice(1, {6, 3, 1}), ErrorKind::kShape, "6 x 3 x 1 of uint8");
  refuses(one_slice(1, {5, 3, 1}, DataType::kInt16), ErrorKind::kShape, "5 x 3 x 1 of int16");
  refuses(one_slice(1, {5, 3, 2}), ErrorKind::kUnsupported, "the file has 2 pages");
}

TEST(SliceFolder, png_files_stack_and_colours_are_refused) {
  const TestFolder folder("volseg_png_slices");
  for (uint8_t z = 0; z < 3; ++z) {
    const auto bytes = png_of(2, 3, PNG_FORMAT_GRAY, {z, 1, 2, 3, 4, 250});
    core::write_file(folder.path() / ("s" + std::to_string(z) + ".png"), bytes, Overwrite::kYes);
  }
  const Volume stack = read_volume(folder.path());
  EXPECT_EQ(stack.header.shape, (core::Shape3{2, 3, 3}));
  EXPECT_EQ(stack.channel<uint8_t>(0)(0, 0, 2), 2);
  EXPECT_EQ(stack.channel<uint8_t>(0)(1, 2, 0), 250);
  const auto colour = png_of(2, 3, PNG_FORMAT_RGB, std::vector<uint8_t>(18, 9));
  core::write_file(folder.path() / "s9.png", colour, Overwrite::kYes);
  expect_error(ErrorKind::kUnsupported, "s9.png: the .png is in colour",
               [&] { (void)read_volume(folder.path()); });
}

TEST(BadPng, N07_N09_cuts_flipped_bits_and_huge_sizes_are_refused) {
  const std::vector<std::byte> whole = png_of(2, 3, PNG_FORMAT_GRAY, {0, 1, 2, 3, 4, 250});
  const auto read = [](std::span<const std::byte> bytes) {
    return read_png({.bytes = bytes, .name = "a.png", .path = std::nullopt, .options = {}});
  };
  EXPECT_EQ(read(whole).header.shape[1], 3);
  for (size_t size = 8; size + 12 < whole.size(); ++size) {
    EXPECT_THROW((void)read(std::span(whole).first(size)), Error) << size;
  }
  for (size_t bit = 64; bit < whole.size() * 8; ++bit) {
    std::vector<std::byte> damaged = whole;
    damaged[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    try {
      (void)read(damaged);
    } catch (const Error&) {
    }
  }
}

TEST(Npz, one_array_is_read_from_a_file_and_from_memory) {
  const TestFolder folder("volseg_npz");
  const auto path = folder.path() / "a.npz";
  const Volume written = random_volume({4, 5, 3}, core::Order::kC, DataType::kInt16);
  archive::ZipWriter writer(path, Overwrite::kYes);
  writer.add("arr_0.npy", encode_volume(written, FileFormat::kNpy));
  writer.commit();
  expect_equal_values(written, read_volume(path));
  const core::Buffer bytes = core::read_file(path);
  const Volume read = read_volume(bytes.bytes(), "a.npz");
  expect_equal_values(written, read);
  EXPECT_TRUE(read.header.notes.empty());
  EXPECT_EQ(read_header(bytes.bytes(), "a.npz").shape, written.header.shape);
  EXPECT_TRUE(has_note(read_volume(bytes.bytes(), "a.npy").header, "the content is .npz"));
}

TEST(BadNpz, N03_several_arrays_are_listed_and_a_cut_file_is_refused) {
  const TestFolder folder("volseg_bad_npz");
  const auto path = folder.path() / "a.npz";
  const core::Buffer array =
      encode_volume(random_volume({4, 5, 3}, core::Order::kC, DataType::kUint8), FileFormat::kNpy);
  archive::ZipWriter writer(path, Overwrite::kYes);
  writer.add("image.npy", array.bytes());
  writer.add("label.npy", array.bytes());
  writer.commit();
  expect_error(ErrorKind::kUnsupported, "2 arrays (image.npy, label.npy)",
               [&] { (void)read_volume(path); });
  const core::Buffer bytes = core::read_file(path);
  EXPECT_THROW((void)read_volume(bytes.bytes().first(200), "a.npz"), Error);
}

}  // namespace
}  // namespace volseg::volume::internal
