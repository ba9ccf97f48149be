// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/volume.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/volume/internal/convert_strided.h"
#include "volseg/volume/internal/visit_type.h"

namespace volseg::volume {

namespace {

using internal::Half;

template <typename T>
constexpr bool kIsFloating = std::is_floating_point_v<T> || std::is_same_v<T, Half>;

/// Numbers whose exponent bits are all set: infinities and NaN.
template <typename Bits>
int64_t count_with_exponent(const core::Buffer& data, Bits exponent) {
  const auto count = data.size_bytes() / static_cast<int64_t>(sizeof(Bits));
  const auto* numbers = reinterpret_cast<const Bits*>(data.data());
  return std::count_if(numbers, numbers + count,
                       [exponent](Bits bits) { return (bits & exponent) == exponent; });
}

bool has_scale(const Header& header) {
  return header.scale_slope != 1 || header.scale_intercept != 0;
}

float finite_or_zero(float value) {
  return std::abs(value) <= std::numeric_limits<float>::max() ? value : 0.0F;
}

template <typename Stored>
void fill_floats(const Volume& volume, int64_t channel, core::ArrayView<float> target) {
  const auto source = volume.channel<Stored>(channel);
  const double slope = volume.header.scale_slope;
  const double intercept = volume.header.scale_intercept;
  if (has_scale(volume.header)) {
    internal::convert_strided(source, target, [=](const Stored& value) {
      return finite_or_zero(static_cast<float>(static_cast<double>(value) * slope + intercept));
    });
  } else if constexpr (kIsFloating<Stored>) {
    internal::convert_strided(source, target, [](const Stored& value) {
      return finite_or_zero(static_cast<float>(value));
    });
  } else {
    internal::convert_strided(source, target,
                              [](const Stored& value) { return static_cast<float>(value); });
  }
}

/// Turns stored values into labels and remembers whether one of them is none.
template <typename Stored>
class LabelConverter {
 public:
  explicit LabelConverter(const Header& header)
      : slope_(header.scale_slope),
        intercept_(header.scale_intercept),
        scaled_(has_scale(header)) {}

  [[nodiscard]] double value_of(const Stored& stored) const {
    return static_cast<double>(stored) * slope_ + intercept_;
  }

  /// The label, or nothing when the value is a fraction, NaN or outside int32.
  [[nodiscard]] bool convert(const Stored& stored, int32_t& label) const {
    if constexpr (!kIsFloating<Stored>) {
      if (!scaled_) {
        label = static_cast<int32_t>(stored);
        return std::in_range<int32_t>(stored);
      }
    }
    // A slope in single precision leaves whole values within about 1e-7 of themselves.
    constexpr double kScaleTolerance = 1e-6;
    const double value = value_of(stored);
    const double whole = std::nearbyint(value);
    const double tolerance = scaled_ ? kScaleTolerance * std::max(1.0, std::abs(value)) : 0.0;
    const bool in_range = whole >= std::numeric_limits<int32_t>::min() &&
                          whole <= std::numeric_limits<int32_t>::max();
    label = in_range ? static_cast<int32_t>(whole) : 0;
    return in_range && std::abs(value - whole) <= tolerance;
  }

 private:
  double slope_;
  double intercept_;
  bool scaled_;
};

/// The first voxel in Fortran order whose value is no label.
template <typename Stored>
[[noreturn]] void refuse_label(core::ArrayView<const Stored> source,
                               const LabelConverter<Stored>& converter, std::string_view name) {
  for (int64_t voxel = 0; voxel < source.size(); ++voxel) {
    const int64_t a = voxel % source.shape[0];
    const int64_t b = voxel / source.shape[0] % source.shape[1];
    const int64_t c = voxel / source.shape[0] / source.shape[1];
    const Stored& stored = source(a, b, c);
    int32_t label = 0;
    if (!converter.convert(stored, label)) {
      throw Error(ErrorKind::kFormat, "volume.to_labels",
                  std::string(name) + ": voxel [" + std::to_string(a) + ", " + std::to_string(b) +
                      ", " + std::to_string(c) + "] has value " +
                      std::to_string(converter.value_of(stored)) +
                      "; labels are whole numbers of 32 bits");
    }
  }
  throw Error(ErrorKind::kFormat, "volume.to_labels", std::string(name) + ": not a label map");
}

template <typename Stored>
void fill_labels(const Volume& volume, core::ArrayView<int32_t> target, std::string_view name) {
  const auto source = volume.channel<Stored>(0);
  const LabelConverter<Stored> converter(volume.header);
  bool valid = true;
  internal::convert_strided(source, target, [&](const Stored& stored) {
    int32_t label = 0;
    valid &= converter.convert(stored, label);
    return label;
  });
  if (!valid) {
    refuse_label(source, converter, name);
  }
}

Volume empty_volume(const core::Shape3& shape, core::Order order, DataType type,
                    const Geometry& geometry) {
  Volume volume;
  volume.header.shape = shape;
  volume.header.strides = core::dense_strides(shape, order);
  volume.header.channel_stride = core::voxel_count(shape);
  volume.header.type = type;
  volume.header.geometry = geometry;
  volume.data = core::Buffer(volume.header.channel_stride * size_bytes(type));
  return volume;
}

core::Order order_of(const core::Strides3& strides) {
  return strides[2] < strides[0] ? core::Order::kC : core::Order::kFortran;
}

template <typename From, typename To>
Volume volume_of(core::ArrayView<const From> values, DataType type, const Geometry& geometry) {
  const core::Order order = order_of(values.strides);
  Volume volume = empty_volume(values.shape, order, type, geometry);
  const core::ArrayView<To> target{reinterpret_cast<To*>(volume.data.data()), values.shape,
                                   volume.header.strides};
  internal::convert_strided(values, target, [](From value) { return static_cast<To>(value); });
  return volume;
}

/// Smallest and largest value of an array of any strides.
std::pair<int32_t, int32_t> range_of(core::ArrayView<const int32_t> values) {
  std::pair<int32_t, int32_t> range{0, 0};
  for (int64_t a = 0; a < values.shape[0]; ++a) {
    for (int64_t b = 0; b < values.shape[1]; ++b) {
      for (int64_t c = 0; c < values.shape[2]; ++c) {
        range.first = std::min(range.first, values(a, b, c));
        range.second = std::max(range.second, values(a, b, c));
      }
    }
  }
  return range;
}

}  // namespace

std::string_view name_of(DataType type) {
  constexpr std::array<std::string_view, 12> kNames{"bool",  "uint8",   "int8",    "uint16",
                                                    "int16", "uint32",  "int32",   "uint64",
                                                    "int64", "float16", "float32", "float64"};
  return kNames[static_cast<size_t>(type)];
}

int64_t size_bytes(DataType type) {
  return internal::visit_type(
      type, []<typename Stored>() { return static_cast<int64_t>(sizeof(Stored)); });
}

bool is_integer(DataType type) {
  return internal::visit_type(type, []<typename Stored>() { return !kIsFloating<Stored>; });
}

core::Order memory_order(const Header& header) { return order_of(header.strides); }

int64_t count_non_finite(const Volume& volume) {
  switch (volume.header.type) {
    case DataType::kFloat16:
      return count_with_exponent<uint16_t>(volume.data, 0x7C00);
    case DataType::kFloat32:
      return count_with_exponent<uint32_t>(volume.data, 0x7F800000);
    case DataType::kFloat64:
      return count_with_exponent<uint64_t>(volume.data, 0x7FF0000000000000);
    default:
      return 0;
  }
}

core::Array<float> to_float(const Volume& volume, int64_t channel) {
  const Header& header = volume.header;
  if (channel < 0 || channel >= header.channels) {
    throw Error(ErrorKind::kUsage, "volume.to_float",
                "channel " + std::to_string(channel) + " of a volume with " +
                    std::to_string(header.channels) + " channels");
  }
  core::Array<float> values(header.shape, memory_order(header));
  internal::visit_type(
      header.type, [&]<typename Stored>() { fill_floats<Stored>(volume, channel, values.view()); });
  return values;
}

core::Array<int32_t> to_labels(const Volume& volume, std::string_view name) {
  const Header& header = volume.header;
  if (header.channels != 1) {
    throw Error(ErrorKind::kShape, "volume.to_labels",
                std::string(name) + ": " + std::to_string(header.channels) +
                    " channels; a label map has one");
  }
  core::Array<int32_t> labels(header.shape, memory_order(header));
  internal::visit_type(
      header.type, [&]<typename Stored>() { fill_labels<Stored>(volume, labels.view(), name); });
  return labels;
}

Volume from_labels(core::ArrayView<const int32_t> labels, const Geometry& geometry) {
  const auto [smallest, largest] = range_of(labels);
  if (smallest < 0 || largest > std::numeric_limits<uint16_t>::max()) {
    return volume_of<int32_t, int32_t>(labels, DataType::kInt32, geometry);
  }
  if (largest > std::numeric_limits<uint8_t>::max()) {
    return volume_of<int32_t, uint16_t>(labels, DataType::kUint16, geometry);
  }
  return volume_of<int32_t, uint8_t>(labels, DataType::kUint8, geometry);
}

Volume from_float(core::ArrayView<const float> values, const Geometry& geometry) {
  return volume_of<float, float>(values, DataType::kFloat32, geometry);
}

}  // namespace volseg::volume
