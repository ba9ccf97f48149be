// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "volseg/core/array.h"
#include "volseg/volume/volume.h"

namespace volseg::dataset::internal {

/// Single voxels of an image as numbers, whatever its type; the scale of the header is applied.
class VoxelValues {
 public:
  /// The image must outlive this.
  explicit VoxelValues(const volume::Volume& image);
  /// @param offset  in elements from the first stored voxel
  [[nodiscard]] double at(int64_t offset) const {
    return read_.one(data_, offset) * scale_slope_ + scale_intercept_;
  }
  /// Values `stride` elements apart, as at() gives them.
  void read_line(int64_t offset, int64_t stride, std::span<double> values) const;
  /// Offset of voxel (0, 0, 0) of a channel plus that of the Fortran-order position.
  [[nodiscard]] int64_t offset_of(int64_t position, int64_t channel) const;
  /// Offset between neighbours along an axis.
  [[nodiscard]] int64_t stride(size_t axis) const { return strides_[axis]; }

 private:
  // How a stored type is read: a voxel, and a line of voxels.
  struct Reader {
    double (*one)(const std::byte* data, int64_t offset);
    void (*line)(const std::byte* data, int64_t offset, int64_t stride, std::span<double> values);
  };
  template <double (*read)(const std::byte*, int64_t)>
  static Reader reader();
  static Reader reader_of(volume::DataType type);

  Reader read_;
  const std::byte* data_;
  double scale_slope_;
  double scale_intercept_;
  core::Shape3 shape_;
  core::Strides3 strides_;
  int64_t channel_stride_;
};

}  // namespace volseg::dataset::internal
