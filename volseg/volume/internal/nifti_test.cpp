// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/nifti.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/volume/formats.h"

namespace volseg::volume {
namespace {

constexpr size_t kDim = 40;
constexpr size_t kDatatype = 70;
constexpr size_t kBitpix = 72;
constexpr size_t kPixdim = 76;
constexpr size_t kVoxOffset = 108;
constexpr size_t kSlope = 112;
constexpr size_t kUnits = 123;
constexpr size_t kQformCode = 252;
constexpr size_t kSformCode = 254;
constexpr size_t kQuaternion = 256;
constexpr size_t kSrow = 280;
constexpr size_t kMagic = 344;

/// A NIfTI-1 file of shape 3 x 4 x 5 whose fields a test changes by offset.
class Nifti : public ::testing::Test {
 protected:
  Nifti() {
    core::Array<int32_t> labels({3, 4, 5}, core::Order::kFortran);
    for (int64_t index = 0; index < labels.size(); ++index) {
      labels.data()[index] = static_cast<int32_t>(index * 7);
    }
    const Geometry geometry{.known = true, .spacing_mm = {1.5, 2, 3}, .origin_mm = {-10, 20, 30}};
    const core::Buffer file =
        encode_volume(from_labels(labels.view(), geometry), FileFormat::kNifti);
    bytes_.assign(file.bytes().begin(), file.bytes().end());
  }

  template <typename T>
  void set(size_t offset, T value) {
    std::memcpy(bytes_.data() + offset, &value, sizeof value);
  }
  Volume read() const { return read_volume(bytes_, "a.nii"); }
  ErrorKind error_kind() const {
    try {
      (void)read();
    } catch (const Error& error) {
      return error.kind();
    }
    return ErrorKind::kCancelled;
  }
  std::string message() const {
    try {
      (void)read();
    } catch (const Error& error) {
      return error.message();
    }
    return {};
  }
  std::string notes() const {
    std::string all;
    for (const std::string& note : read().header.notes) {
      all += note + "\n";
    }
    return all;
  }

  std::vector<std::byte> bytes_;
};

using BadNifti = Nifti;

TEST_F(Nifti, reads_what_was_written) {
  const Volume volume = read();
  EXPECT_EQ(volume.header.shape, (core::Shape3{3, 4, 5}));
  EXPECT_EQ(volume.header.type, DataType::kUint16);
  EXPECT_EQ(volume.header.geometry.spacing_mm, (std::array<double, 3>{1.5, 2, 3}));
  EXPECT_EQ(volume.channel<uint16_t>(0)(2, 3, 4), 59 * 7);
  EXPECT_TRUE(volume.header.notes.empty()) << notes();
}

TEST_F(BadNifti, I01_the_other_byte_order_is_read) {
  const std::vector<std::pair<size_t, size_t>> wide{{0, 1},   {32, 1},  {56, 3},
                                                    {76, 11}, {124, 6}, {256, 18}};
  const std::vector<std::pair<size_t, size_t>> narrow{{36, 1},  {40, 8},  {68, 4},
                                                      {120, 1}, {252, 2}, {352, 60}};
  for (const auto& [begin, count] : wide) {
    for (size_t word = 0; word < count; ++word) {
      std::reverse(bytes_.begin() + begin + 4 * word, bytes_.begin() + begin + 4 * word + 4);
    }
  }
  for (const auto& [begin, count] : narrow) {
    for (size_t word = 0; word < count; ++word) {
      std::reverse(bytes_.begin() + begin + 2 * word, bytes_.begin() + begin + 2 * word + 2);
    }
  }
  const Volume volume = read();
  EXPECT_EQ(volume.header.shape, (core::Shape3{3, 4, 5}));
  EXPECT_EQ(volume.header.geometry.origin_mm, (std::array<double, 3>{-10, 20, 30}));
  EXPECT_EQ(volume.channel<uint16_t>(0)(2, 3, 4), 59 * 7);
}

TEST_F(BadNifti, I01_pairs_analyze_and_wrong_lengths_are_refused) {
  set(kMagic + 1, 'i');
  EXPECT_EQ(error_kind(), ErrorKind::kUnsupported);
  EXPECT_NE(message().find("convert the pair to one .nii file"), std::string::npos);
  set(kMagic, 0);
  EXPECT_EQ(error_kind(), ErrorKind::kUnsupported);
  EXPECT_NE(message().find("Analyze"), std::string::npos);
  set(0, 349);
  EXPECT_EQ(error_kind(), ErrorKind::kFormat);
}

TEST_F(BadNifti, I02_impossible_dimensions_are_refused) {
  for (const int16_t rank : {0, 8, -1}) {
    set(kDim, rank);
    EXPECT_EQ(error_kind(), ErrorKind::kFormat) << rank;
    EXPECT_NE(message().find("(dim[0]); expected 1 to 7"), std::string::npos) << message();
  }
  set(kDim, int16_t{2});
  EXPECT_EQ(error_kind(), ErrorKind::kUnsupported);
  set(kDim, int16_t{5});
  set(kDim + 10, int16_t{2});
  EXPECT_EQ(error_kind(), ErrorKind::kUnsupported);
  set(kDim, int16_t{3});
  set(kDim + 2, int16_t{0});
  EXPECT_EQ(error_kind(), ErrorKind::kFormat);
}

TEST_F(BadNifti, I02_a_fourth_axis_is_channels) {
  set(kDim, int16_t{4});
  set(kDim + 6, int16_t{1});
  set(kDim + 8, int16_t{5});
  const Volume volume = read();
  EXPECT_EQ(volume.header.channels, 5);
  EXPECT_EQ(volume.header.channel_axis, 3);
  EXPECT_EQ(volume.header.channel_stride, 12);
  EXPECT_EQ(volume.channel<uint16_t>(4)(2, 3, 0), 59 * 7);
}

TEST_F(BadNifti, I03_other_types_are_refused) {
  for (const int16_t code : {1, 32, 128, 1536, 1792, 2048, 2304}) {
    set(kDatatype, code);
    EXPECT_EQ(error_kind(), ErrorKind::kUnsupported) << code;
    EXPECT_NE(message().find("the voxel type is"), std::string::npos) << message();
  }
  set(kDatatype, int16_t{77});
  EXPECT_EQ(error_kind(), ErrorKind::kFormat);
  set(kDatatype, int16_t{512});
  set(kBitpix, int16_t{8});
  EXPECT_EQ(error_kind(), ErrorKind::kFormat);
}

TEST_F(BadNifti, I04_impossible_offsets_are_refused) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinite = std::numeric_limits<float>::infinity();
  for (const float offset : {nan, infinite, -infinite, 0.0F, 347.0F, 352.5F, 1e30F, 500.0F}) {
    set(kVoxOffset, offset);
    EXPECT_EQ(error_kind(), ErrorKind::kFormat) << offset;
    EXPECT_NE(message().find(offset == 500.0F ? "is cut" : "vox_offset is"), std::string::npos)
        << message();
  }
}

TEST_F(BadNifti, I05_slope_zero_means_none_and_nan_is_refused) {
  set(kSlope, 0.0F);
  set(kSlope + 4, 5.0F);
  EXPECT_EQ(read().header.scale_slope, 1);
  EXPECT_EQ(read().header.scale_intercept, 0);
  set(kSlope, 0.5F);
  EXPECT_EQ(to_float(read(), 0)(1, 0, 0), 7 * 0.5F + 5);
  set(kSlope, std::numeric_limits<float>::quiet_NaN());
  EXPECT_EQ(error_kind(), ErrorKind::kFormat);
  EXPECT_NE(message().find("both must be finite"), std::string::npos) << message();
}

TEST_F(BadNifti, I06_pixdim_is_repaired_and_noted) {
  set(kQformCode, int16_t{0});
  set(kSformCode, int16_t{0});
  EXPECT_EQ(read().header.geometry.spacing_mm, (std::array<double, 3>{1.5, 2, 3}));
  EXPECT_TRUE(read().header.geometry.known);
  set(kPixdim + 4, -2.0F);
  set(kPixdim + 8, 0.0F);
  set(kPixdim + 12, std::numeric_limits<float>::quiet_NaN());
  EXPECT_EQ(read().header.geometry.spacing_mm, (std::array<double, 3>{2, 1, 1}));
  EXPECT_FALSE(read().header.geometry.known);
  EXPECT_NE(notes().find("pixdim[3] is"), std::string::npos);
  EXPECT_NE(notes().find("neither sform nor qform"), std::string::npos);
}

TEST_F(BadNifti, I07_the_sform_wins_and_a_conflict_is_noted) {
  set(kSrow + 12, 99.0F);
  EXPECT_EQ(read().header.geometry.origin_mm[0], 99);
  EXPECT_NE(notes().find("disagree"), std::string::npos);
  set(kSformCode, int16_t{0});
  EXPECT_EQ(read().header.geometry.origin_mm[0], -10);
}

TEST_F(Nifti, a_half_turn_in_single_precision_is_exact) {
  set(kSformCode, int16_t{0});
  set(kQuaternion + 4, std::nextafter(1.0F, 0.0F));
  const std::array<double, 9> direction = read().header.geometry.direction;
  const std::array<double, 9> expected{-1, 0, 0, 0, 1, 0, 0, 0, -1};
  for (size_t index = 0; index < 9; ++index) {
    EXPECT_NEAR(direction[index], expected[index], 1e-6) << index;
  }
}

TEST_F(BadNifti, I07_a_singular_sform_is_left_for_the_qform) {
  for (size_t row = 0; row < 3; ++row) {
    set(kSrow + row * 16, 0.0F);
  }
  EXPECT_EQ(read().header.geometry.spacing_mm, (std::array<double, 3>{1.5, 2, 3}));
  EXPECT_NE(notes().find("singular"), std::string::npos);
}

TEST_F(BadNifti, I07_a_sheared_sform_is_noted_and_kept) {
  set(kQformCode, int16_t{0});
  set(kSrow + 4, 0.5F);
  EXPECT_NE(notes().find("sheared"), std::string::npos);
  const core::Buffer again = encode_volume(read(), FileFormat::kNifti);
  EXPECT_TRUE(std::ranges::equal(again.bytes(), bytes_));
}

TEST_F(Nifti, metres_and_microns_become_millimetres_and_are_written_back) {
  for (const auto& [unit, scale] : {std::pair<char, double>{1, 1000.0}, {3, 0.001}, {2, 1.0}}) {
    set(kUnits, static_cast<char>(unit | 8));
    const Volume volume = read();
    EXPECT_DOUBLE_EQ(volume.header.geometry.spacing_mm[2], 3 * scale);
    EXPECT_DOUBLE_EQ(volume.header.geometry.origin_mm[0], -10 * scale);
    const core::Buffer again = encode_volume(volume, FileFormat::kNifti);
    EXPECT_TRUE(std::ranges::equal(again.bytes(), bytes_)) << scale;
  }
}

TEST_F(BadNifti, I08_malformed_extensions_are_noted) {
  std::vector<std::byte> extension(32, std::byte{0});
  extension[0] = std::byte{32};
  bytes_.insert(bytes_.begin() + 352, extension.begin(), extension.end());
  set(kVoxOffset, 384.0F);
  set(348, char{1});
  EXPECT_TRUE(read().header.notes.empty());
  for (const int32_t size : {0, -16, 17, 4096}) {
    set(352, size);
    EXPECT_NE(notes().find("extensions"), std::string::npos) << size;
  }
}

TEST_F(BadNifti, I11_gigabytes_declared_in_377_bytes_are_refused) {
  bytes_.resize(377);
  for (size_t axis = 1; axis <= 3; ++axis) {
    set(kDim + 2 * axis, int16_t{2080});
  }
  EXPECT_EQ(error_kind(), ErrorKind::kFormat);
  EXPECT_NE(message().find("the header declares 17997824000 bytes"), std::string::npos)
      << message();
}

TEST_F(Nifti, survives_every_cut_and_every_flipped_bit) {
  const std::vector<std::byte> whole = bytes_;
  for (size_t size = 0; size < whole.size(); ++size) {
    bytes_.assign(whole.begin(), whole.begin() + static_cast<int64_t>(size));
    EXPECT_THROW((void)read(), Error) << size;
  }
  for (size_t bit = 0; bit < 352 * 8; ++bit) {
    bytes_ = whole;
    bytes_[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    EXPECT_NE(error_kind(), ErrorKind::kIo) << bit;
  }
}

TEST(NiftiTwo, is_written_for_long_extents_and_survives_cuts_and_flipped_bits) {
  core::Array<int32_t> labels({40000, 1, 2}, core::Order::kFortran, 3);
  const Geometry geometry{.known = true, .spacing_mm = {0.25, 2, 3}, .origin_mm = {1, 2, 3}};
  const core::Buffer file = encode_volume(from_labels(labels.view(), geometry), FileFormat::kNifti);
  std::vector<std::byte> bytes(file.bytes().begin(), file.bytes().end());
  EXPECT_EQ(bytes[0], std::byte{540 % 256});
  const Volume volume = read_volume(bytes, "a.nii");
  EXPECT_EQ(volume.header.shape, (core::Shape3{40000, 1, 2}));
  EXPECT_TRUE(same_geometry(volume.header.geometry, geometry));
  for (size_t bit = 0; bit < 544 * 8; ++bit) {
    bytes[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    try {
      (void)read_header(bytes, "a.nii");
    } catch (const Error& error) {
      EXPECT_EQ(error.operation(), "volume.read");
    }
    bytes[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
  }
  for (size_t size = 0; size < 600; ++size) {
    EXPECT_THROW((void)read_header(std::span(bytes).first(size), "a.nii"), Error);
  }
}

}  // namespace
}  // namespace volseg::volume
