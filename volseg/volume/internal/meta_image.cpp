// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/meta_image.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "volseg/volume/internal/affine.h"
#include "volseg/volume/internal/gzip.h"
#include "volseg/volume/internal/text_header.h"
#include "volseg/volume/internal/voxel_data.h"

namespace volseg::volume::internal {

namespace {

constexpr std::string_view kLastKey = "ElementDataFile";

// MetaIO gives MET_LONG four bytes on every system.
constexpr std::array<std::pair<std::string_view, DataType>, 12> kTypes{
    {{"MET_CHAR", DataType::kInt8},
     {"MET_UCHAR", DataType::kUint8},
     {"MET_SHORT", DataType::kInt16},
     {"MET_USHORT", DataType::kUint16},
     {"MET_INT", DataType::kInt32},
     {"MET_UINT", DataType::kUint32},
     {"MET_LONG", DataType::kInt32},
     {"MET_ULONG", DataType::kUint32},
     {"MET_LONG_LONG", DataType::kInt64},
     {"MET_ULONG_LONG", DataType::kUint64},
     {"MET_FLOAT", DataType::kFloat32},
     {"MET_DOUBLE", DataType::kFloat64}}};

/// Key and value of a line "key = value"; an empty key when it is none.
std::pair<std::string_view, std::string_view> split_line(std::string_view line) {
  const size_t equals = line.find('=');
  if (equals == std::string_view::npos) {
    return {};
  }
  return {trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1))};
}

/// One MetaImage header being read.
class MetaHeader {
 public:
  explicit MetaHeader(const ImageFile& file) : file_(file), fields_(file.name, "MetaImage") {
    read_fields();
  }

  ParsedImage parse() {
    axes_ = fields_.axis_count("NDims");
    refuse_vectors();
    image_.header.type = read_type();
    const TextField size = fields_.required({"DimSize"});
    const std::vector<int64_t> extents = extents_of(size, static_cast<size_t>(axes_));
    image_.data_bytes = declared_bytes(extents, image_.header.type, file_.name);
    image_.header.channel_axis = axes_ == 4 ? 3 : -1;
    set_axes(extents, core::Order::kFortran, image_.header);
    read_encoding();
    read_place();
    read_geometry();
    return std::move(image_);
  }

 private:
  void read_fields() {
    const std::string_view whole = text_beginning(file_.bytes);
    std::string_view text = whole;
    while (!text.empty()) {
      const auto [key, value] = split_line(take_line(text));
      if (!key.empty()) {
        fields_.add(key, value);
      }
      if (key == kLastKey) {
        header_bytes_ = static_cast<int64_t>(text.data() - whole.data());
        return;
      }
    }
    refuse(ErrorKind::kFormat, file_.name,
           "the MetaImage header has no end; its last line is ElementDataFile = LOCAL or a name");
  }

  [[nodiscard]] bool is_true(std::initializer_list<std::string_view> keys, bool otherwise) const {
    const std::optional<TextField> field = fields_.find(keys);
    if (!field || field->value.empty()) {
      return otherwise;
    }
    const char first = field->value[0];
    return first == 'T' || first == 't' || first == '1';
  }

  void refuse_vectors() const {
    const auto channels = fields_.find({"ElementNumberOfChannels"});
    if (channels && channels->value != "1") {
      refuse(ErrorKind::kUnsupported, file_.name,
             "a voxel has " + std::string(channels->value.substr(0, 20)) +
                 " numbers (ElementNumberOfChannels): colours and vectors are not read; save "
                 "channels as a fourth axis");
    }
  }

  [[nodiscard]] DataType read_type() const {
    const TextField field = fields_.required({"ElementType"});
    const auto* found =
        std::ranges::find(kTypes, field.value, &std::pair<std::string_view, DataType>::first);
    if (found == kTypes.end()) {
      refuse(ErrorKind::kUnsupported, file_.name,
             "the voxel type is \"" + std::string(field.value.substr(0, 40)) +
                 "\"; volseg reads integers of 8 to 64 bits, MET_FLOAT and MET_DOUBLE");
    }
    return found->second;
  }

  void read_encoding() {
    if (!is_true({"BinaryData"}, true)) {
      refuse(ErrorKind::kUnsupported, file_.name,
             "the voxels are text (BinaryData = False); save the image again in binary");
    }
    const bool big = is_true({"BinaryDataByteOrderMSB", "ElementByteOrderMSB"}, false);
    image_.foreign_byte_order =
        size_bytes(image_.header.type) > 1 && big == (std::endian::native == std::endian::little);
    image_.packing = is_true({"CompressedData"}, false) ? Packing::kZlib : Packing::kNone;
  }

  void read_place() {
    const TextField field = fields_.required({kLastKey});
    if (equals_any_case(field.value, "local")) {
      image_.data_offset_bytes = header_bytes_;
    } else if (field.value == "LIST" || field.value.find('%') != std::string_view::npos) {
      refuse(ErrorKind::kUnsupported, file_.name,
             "the voxels are in several files; save the image again as one .mha");
    } else {
      image_.data_file = std::string(field.value);
    }
    const auto skip = fields_.find({"HeaderSize"});
    const int64_t skipped_bytes = skip ? whole_number(skip->value, *skip) : 0;
    image_.ends_with_voxels = skipped_bytes < 0;
    if (!image_.data_file.empty()) {
      image_.data_offset_bytes = std::clamp<int64_t>(skipped_bytes, 0, kMostSkippedBytes);
    }
    if (image_.ends_with_voxels && image_.packing != Packing::kNone) {
      refuse_field(*skip, "0 or more with compressed voxels");
    }
  }

  /// The numbers of a field of the image's rank; nothing when the header lacks it.
  [[nodiscard]] std::optional<std::vector<double>> numbers(
      std::initializer_list<std::string_view> keys, int64_t count) const {
    const std::optional<TextField> field = fields_.find(keys);
    if (!field) {
      return std::nullopt;
    }
    return real_numbers(*field, static_cast<size_t>(count));
  }

  void read_spacing_alone(const std::vector<double>& spacing) {
    if (std::isfinite(spacing[0] * spacing[1] * spacing[2]) && std::ranges::min(spacing) > 0) {
      image_.header.geometry = spacing_only({spacing[0], spacing[1], spacing[2]});
    } else {
      image_.header.notes.emplace_back("a spacing is not a positive number; spacing is unknown");
    }
  }

  void read_geometry() {
    Header& header = image_.header;
    const auto matrix = numbers({"TransformMatrix", "Rotation", "Orientation"}, axes_ * axes_);
    const auto origin = numbers({"Offset", "Position", "Origin"}, axes_);
    const auto spacing = numbers({"ElementSpacing", "ElementSize"}, axes_);
    if (!spacing && !origin && !matrix) {
      header.notes.emplace_back("the header has no spacing, position or orientation");
      return;
    }
    if (spacing && !origin && !matrix) {
      read_spacing_alone(*spacing);
      return;
    }
    Affine affine;
    for (size_t axis = 0; axis < 3; ++axis) {
      const double step_mm = spacing ? (*spacing)[axis] : 1;
      for (size_t row = 0; row < 3; ++row) {
        const double identity = row == axis ? 1 : 0;
        const double cosine =
            matrix ? (*matrix)[axis * static_cast<size_t>(axes_) + row] : identity;
        affine.columns[axis][row] = cosine * step_mm;
      }
      affine.origin[axis] = origin ? (*origin)[axis] : 0;
    }
    swap_patient_axes(affine);
    header.geometry = geometry_of(affine, "TransformMatrix and ElementSpacing", header.notes);
  }

  const ImageFile& file_;
  TextFields fields_;
  ParsedImage image_;
  int64_t header_bytes_ = 0;
  int64_t axes_ = 0;
};

std::string type_text(DataType type) {
  const auto* found =
      std::ranges::find(kTypes, type, &std::pair<std::string_view, DataType>::second);
  return std::string(found->first);
}

std::string joined_numbers(const std::vector<double>& numbers) {
  std::string text;
  for (const double number : numbers) {
    text += " " + exact_text(number);
  }
  return text + "\n";
}

std::string geometry_text(const Geometry& geometry, size_t axes) {
  Geometry patient = geometry;
  for (size_t row = 0; row < 2; ++row) {
    patient.origin_mm[row] = -patient.origin_mm[row];
    for (size_t axis = 0; axis < 3; ++axis) {
      patient.direction[row * 3 + axis] = -patient.direction[row * 3 + axis];
    }
  }
  std::vector<double> matrix(axes * axes, 0.0);
  std::vector<double> origin(axes, 0.0);
  std::vector<double> spacing(axes, 1.0);
  matrix.back() = 1;
  for (size_t axis = 0; axis < 3; ++axis) {
    for (size_t row = 0; row < 3; ++row) {
      matrix[axis * axes + row] = patient.direction[row * 3 + axis];
    }
    origin[axis] = patient.origin_mm[axis];
    spacing[axis] = patient.spacing_mm[axis];
  }
  if (is_spacing_only(geometry)) {
    return "ElementSpacing =" + joined_numbers(spacing);
  }
  return "TransformMatrix =" + joined_numbers(matrix) + "Offset =" + joined_numbers(origin) +
         "CenterOfRotation =" + joined_numbers(std::vector<double>(axes, 0.0)) +
         "ElementSpacing =" + joined_numbers(spacing);
}

}  // namespace

bool is_meta_image(std::span<const std::byte> bytes) {
  std::string_view text = text_beginning(bytes);
  const std::string_view key = split_line(take_line(text)).first;
  return key == "ObjectType" || key == "NDims" || key == "ObjectSubType";
}

ParsedImage parse_meta_image(const ImageFile& file) { return MetaHeader(file).parse(); }

core::Buffer encode_meta_image(const Volume& volume) {
  const Header& header = volume.header;
  const DenseVoxels voxels = dense_voxels(volume, false);
  const core::Buffer packed = deflate_zlib(voxels.bytes.bytes());
  const bool little = std::endian::native == std::endian::little;
  const bool channels = header.channels > 1;
  std::string text =
      "ObjectType = Image\nNDims = " + std::string(channels ? "4" : "3") +
      "\nBinaryData = True\nBinaryDataByteOrderMSB = " + (little ? "False" : "True") +
      "\nCompressedData = True\nCompressedDataSize = " + std::to_string(packed.size_bytes()) + "\n";
  text += header.geometry.known ? geometry_text(header.geometry, channels ? 4 : 3) : "";
  text += "DimSize =";
  for (const int64_t extent : header.shape) {
    text += " " + std::to_string(extent);
  }
  text += channels ? " " + std::to_string(header.channels) : "";
  text += "\nElementType = " + type_text(voxels.type) + "\nElementDataFile = LOCAL\n";
  return joined(text, packed.bytes());
}

}  // namespace volseg::volume::internal
