// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "volseg/volume/internal/dicom_file.h"
#include "volseg/volume/volume.h"

namespace volseg::volume::internal {

/// One frame of a segmentation: where its pixels lie in the world, and what they are a mask of.
struct SegmentFrame {
  int64_t index = 0;                      ///< in the file
  std::optional<int64_t> segment;         ///< number; none: pixels are numbers of segments
  std::optional<Vector3> position_mm;     ///< of the first pixel, in R, A, S
  std::optional<Vector3> column_step_mm;  ///< from a pixel to the next of its row
  std::optional<Vector3> row_step_mm;
  std::optional<double> slice_spacing_mm;
  std::string source;  ///< as DicomReferences::instances; empty where the file does not say it
};

/// All frames of a segmentation. @throws Error(kFormat), Error(kLimit)
[[nodiscard]] std::vector<SegmentFrame> read_segment_frames(const DicomFile& file);

/// The smallest grid that holds all frames; unknown geometry when they do not share one.
[[nodiscard]] Header grid_of(const std::vector<SegmentFrame>& frames, const DicomSlice& file);

/// Pixels of a frame on voxels of a grid: where the first one is, and the steps to the next in a
/// row and in a column.
struct FramePlacement {
  core::Shape3 first{};
  core::Shape3 column_step{};
  core::Shape3 row_step{};
};

/// Finds frames on the grid of one image.
class FramePlacer {
 public:
  FramePlacer(const Header& image, int64_t rows, int64_t columns);

  /// Nothing when the pixels are not on voxels of the image. The place may be outside of it.
  [[nodiscard]] std::optional<FramePlacement> place(const SegmentFrame& frame) const;

 private:
  [[nodiscard]] std::optional<FramePlacement> place_by_position(const SegmentFrame& frame) const;
  [[nodiscard]] std::optional<FramePlacement> place_by_source(const SegmentFrame& frame) const;
  [[nodiscard]] std::optional<core::Shape3> unit_step(const std::optional<Vector3>& step_mm,
                                                      int64_t count) const;
  [[nodiscard]] std::optional<core::Shape3> whole_voxel(const Vector3& way_mm) const;
  [[nodiscard]] std::optional<core::Shape3> voxel_in_slice(const Vector3& position_mm) const;
  [[nodiscard]] Vector3 in_voxels(const Vector3& way_mm) const;

  const Header& image_;
  int64_t rows_;
  int64_t columns_;
  bool has_place_;
  Affine inverse_;  ///< columns are rows of the inverse
  std::unordered_map<std::string_view, int64_t> slice_of_instance_;
};

}  // namespace volseg::volume::internal
