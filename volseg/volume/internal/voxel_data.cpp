// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/voxel_data.h"

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>

#include "volseg/core/files.h"
#include "volseg/volume/internal/convert_strided.h"
#include "volseg/volume/internal/gzip.h"
#include "volseg/volume/internal/visit_type.h"

namespace volseg::volume::internal {

namespace {

/// The file beside the header that holds its voxels. Its name is data and never leaves the folder.
std::filesystem::path find_data_file(const ParsedImage& image, const ImageFile& file) {
  const std::string found =
      "the header says that its voxels are in \"" + image.data_file.substr(0, 255) + "\"";
  if (!file.path) {
    refuse(ErrorKind::kUnsupported, file.name,
           found + ", another file; save header and voxels as one file (.nrrd or .mha)");
  }
  if (!core::is_plain_file_name(image.data_file)) {
    refuse(ErrorKind::kUnsupported, file.name,
           found +
               "; only the plain name of one file beside the header is followed; save header "
               "and voxels as one file (.nrrd or .mha)");
  }
  return file.path->parent_path() / image.data_file;
}

void place_and_check(ParsedImage& image, std::span<const std::byte> bytes, std::string_view name) {
  const auto file_bytes = static_cast<int64_t>(bytes.size());
  if (image.ends_with_voxels) {
    image.data_offset_bytes = std::max(image.data_offset_bytes, file_bytes - image.data_bytes);
  }
  if (image.packing == Packing::kNone) {
    check_length(image, file_bytes, name);
    return;
  }
  const int64_t packed_bytes = std::max<int64_t>(file_bytes - image.data_offset_bytes, 0);
  check_inflation(packed_bytes, image.data_bytes, name);
}

core::Buffer inflate_voxels(ParsedImage& image, std::span<const std::byte> bytes,
                            std::string_view name) {
  const auto packed =
      bytes.subspan(std::min(bytes.size(), static_cast<size_t>(image.data_offset_bytes)));
  if (image.packing == Packing::kZlib) {
    return inflate_zlib(packed, image.data_bytes, name);
  }
  Inflated content = inflate_gzip(packed, image.data_bytes, name);
  image.data_offset_bytes = 0;
  check_length(image, content.bytes.size_bytes(), name);
  content.bytes.shrink(image.data_bytes);
  return std::move(content.bytes);
}

Volume load_here(ParsedImage image, std::span<const std::byte> bytes, core::Buffer owned,
                 std::string_view name) {
  place_and_check(image, bytes, name);
  if (image.packing != Packing::kNone) {
    core::Buffer voxels = inflate_voxels(image, bytes, name);
    return finish(std::move(image), std::move(voxels));
  }
  if (owned.size_bytes() > 0) {
    return load(std::move(image), std::move(owned));
  }
  return load(std::move(image), bytes);
}

template <typename Stored, typename Written, typename Convert>
void write_channels(const Volume& volume, std::byte* target, const Convert& convert) {
  const core::Shape3& shape = volume.header.shape;
  const int64_t voxels = core::voxel_count(shape);
  auto* first = reinterpret_cast<Written*>(target);
  for (int64_t channel = 0; channel < volume.header.channels; ++channel) {
    const core::ArrayView<Written> to{first + channel * voxels, shape,
                                      core::dense_strides(shape, core::Order::kFortran)};
    convert_strided(volume.channel<Stored>(channel), to, convert);
  }
}

DataType written_type(const Header& header, bool keep_half) {
  if (header.scale_slope != 1 || header.scale_intercept != 0) {
    return DataType::kFloat64;
  }
  if (header.type == DataType::kFloat16 && !keep_half) {
    return DataType::kFloat32;
  }
  return header.type == DataType::kBool ? DataType::kUint8 : header.type;
}

}  // namespace

void check_voxels(ParsedImage& image, const ImageFile& file) {
  if (image.data_file.empty()) {
    place_and_check(image, file.bytes, file.name);
    return;
  }
  const core::Buffer data = core::read_file(find_data_file(image, file));
  place_and_check(image, data.bytes(), file.name);
}

Volume load_voxels(ParsedImage image, const ImageFile& file, core::Buffer owned) {
  if (image.data_file.empty()) {
    return load_here(std::move(image), file.bytes, std::move(owned), file.name);
  }
  core::Buffer data = core::read_file(find_data_file(image, file));
  const auto bytes = std::as_const(data).bytes();
  return load_here(std::move(image), bytes, std::move(data), file.name);
}

DenseVoxels dense_voxels(const Volume& volume, bool keep_half) {
  const Header& header = volume.header;
  const DataType type = written_type(header, keep_half);
  const int64_t voxels = core::voxel_count(header.shape) * header.channels;
  DenseVoxels dense{type, core::Buffer(voxels * size_bytes(type))};
  std::byte* target = dense.bytes.data();
  visit_type(header.type, [&]<typename Stored>() {
    if (header.scale_slope != 1 || header.scale_intercept != 0) {
      const double slope = header.scale_slope;
      const double intercept = header.scale_intercept;
      write_channels<Stored, double>(volume, target, [=](const Stored& value) {
        return static_cast<double>(value) * slope + intercept;
      });
    } else if (type == DataType::kFloat32 && header.type == DataType::kFloat16) {
      write_channels<Stored, float>(volume, target,
                                    [](const Stored& value) { return static_cast<float>(value); });
    } else {
      write_channels<Stored, Stored>(volume, target, [](const Stored& value) { return value; });
    }
  });
  return dense;
}

}  // namespace volseg::volume::internal
