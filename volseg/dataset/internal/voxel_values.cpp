// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/voxel_values.h"

#include <cmath>
#include <cstring>
#include <limits>

namespace volseg::dataset::internal {

namespace {

template <typename T>
T stored(const std::byte* data, int64_t offset) {
  T value{};
  std::memcpy(&value, data + offset * static_cast<int64_t>(sizeof(T)), sizeof(T));
  return value;
}

template <typename T>
double read_as(const std::byte* data, int64_t offset) {
  return static_cast<double>(stored<T>(data, offset));
}

double read_half(const std::byte* data, int64_t offset) {
  constexpr int kBias = 25;
  const auto bits = stored<uint16_t>(data, offset);
  const int exponent = bits >> 10 & 0x1F;
  const int fraction = bits & 0x3FF;
  double value = std::ldexp(exponent == 0 ? fraction : fraction + 0x400,
                            (exponent == 0 ? 1 : exponent) - kBias);
  if (exponent == 0x1F) {
    value = fraction == 0 ? std::numeric_limits<double>::infinity()
                          : std::numeric_limits<double>::quiet_NaN();
  }
  return (bits & 0x8000) != 0 ? -value : value;
}

template <double (*read)(const std::byte*, int64_t)>
void read_line_by(const std::byte* data, int64_t offset, int64_t stride, std::span<double> values) {
  for (double& value : values) {
    value = read(data, offset);
    offset += stride;
  }
}

}  // namespace

template <double (*read)(const std::byte*, int64_t)>
VoxelValues::Reader VoxelValues::reader() {
  return {read, read_line_by<read>};
}

VoxelValues::Reader VoxelValues::reader_of(volume::DataType type) {
  switch (type) {
    case volume::DataType::kBool:
    case volume::DataType::kUint8:
      return reader<read_as<uint8_t>>();
    case volume::DataType::kInt8:
      return reader<read_as<int8_t>>();
    case volume::DataType::kUint16:
      return reader<read_as<uint16_t>>();
    case volume::DataType::kInt16:
      return reader<read_as<int16_t>>();
    case volume::DataType::kUint32:
      return reader<read_as<uint32_t>>();
    case volume::DataType::kInt32:
      return reader<read_as<int32_t>>();
    case volume::DataType::kUint64:
      return reader<read_as<uint64_t>>();
    case volume::DataType::kInt64:
      return reader<read_as<int64_t>>();
    case volume::DataType::kFloat16:
      return reader<read_half>();
    case volume::DataType::kFloat32:
      return reader<read_as<float>>();
    case volume::DataType::kFloat64:
      break;
  }
  return reader<read_as<double>>();
}

VoxelValues::VoxelValues(const volume::Volume& image)
    : read_(reader_of(image.header.type)),
      data_(image.data.data()),
      scale_slope_(image.header.scale_slope),
      scale_intercept_(image.header.scale_intercept),
      shape_(image.header.shape),
      strides_(image.header.strides),
      channel_stride_(image.header.channel_stride) {}

void VoxelValues::read_line(int64_t offset, int64_t stride, std::span<double> values) const {
  read_.line(data_, offset, stride, values);
  for (double& value : values) {
    value = value * scale_slope_ + scale_intercept_;
  }
}

int64_t VoxelValues::offset_of(int64_t position, int64_t channel) const {
  const int64_t a = position % shape_[0];
  const int64_t b = position / shape_[0] % shape_[1];
  const int64_t c = position / shape_[0] / shape_[1];
  return channel * channel_stride_ + a * strides_[0] + b * strides_[1] + c * strides_[2];
}

}  // namespace volseg::dataset::internal
