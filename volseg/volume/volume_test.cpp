// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/volume.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "volseg/core/error.h"

namespace volseg::volume {
namespace {

template <typename T>
Volume volume_of(DataType type, const core::Shape3& shape, core::Order order,
                 const std::vector<T>& values, int64_t channels = 1) {
  Volume volume;
  volume.header.shape = shape;
  volume.header.strides = core::dense_strides(shape, order);
  volume.header.channels = channels;
  volume.header.channel_stride = core::voxel_count(shape);
  volume.header.type = type;
  volume.data = core::Buffer::copy_of(std::as_bytes(std::span(values)));
  return volume;
}

std::string message_of(const Volume& volume) {
  try {
    (void)to_labels(volume, "a.nii");
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST(ToFloat, applies_the_scale_to_one_channel_of_interleaved_ones) {
  std::vector<int16_t> values(2 * 7 * 3 * 4);
  for (size_t index = 0; index < values.size(); ++index) {
    values[index] = static_cast<int16_t>(index * 5 - 300);
  }
  Volume volume = volume_of(DataType::kInt16, {2, 7, 3}, core::Order::kC, values, 4);
  volume.header.strides = {84, 12, 4};
  volume.header.channel_stride = 1;
  volume.header.scale_slope = 0.5;
  volume.header.scale_intercept = -1;
  const core::Array<float> floats = to_float(volume, 2);
  EXPECT_EQ(floats.order(), core::Order::kC);
  for (int64_t a = 0; a < 2; ++a) {
    for (int64_t b = 0; b < 7; ++b) {
      const int64_t stored = (a * 84 + b * 12 + 1 * 4 + 2) * 5 - 300;
      EXPECT_EQ(floats(a, b, 1), static_cast<float>(stored) * 0.5F - 1);
    }
  }
  EXPECT_THROW((void)to_float(volume, 4), Error);
}

TEST(ToFloat, reads_every_half_like_the_definition) {
  std::vector<uint16_t> bits(65536);
  for (size_t index = 0; index < bits.size(); ++index) {
    bits[index] = static_cast<uint16_t>(index);
  }
  const core::Array<float> floats =
      to_float(volume_of(DataType::kFloat16, {64, 32, 32}, core::Order::kFortran, bits), 0);
  for (int index = 0; index < 65536; ++index) {
    const int exponent = index >> 10 & 31;
    const int fraction = index & 1023;
    double expected =
        exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
    expected = exponent == 31 ? 0 : expected;
    ASSERT_EQ(floats.data()[index], static_cast<float>(index < 32768 ? expected : -expected));
  }
}

TEST(ToFloat, N10_turns_nan_and_infinity_into_zero) {
  const double infinite = std::numeric_limits<double>::infinity();
  const std::vector<double> values{std::nan(""), infinite, -infinite, 1e300, 2.5, -3};
  const core::Array<float> floats =
      to_float(volume_of(DataType::kFloat64, {1, 2, 3}, core::Order::kC, values), 0);
  EXPECT_EQ(std::vector<float>(floats.data(), floats.data() + 6),
            (std::vector<float>{0, 0, 0, 0, 2.5F, -3}));
}

TEST(ToLabels, reads_whole_numbers_of_every_type) {
  const std::vector<double> doubles{0, 1, 70000, -5, 2147483647, -2147483648.0};
  const core::Array<int32_t> labels =
      to_labels(volume_of(DataType::kFloat64, {1, 2, 3}, core::Order::kC, doubles), "a");
  EXPECT_EQ(labels(0, 0, 2), 70000);
  EXPECT_EQ(labels(0, 1, 1), 2147483647);
  const std::vector<uint64_t> words{0, 1, 2, 3, 4, 5};
  EXPECT_EQ(
      to_labels(volume_of(DataType::kUint64, {3, 1, 2}, core::Order::kC, words), "a")(2, 0, 1), 5);
}

TEST(ToLabels, I12_names_the_voxel_that_is_no_label) {
  std::vector<float> values(60, 1.0F);
  values[20 + 2 * 5 + 3] = 0.9999F;
  const std::string message =
      message_of(volume_of(DataType::kFloat32, {3, 4, 5}, core::Order::kC, values));
  EXPECT_NE(message.find("a.nii: voxel [1, 2, 3] has value 0.999900"), std::string::npos)
      << message;
  const std::vector<uint32_t> large{0, 0, 0, 0, 0, 2147483648U};
  EXPECT_NE(message_of(volume_of(DataType::kUint32, {1, 2, 3}, core::Order::kFortran, large))
                .find("voxel [0, 1, 2] has value 2147483648"),
            std::string::npos);
  const std::vector<float> nan(6, std::nanf(""));
  EXPECT_NE(message_of(volume_of(DataType::kFloat32, {1, 2, 3}, core::Order::kC, nan)), "");
}

TEST(ToLabels, accepts_a_scale_that_keeps_whole_numbers_and_refuses_channels) {
  const std::vector<uint8_t> stored{0, 10, 20, 30, 40, 50};
  Volume volume = volume_of(DataType::kUint8, {1, 2, 3}, core::Order::kC, stored);
  volume.header.scale_slope = 0.1F;
  EXPECT_EQ(to_labels(volume, "a")(0, 1, 2), 5);
  volume.header.scale_slope = 0.15;
  EXPECT_NE(message_of(volume), "");
  volume.header.channels = 2;
  EXPECT_NE(message_of(volume).find("2 channels"), std::string::npos);
}

TEST(FromLabels, takes_the_smallest_type_and_gives_the_labels_back) {
  const std::vector<std::pair<int32_t, DataType>> cases{{255, DataType::kUint8},
                                                        {256, DataType::kUint16},
                                                        {65535, DataType::kUint16},
                                                        {65536, DataType::kInt32},
                                                        {-1, DataType::kInt32}};
  for (const core::Order order : {core::Order::kC, core::Order::kFortran}) {
    for (const auto& [label, type] : cases) {
      core::Array<int32_t> labels({2, 7, 3}, order, 0);
      labels(1, 4, 2) = label;
      const Volume volume = from_labels(labels.view(), {});
      EXPECT_EQ(volume.header.type, type);
      EXPECT_EQ(memory_order(volume.header), order);
      EXPECT_EQ(to_labels(volume, "a")(1, 4, 2), label);
    }
  }
}

TEST(FromFloat, keeps_a_box_of_a_larger_array) {
  core::Array<float> values({5, 6, 7}, core::Order::kC);
  for (int64_t index = 0; index < values.size(); ++index) {
    values.data()[index] = static_cast<float>(index);
  }
  const Volume volume = from_float(values.view().box({1, 2, 3}, {2, 3, 4}), {});
  EXPECT_EQ(volume.channel<float>(0)(1, 2, 3), values(2, 4, 6));
  EXPECT_EQ(volume.data.size_bytes(), 2 * 3 * 4 * 4);
}

TEST(DataTypes, have_names_sizes_and_kinds) {
  EXPECT_EQ(name_of(DataType::kFloat16), "float16");
  EXPECT_EQ(size_bytes(DataType::kFloat16), 2);
  EXPECT_EQ(size_bytes(DataType::kUint64), 8);
  EXPECT_TRUE(is_integer(DataType::kBool));
  EXPECT_FALSE(is_integer(DataType::kFloat16));
}

}  // namespace
}  // namespace volseg::volume
