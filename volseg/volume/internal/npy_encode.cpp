// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cstring>
#include <string>

#include "volseg/volume/internal/convert_strided.h"
#include "volseg/volume/internal/npy.h"
#include "volseg/volume/internal/visit_type.h"

namespace volseg::volume::internal {

namespace {

std::string descr_of(DataType type) {
  const int64_t width_bytes = size_bytes(type);
  const std::string_view type_name = name_of(type);
  const char kind = type_name[0];
  const char native = std::endian::native == std::endian::little ? '<' : '>';
  return std::string(1, width_bytes == 1 ? '|' : native) + kind + std::to_string(width_bytes);
}

std::string shape_of(const Header& header, core::Order order) {
  const std::string channels = std::to_string(header.channels);
  std::string text = header.channels > 1 && order == core::Order::kC ? channels + ", " : "";
  text += std::to_string(header.shape[0]) + ", " + std::to_string(header.shape[1]) + ", " +
          std::to_string(header.shape[2]);
  if (header.channels > 1 && order == core::Order::kFortran) {
    text += ", " + channels;
  }
  return text;
}

/// Magic, version, length and dictionary, padded so that the voxels begin at a multiple of 64
/// bytes.
std::string prefix_of(const Header& header, DataType type, core::Order order) {
  constexpr size_t kAlignmentBytes = 64;
  constexpr size_t kBeforeText = 10;
  std::string text = "{'descr': '" + descr_of(type) +
                     "', 'fortran_order': " + (order == core::Order::kFortran ? "True" : "False") +
                     ", 'shape': (" + shape_of(header, order) + "), }";
  const size_t unpadded = kBeforeText + text.size() + 1;
  const size_t padding = (kAlignmentBytes - unpadded % kAlignmentBytes) % kAlignmentBytes;
  text += std::string(padding, ' ') + '\n';
  std::string prefix = "\x93NUMPY\x01";
  prefix += '\0';
  prefix += static_cast<char>(text.size() % 256);
  prefix += static_cast<char>(text.size() / 256);
  return prefix + text;
}

template <typename Stored, typename Written, typename Convert>
void write_channels(const Volume& volume, core::Order order, std::byte* target,
                    const Convert& convert) {
  const core::Shape3& shape = volume.header.shape;
  const int64_t voxels = core::voxel_count(shape);
  auto* first = reinterpret_cast<Written*>(target);
  for (int64_t channel = 0; channel < volume.header.channels; ++channel) {
    const core::ArrayView<Written> to{first + channel * voxels, shape,
                                      core::dense_strides(shape, order)};
    convert_strided(volume.channel<Stored>(channel), to, convert);
  }
}

}  // namespace

core::Buffer encode_npy(const Volume& volume) {
  const Header& header = volume.header;
  const double slope = header.scale_slope;
  const double intercept = header.scale_intercept;
  const bool scaled = slope != 1 || intercept != 0;
  const DataType type = scaled ? DataType::kFloat64 : header.type;
  const core::Order order = memory_order(header);
  const std::string prefix = prefix_of(header, type, order);
  const int64_t voxels = core::voxel_count(header.shape) * header.channels;
  core::Buffer file(static_cast<int64_t>(prefix.size()) + voxels * size_bytes(type));
  std::memcpy(file.data(), prefix.data(), prefix.size());
  std::byte* target = file.data() + prefix.size();
  visit_type(header.type, [&]<typename Stored>() {
    if (scaled) {
      write_channels<Stored, double>(volume, order, target, [=](const Stored& value) {
        return static_cast<double>(value) * slope + intercept;
      });
    } else {
      write_channels<Stored, Stored>(volume, order, target,
                                     [](const Stored& value) { return value; });
    }
  });
  return file;
}

}  // namespace volseg::volume::internal
