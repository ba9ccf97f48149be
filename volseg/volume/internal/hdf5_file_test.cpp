// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/hdf5_file.h"

#include <gtest/gtest.h>
#include <hdf5.h>

#include <string>
#include <vector>

#include "volseg/core/files.h"
#include "volseg/volume/internal/made_volume_test.h"

namespace volseg::volume::internal {
namespace {

/// A file with datasets that a test adds.
class Hdf5 : public ::testing::Test {
 protected:
  Hdf5() : path_(folder_.path() / "a.h5") {
    file_ = H5Fcreate(path_.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(H5Gcreate2(file_, "/raw", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  }
  ~Hdf5() override { close(); }

  void close() {
    if (file_ >= 0) {
      H5Fclose(file_);
      file_ = -1;
    }
  }

  /// Values 0, 1, 2, ... written as `stored`.
  void add(const char* name, const std::vector<hsize_t>& shape, hid_t stored,
           bool compressed = false, bool filled = true) const {
    const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    const hid_t settings = H5Pcreate(H5P_DATASET_CREATE);
    if (compressed) {
      H5Pset_chunk(settings, static_cast<int>(shape.size()), shape.data());
      H5Pset_deflate(settings, 4);
    }
    const hid_t data = H5Dcreate2(file_, name, stored, space, H5P_DEFAULT, settings, H5P_DEFAULT);
    size_t count = 1;
    for (const hsize_t extent : shape) {
      count *= extent;
    }
    if (filled) {
      std::vector<int32_t> values(count);
      for (size_t index = 0; index < count; ++index) {
        values[index] = static_cast<int32_t>(index);
      }
      H5Dwrite(data, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    }
    H5Dclose(data);
    H5Pclose(settings);
    H5Sclose(space);
  }

  [[nodiscard]] Volume read(const std::string& dataset = "") {
    close();
    return read_volume(dataset.empty() ? path_.string() : path_.string() + ":" + dataset);
  }

  const TestFolder folder_{"volseg_hdf5"};
  std::filesystem::path path_;
  hid_t file_ = -1;
};

TEST_F(Hdf5, a_dataset_keeps_its_axes_as_numpy_shows_them) {
  add("/raw/image", {3, 4, 5}, H5T_STD_I16BE, true);
  add("/labels", {3, 4, 5}, H5T_STD_U8LE);
  const Volume image = read("/raw/image");
  EXPECT_EQ(image.header.shape, (core::Shape3{3, 4, 5}));
  EXPECT_EQ(image.header.type, DataType::kInt16);
  EXPECT_EQ(image.channel<int16_t>(0)(1, 2, 3), 20 + 2 * 5 + 3);
  EXPECT_EQ(read("/labels").channel<uint8_t>(0)(2, 3, 4), 59);
}

TEST_F(Hdf5, every_number_type_is_read) {
  const std::vector<std::pair<hid_t, DataType>> types{
      {H5T_STD_I8LE, DataType::kInt8},      {H5T_STD_U16BE, DataType::kUint16},
      {H5T_STD_U32LE, DataType::kUint32},   {H5T_STD_I32BE, DataType::kInt32},
      {H5T_STD_U64LE, DataType::kUint64},   {H5T_STD_I64BE, DataType::kInt64},
      {H5T_IEEE_F32BE, DataType::kFloat32}, {H5T_IEEE_F64LE, DataType::kFloat64}};
  for (size_t index = 0; index < types.size(); ++index) {
    add(("/d" + std::to_string(index)).c_str(), {2, 3, 4}, types[index].first);
  }
  for (size_t index = 0; index < types.size(); ++index) {
    const Volume volume = read("/d" + std::to_string(index));
    EXPECT_EQ(volume.header.type, types[index].second);
    EXPECT_EQ(to_float(volume, 0)(1, 2, 3), 23);
  }
}

TEST_F(Hdf5, the_only_image_needs_no_path_also_in_memory) {
  add("/raw/image", {3, 4, 5}, H5T_STD_U8LE);
  add("/raw/times", {7}, H5T_IEEE_F64LE);
  expect_equal_values(read(), read("/raw/image"));
  const core::Buffer bytes = core::read_file(path_);
  expect_equal_values(read(), read_volume(bytes.bytes(), "a.h5"));
  EXPECT_EQ(read_header(bytes.bytes(), "a.h5").shape, (core::Shape3{3, 4, 5}));
}

TEST_F(Hdf5, channels_and_the_size_of_voxels_are_read) {
  add("/image", {2, 9, 10, 11}, H5T_STD_U16LE);
  EXPECT_EQ(read("/image").header.channels, 2);
  EXPECT_EQ(read("/image").channel<uint16_t>(1)(0, 0, 1), 991);
}

TEST_F(Hdf5, what_is_no_image_is_refused_with_a_list) {
  add("/raw/image", {3, 4, 5}, H5T_STD_U8LE);
  add("/raw/flat", {3, 4}, H5T_STD_U8LE);
  add("/second", {3, 4, 5}, H5T_STD_U8LE);
  expect_error(ErrorKind::kUnsupported, "2 datasets could be the image", [&] { (void)read(); });
  expect_error(ErrorKind::kNotFound, "it has /raw/flat (3 x 4 of uint8), /raw/image (3 x 4 x 5",
               [&] { (void)read("/none"); });
  expect_error(ErrorKind::kUnsupported, "/raw/flat is not numbers on three axes",
               [&] { (void)read("/raw/flat"); });
}

TEST_F(Hdf5, links_to_other_files_are_never_followed) {
  add("/image", {3, 4, 5}, H5T_STD_U8LE);
  H5Lcreate_external("other.h5", "/image", file_, "/link", H5P_DEFAULT, H5P_DEFAULT);
  expect_error(ErrorKind::kNotFound, "no dataset /link", [&] { (void)read("/link"); });
}

TEST_F(Hdf5, N07_sizes_are_bounded_by_the_bytes_of_the_file) {
  add("/image", {4096, 4096, 2048}, H5T_STD_U8LE, false, false);
  expect_error(ErrorKind::kLimit, "34359738368 bytes", [&] { (void)read("/image"); });
}

TEST_F(Hdf5, N09_cut_files_are_refused) {
  add("/image", {3, 4, 5}, H5T_STD_U8LE, true);
  close();
  const core::Buffer bytes = core::read_file(path_);
  for (int64_t size = 8; size < bytes.size_bytes(); size += 97) {
    EXPECT_THROW((void)read_volume(bytes.bytes().first(static_cast<size_t>(size)), "a.h5"), Error);
  }
  expect_error(ErrorKind::kNotFound, "no such file",
               [&] { (void)read_volume(folder_.path() / "b.h5:/image"); });
}

}  // namespace
}  // namespace volseg::volume::internal
