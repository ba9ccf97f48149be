// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/core/array.h"

namespace volseg::volume {

/// Type of one stored voxel, in the machine's byte order once read.
enum class DataType {
  kBool,
  kUint8,
  kInt8,
  kUint16,
  kInt16,
  kUint32,
  kInt32,
  kUint64,
  kInt64,
  kFloat16,
  kFloat32,
  kFloat64
};

/// NumPy's name, such as "uint8".
[[nodiscard]] std::string_view name_of(DataType type);
[[nodiscard]] int64_t size_bytes(DataType type);
[[nodiscard]] bool is_integer(DataType type);

/// The orientation fields of a NIfTI header as read, so that an output carries the same ones.
struct NiftiForms {
  int16_t qform_code = 0;
  int16_t sform_code = 0;
  double qfac = 1;
  std::array<double, 3> quaternion_bcd{};
  std::array<double, 3> qoffset{};        ///< in the unit of the file
  std::array<double, 12> srow{};          ///< three rows of four, in the unit of the file
  std::array<double, 3> pixdim{1, 1, 1};  ///< in the unit of the file; zero, NaN and signs repaired
  int32_t xyzt_units = 2;                 ///< the whole field, time unit included
};

/// Where the voxel grid lies in the patient or sample. World axes are NIfTI's (R, A, S), in
/// millimetres: world = origin_mm + sum over axes a of direction column a * spacing_mm[a] *
/// index[a].
struct Geometry {
  bool known = false;                         ///< false: the format has none, values are defaults
  std::array<double, 3> spacing_mm{1, 1, 1};  ///< along array axes (0, 1, 2)
  std::array<double, 3> origin_mm{0, 0, 0};   ///< world position of voxel (0, 0, 0)
  std::array<double, 9> direction{1, 0, 0, 0, 1,
                                  0, 0, 0, 1};  ///< row-major, columns are array axes
  std::optional<NiftiForms> nifti;
};

/// A geometry whose spacing is known and whose origin and direction are not: its NIfTI form codes
/// are 0.
[[nodiscard]] Geometry spacing_only(const std::array<double, 3>& spacing_mm);
[[nodiscard]] bool is_spacing_only(const Geometry& geometry);

/// True when spacing, origin and direction agree within 1e-3 of the smallest spacing; spacing alone
/// where one of the two knows no more.
[[nodiscard]] bool same_geometry(const Geometry& first, const Geometry& second);
/// "spacing 1 x 1 x 1 mm, origin (90, -126, -72) mm, axes R A S", for messages.
[[nodiscard]] std::string to_string(const Geometry& geometry);

/// How DICOM files refer to the slices of an image. Never written and never shown.
struct DicomReferences {
  std::string series;                  ///< UID
  std::vector<std::string> instances;  ///< of each slice along axis 2: UID, and "#frame" of several
  /// Where each slice truly lies, which its index does not say when slices are missing or uneven;
  /// in R, A, S. Empty: unknown.
  std::vector<std::array<double, 3>> positions_mm;
};

/// What a file's header says, checked against the file's length.
struct Header {
  core::Shape3 shape{};  ///< spatial axes in array order
  int64_t channels = 1;
  int channel_axis = -1;       ///< position of the channel axis in the stored array; -1 without one
  core::Strides3 strides{};    ///< of the spatial axes, in elements
  int64_t channel_stride = 0;  ///< in elements
  DataType type = DataType::kUint8;
  double scale_slope = 1;  ///< value = stored * scale_slope + scale_intercept
  double scale_intercept = 0;
  Geometry geometry;
  int64_t trailing_bytes = 0;      ///< bytes after the voxels, which are ignored
  std::vector<std::string> notes;  ///< oddities that were read in one way, a sentence each
  std::shared_ptr<const DicomReferences> dicom;  ///< of an image that was read from DICOM
};

/// Which spatial axis runs faster in memory: kC when axis 2 is nearer than axis 0.
[[nodiscard]] core::Order memory_order(const Header& header);

/// One image file in memory: header and stored voxels.
struct Volume {
  Header header;
  core::Buffer data;

  /// One channel's stored voxels; T must be the type of header.type (uint8_t for kBool).
  template <typename T>
  [[nodiscard]] core::ArrayView<const T> channel(int64_t index) const {
    return {reinterpret_cast<const T*>(data.data()) + index * header.channel_stride, header.shape,
            header.strides};
  }
};

/// Stored voxels of all channels that are NaN or infinite.
[[nodiscard]] int64_t count_non_finite(const Volume& volume);

/// A channel as float, scale applied, dense in the volume's own memory order (kC when axis 2 is
/// fastest). NaN and infinity become 0 (`check` reports them).
[[nodiscard]] core::Array<float> to_float(const Volume& volume, int64_t channel);

/// A one-channel volume as integer labels, dense in the volume's own memory order.
/// @throws Error(kFormat) on a fraction, NaN, or a label outside int32, with its voxel index
[[nodiscard]] core::Array<int32_t> to_labels(const Volume& volume, std::string_view name);

/// A volume that holds `labels` (smallest unsigned type that fits, or int32) with the given
/// geometry.
[[nodiscard]] Volume from_labels(core::ArrayView<const int32_t> labels, const Geometry& geometry);
/// A one-channel float32 volume in the array's own memory order.
[[nodiscard]] Volume from_float(core::ArrayView<const float> values, const Geometry& geometry);

}  // namespace volseg::volume
