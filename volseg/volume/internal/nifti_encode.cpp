// SPDX-License-Identifier: Apache-2.0
#include <nifti2_io.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "volseg/volume/internal/convert_strided.h"
#include "volseg/volume/internal/nifti.h"
#include "volseg/volume/internal/nifti_forms.h"
#include "volseg/volume/internal/visit_type.h"

namespace volseg::volume::internal {

namespace {

constexpr int64_t kExtenderBytes = 4;

DataType stored_type(DataType type) {
  if (type == DataType::kBool) {
    return DataType::kUint8;
  }
  return type == DataType::kFloat16 ? DataType::kFloat32 : type;
}

int16_t code_of(DataType type) {
  switch (type) {
    case DataType::kInt8:
      return DT_INT8;
    case DataType::kUint16:
      return DT_UINT16;
    case DataType::kInt16:
      return DT_INT16;
    case DataType::kUint32:
      return DT_UINT32;
    case DataType::kInt32:
      return DT_INT32;
    case DataType::kUint64:
      return DT_UINT64;
    case DataType::kInt64:
      return DT_INT64;
    case DataType::kFloat16:
    case DataType::kFloat32:
      return DT_FLOAT32;
    case DataType::kFloat64:
      return DT_FLOAT64;
    case DataType::kBool:
    case DataType::kUint8:
      break;
  }
  return DT_UINT8;
}

/// Stores `value` in a field whose width depends on the version.
template <typename Field, typename Value>
void store(Field& field, Value value) {
  field = static_cast<Field>(value);
}

template <typename NiftiHeader>
void store_forms(const NiftiForms& forms, NiftiHeader& fields) {
  fields.qform_code = forms.qform_code;
  fields.sform_code = forms.sform_code;
  store(fields.pixdim[0], forms.qfac);
  for (size_t axis = 0; axis < 3; ++axis) {
    store(fields.pixdim[axis + 1], forms.pixdim[axis]);
  }
  store(fields.quatern_b, forms.quaternion_bcd[0]);
  store(fields.quatern_c, forms.quaternion_bcd[1]);
  store(fields.quatern_d, forms.quaternion_bcd[2]);
  store(fields.qoffset_x, forms.qoffset[0]);
  store(fields.qoffset_y, forms.qoffset[1]);
  store(fields.qoffset_z, forms.qoffset[2]);
  for (size_t column = 0; column < 4; ++column) {
    store(fields.srow_x[column], forms.srow[column]);
    store(fields.srow_y[column], forms.srow[4 + column]);
    store(fields.srow_z[column], forms.srow[8 + column]);
  }
  store(fields.xyzt_units, forms.xyzt_units);
}

/// The fields that both versions have; their types differ in width only.
template <typename NiftiHeader>
NiftiHeader common_fields(const Header& header) {
  const DataType type = stored_type(header.type);
  NiftiHeader fields{};
  fields.sizeof_hdr = sizeof(NiftiHeader);
  fields.datatype = code_of(type);
  store(fields.bitpix, 8 * size_bytes(type));
  const std::array<int64_t, 8> dim{header.channels > 1 ? 4 : 3,
                                   header.shape[0],
                                   header.shape[1],
                                   header.shape[2],
                                   header.channels,
                                   1,
                                   1,
                                   1};
  for (size_t index = 0; index < dim.size(); ++index) {
    store(fields.dim[index], dim[index]);
    store(fields.pixdim[index], 1);
  }
  store(fields.vox_offset, static_cast<int64_t>(sizeof fields) + kExtenderBytes);
  store(fields.scl_slope, header.scale_slope);
  store(fields.scl_inter, header.scale_intercept);
  store_forms(forms_of(header.geometry), fields);
  return fields;
}

template <typename In, typename Out>
void write_channels(const Volume& volume, std::byte* target) {
  const core::Shape3& shape = volume.header.shape;
  const int64_t voxels = core::voxel_count(shape);
  auto* first = reinterpret_cast<Out*>(target);
  for (int64_t channel = 0; channel < volume.header.channels; ++channel) {
    const core::ArrayView<Out> to{first + channel * voxels, shape,
                                  core::dense_strides(shape, core::Order::kFortran)};
    convert_strided(volume.channel<In>(channel), to,
                    [](const In& value) { return static_cast<Out>(value); });
  }
}

template <typename NiftiHeader>
core::Buffer encode(const Volume& volume, std::string_view magic) {
  NiftiHeader fields = common_fields<NiftiHeader>(volume.header);
  std::ranges::copy(magic, fields.magic);
  const int64_t begin_bytes = static_cast<int64_t>(sizeof fields) + kExtenderBytes;
  const int64_t voxels = core::voxel_count(volume.header.shape) * volume.header.channels;
  core::Buffer file(begin_bytes + voxels * size_bytes(stored_type(volume.header.type)));
  std::memset(file.data(), 0, static_cast<size_t>(begin_bytes));
  std::memcpy(file.data(), &fields, sizeof fields);
  std::byte* target = file.data() + begin_bytes;
  visit_type(volume.header.type, [&]<typename Stored>() {
    using Written = std::conditional_t<std::is_same_v<Stored, Half>, float, Stored>;
    write_channels<Stored, Written>(volume, target);
  });
  return file;
}

}  // namespace

core::Buffer encode_nifti(const Volume& volume) {
  constexpr int64_t kMostNarrow = std::numeric_limits<int16_t>::max();
  const Header& header = volume.header;
  if (std::ranges::max(header.shape) > kMostNarrow || header.channels > kMostNarrow) {
    return encode<nifti_2_header>(volume, {"n+2\0\r\n\x1a\n", 8});
  }
  return encode<nifti_1_header>(volume, {"n+1\0", 4});
}

}  // namespace volseg::volume::internal
