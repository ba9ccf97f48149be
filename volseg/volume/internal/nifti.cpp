// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/nifti.h"

#include <nifti2_io.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string>

#include "volseg/volume/internal/nifti_forms.h"

namespace volseg::volume::internal {

namespace {

constexpr int32_t kHeader1Bytes = 348;
constexpr int32_t kHeader2Bytes = 540;
constexpr std::string_view kMagic2{"n+2\0\r\n\x1a\n", 8};
static_assert(sizeof(nifti_1_header) == kHeader1Bytes);
static_assert(sizeof(nifti_2_header) == kHeader2Bytes);

/// The fields of either version in the wider form, in the machine's byte order.
struct Fields {
  nifti_2_header header{};
  double data_offset_bytes = 0;
  int32_t header_bytes = 0;
  bool swapped = false;
};

int32_t leading_length(std::span<const std::byte> head, bool swapped) {
  uint32_t length = 0;
  if (head.size() >= sizeof length) {
    std::memcpy(&length, head.data(), sizeof length);
  }
  return static_cast<int32_t>(swapped ? __builtin_bswap32(length) : length);
}

/// Header length and whether it is byte-swapped.
struct Version {
  int32_t header_bytes = 0;
  bool swapped = false;
};

std::optional<Version> version_of(std::span<const std::byte> head) {
  for (const bool swapped : {false, true}) {
    const int32_t length = leading_length(head, swapped);
    if (length == kHeader1Bytes || length == kHeader2Bytes) {
      return Version{length, swapped};
    }
  }
  return std::nullopt;
}

nifti_2_header widened(const nifti_1_header& narrow) {
  nifti_2_header wide{};
  wide.datatype = narrow.datatype;
  wide.bitpix = narrow.bitpix;
  std::ranges::copy(narrow.dim, wide.dim);
  std::ranges::copy(narrow.pixdim, wide.pixdim);
  wide.scl_slope = narrow.scl_slope;
  wide.scl_inter = narrow.scl_inter;
  wide.qform_code = narrow.qform_code;
  wide.sform_code = narrow.sform_code;
  wide.quatern_b = narrow.quatern_b;
  wide.quatern_c = narrow.quatern_c;
  wide.quatern_d = narrow.quatern_d;
  wide.qoffset_x = narrow.qoffset_x;
  wide.qoffset_y = narrow.qoffset_y;
  wide.qoffset_z = narrow.qoffset_z;
  std::ranges::copy(narrow.srow_x, wide.srow_x);
  std::ranges::copy(narrow.srow_y, wide.srow_y);
  std::ranges::copy(narrow.srow_z, wide.srow_z);
  wide.xyzt_units = static_cast<unsigned char>(narrow.xyzt_units);
  return wide;
}

void check_magic(std::span<const std::byte> head, int32_t header_bytes, std::string_view name) {
  const bool first = header_bytes == kHeader1Bytes;
  const size_t magic_bytes = first ? 4 : 8;
  const auto* text = reinterpret_cast<const char*>(head.data()) + (first ? 344 : 4);
  const std::string_view magic(text, magic_bytes);
  const std::string_view version = first ? "1" : "2";
  if (magic.substr(0, 3) == "ni" + std::string(version)) {
    refuse(ErrorKind::kUnsupported, name,
           "a NIfTI header whose voxels are in another file (.hdr and .img); "
           "convert the pair to one .nii file");
  }
  if (magic == (first ? std::string_view("n+1\0", 4) : kMagic2)) {
    return;
  }
  if (first) {
    refuse(ErrorKind::kUnsupported, name,
           "an Analyze 7.5 header or a NIfTI without its signature \"n+1\" at byte 344; "
           "convert the image to one .nii file");
  }
  refuse(ErrorKind::kFormat, name, "the NIfTI-2 signature at byte 4 is missing or damaged");
}

Fields read_fields(std::span<const std::byte> head, std::string_view name) {
  const std::optional<Version> version = version_of(head);
  if (!version) {
    refuse(ErrorKind::kFormat, name,
           "the header length is " + std::to_string(leading_length(head, false)) +
               "; a NIfTI file begins with 348 or 540");
  }
  if (head.size() < static_cast<size_t>(version->header_bytes)) {
    refuse(ErrorKind::kFormat, name,
           "the file has " + std::to_string(head.size()) + " bytes; its header needs " +
               std::to_string(version->header_bytes));
  }
  check_magic(head, version->header_bytes, name);
  Fields fields{.header_bytes = version->header_bytes, .swapped = version->swapped};
  if (version->header_bytes == kHeader2Bytes) {
    std::memcpy(&fields.header, head.data(), sizeof fields.header);
    if (version->swapped) {
      swap_nifti_header(&fields.header, 2);
    }
    fields.data_offset_bytes = static_cast<double>(fields.header.vox_offset);
    return fields;
  }
  nifti_1_header narrow{};
  std::memcpy(&narrow, head.data(), sizeof narrow);
  if (version->swapped) {
    swap_nifti_header(&narrow, 1);
  }
  fields.header = widened(narrow);
  fields.data_offset_bytes = narrow.vox_offset;
  return fields;
}

void read_shape(const nifti_2_header& fields, Header& header, std::string_view name) {
  const auto& dim = fields.dim;
  if (dim[0] < 1 || dim[0] > 7) {
    refuse(ErrorKind::kFormat, name,
           "the header says " + std::to_string(dim[0]) +
               " axes (dim[0]); expected 1 to 7; the header is damaged or not NIfTI");
  }
  if (dim[0] < 3) {
    refuse(
        ErrorKind::kUnsupported, name,
        "the image has " + std::to_string(dim[0]) + " axes; volseg reads 3, and 4 with channels");
  }
  for (int64_t axis = 1; axis <= dim[0]; ++axis) {
    const std::string found = "dim[" + std::to_string(axis) + "] is " + std::to_string(dim[axis]);
    if (dim[axis] < 1) {
      refuse(ErrorKind::kFormat, name, found + "; extents are at least 1");
    }
    if (axis >= 5 && dim[axis] != 1) {
      refuse(ErrorKind::kUnsupported, name, found + "; volseg reads 3 axes, and 4 with channels");
    }
  }
  header.shape = {dim[1], dim[2], dim[3]};
  if (dim[0] >= 4) {
    header.channels = dim[4];
    header.channel_axis = 3;
  }
}

DataType read_type(const nifti_2_header& fields, std::string_view name) {
  constexpr std::array<std::pair<int, DataType>, 10> kTypes{{{DT_UINT8, DataType::kUint8},
                                                             {DT_INT8, DataType::kInt8},
                                                             {DT_UINT16, DataType::kUint16},
                                                             {DT_INT16, DataType::kInt16},
                                                             {DT_UINT32, DataType::kUint32},
                                                             {DT_INT32, DataType::kInt32},
                                                             {DT_UINT64, DataType::kUint64},
                                                             {DT_INT64, DataType::kInt64},
                                                             {DT_FLOAT32, DataType::kFloat32},
                                                             {DT_FLOAT64, DataType::kFloat64}}};
  constexpr std::array<int, 7> kUnsupported{DT_BINARY,     DT_COMPLEX64,  DT_RGB24, DT_FLOAT128,
                                            DT_COMPLEX128, DT_COMPLEX256, DT_RGBA32};
  const int code = fields.datatype;
  if (std::ranges::find(kUnsupported, code) != kUnsupported.end()) {
    refuse(ErrorKind::kUnsupported, name,
           std::string("the voxel type is ") + nifti_datatype_string(code) +
               "; volseg reads integers of 8 to 64 bits, float32 and float64");
  }
  const auto* found =
      std::ranges::find(kTypes, code, [](const auto& entry) { return entry.first; });
  if (found == kTypes.end()) {
    refuse(ErrorKind::kFormat, name, "unknown voxel type code " + std::to_string(code));
  }
  if (fields.bitpix != 8 * size_bytes(found->second)) {
    refuse(ErrorKind::kFormat, name,
           "bitpix is " + std::to_string(fields.bitpix) + "; voxel type " +
               std::string(name_of(found->second)) + " has " +
               std::to_string(8 * size_bytes(found->second)));
  }
  return found->second;
}

int64_t read_data_offset(const Fields& fields, std::string_view name) {
  const double offset = fields.data_offset_bytes;
  const int32_t least = fields.header_bytes + 4;
  constexpr double kMost = 0x1p53;
  if (!std::isfinite(offset) || offset < least || offset > kMost || offset != std::floor(offset)) {
    refuse(ErrorKind::kFormat, name,
           "vox_offset is " + std::to_string(offset) + "; expected a whole number from " +
               std::to_string(least) + " to the end of the file");
  }
  return static_cast<int64_t>(offset);
}

void read_scale(const nifti_2_header& fields, Header& header, std::string_view name) {
  if (fields.scl_slope == 0) {
    return;
  }
  if (!std::isfinite(fields.scl_slope) || !std::isfinite(fields.scl_inter)) {
    refuse(ErrorKind::kFormat, name,
           "scl_slope is " + std::to_string(fields.scl_slope) + " and scl_inter is " +
               std::to_string(fields.scl_inter) + "; both must be finite");
  }
  header.scale_slope = fields.scl_slope;
  header.scale_intercept = fields.scl_inter;
}

int16_t read_code(int32_t code, std::string_view field, std::vector<std::string>& notes) {
  if (code >= 0 && code <= std::numeric_limits<int16_t>::max()) {
    return static_cast<int16_t>(code);
  }
  notes.push_back(std::string(field) + " is " + std::to_string(code) + " and is read as 0");
  return 0;
}

NiftiForms read_forms(const nifti_2_header& fields, std::vector<std::string>& notes) {
  NiftiForms forms;
  forms.qform_code = read_code(fields.qform_code, "qform_code", notes);
  forms.sform_code = read_code(fields.sform_code, "sform_code", notes);
  forms.qfac = fields.pixdim[0] < 0 ? -1 : 1;
  if (forms.qform_code > 0 && std::abs(fields.pixdim[0]) != 1) {
    notes.push_back("qfac (pixdim[0]) is " + std::to_string(fields.pixdim[0]) + " and is read as " +
                    std::to_string(static_cast<int>(forms.qfac)));
  }
  forms.pixdim = {fields.pixdim[1], fields.pixdim[2], fields.pixdim[3]};
  forms.quaternion_bcd = {fields.quatern_b, fields.quatern_c, fields.quatern_d};
  forms.qoffset = {fields.qoffset_x, fields.qoffset_y, fields.qoffset_z};
  std::ranges::copy(fields.srow_x, forms.srow.begin());
  std::ranges::copy(fields.srow_y, forms.srow.begin() + 4);
  std::ranges::copy(fields.srow_z, forms.srow.begin() + 8);
  forms.xyzt_units = fields.xyzt_units;
  return forms;
}

/// Whether the extensions from `begin_bytes` end exactly at or before the voxels.
bool extensions_fit(std::span<const std::byte> file, int64_t begin_bytes, int64_t end_bytes,
                    bool swapped) {
  int64_t position = begin_bytes;
  while (end_bytes - position >= 8) {
    const int64_t size = leading_length(file.subspan(static_cast<size_t>(position)), swapped);
    if (size < 16 || size % 16 != 0 || size > end_bytes - position) {
      return position > begin_bytes && size == 0;
    }
    position += size;
  }
  return position > begin_bytes;
}

}  // namespace

bool is_nifti(std::span<const std::byte> bytes) { return version_of(bytes).has_value(); }

ParsedImage parse_nifti(std::span<const std::byte> head, std::string_view name) {
  const Fields fields = read_fields(head, name);
  ParsedImage image;
  image.foreign_byte_order = fields.swapped;
  Header& header = image.header;
  read_shape(fields.header, header, name);
  header.type = read_type(fields.header, name);
  image.data_offset_bytes = read_data_offset(fields, name);
  const std::array<int64_t, 4> extents{header.shape[0], header.shape[1], header.shape[2],
                                       header.channels};
  image.data_bytes = declared_bytes(extents, header.type, name);
  header.strides = core::dense_strides(header.shape, core::Order::kFortran);
  header.channel_stride = core::voxel_count(header.shape);
  read_scale(fields.header, header, name);
  header.geometry = geometry_of(read_forms(fields.header, header.notes), header.notes);
  return image;
}

void check_extensions(ParsedImage& image, std::span<const std::byte> file) {
  const std::optional<Version> version = version_of(file);
  const int64_t begin_bytes = version->header_bytes + 4;
  if (file[static_cast<size_t>(version->header_bytes)] != std::byte{0} &&
      !extensions_fit(file, begin_bytes, image.data_offset_bytes, version->swapped)) {
    image.header.notes.emplace_back("the header extensions are malformed and are ignored");
  }
}

}  // namespace volseg::volume::internal
