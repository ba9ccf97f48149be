// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/volume/volume.h"

namespace volseg::volume {

/// One mask of a DICOM segmentation.
struct Segment {
  int64_t number = 0;
  std::string label;  ///< name of its class; UTF-8 without control characters, never empty
};

/// Voxels of one segment in neighbouring slices of a grid; none elsewhere.
struct SegmentSlab {
  int64_t first_slice = 0;      ///< along axis 2
  core::Array<uint8_t> voxels;  ///< 0 or 1, axis 0 fastest
};

/// How a DICOM segmentation is read.
struct SegmentationOptions {
  /// A voxel of a fractional segmentation is inside from this share of the largest value on.
  double threshold_fraction = 0.5;
};

/// A DICOM segmentation: masks that may overlap, as frames in space. Frames without a voxel may be
/// left out of the file, so that its masks have a grid only together with an image.
class Segmentation {
 public:
  struct Content;
  explicit Segmentation(std::unique_ptr<const Content> content);
  Segmentation(Segmentation&&) noexcept;
  Segmentation& operator=(Segmentation&&) noexcept;
  ~Segmentation();

  /// File name, for messages.
  [[nodiscard]] const std::string& name() const;
  /// By number; several may have one label.
  [[nodiscard]] const std::vector<Segment>& segments() const;
  /// Oddities that were read in one way, a sentence each.
  [[nodiscard]] const std::vector<std::string>& notes() const;
  /// The smallest grid that holds all frames; its geometry is unknown when there is none.
  [[nodiscard]] const Header& grid() const;
  /// UID of the image series that was segmented, or empty; never shown.
  [[nodiscard]] const std::string& image_series() const;

  /// Whether every frame lies on voxels of `image`: by its position within 0.05 voxels, whichever
  /// way the axes of the image run; without positions as the slice that it names as its source.
  [[nodiscard]] bool is_on(const Header& image) const { return !misfit(image); }
  /// What keeps it from that: the first frame that is on no slice of the image.
  [[nodiscard]] std::optional<std::string> misfit(const Header& image) const;
  /// One segment on a grid that the frames lie on, which may be `grid()`.
  /// @param segment  index into segments()
  /// @throws Error(kShape) when a voxel is outside of the grid; Error(kFormat), Error(kUnsupported)
  /// on pixels that cannot be decoded; Error(kUsage) unless is_on(image)
  [[nodiscard]] SegmentSlab mask_on(const Header& image, size_t segment) const;

 private:
  std::unique_ptr<const Content> content_;
};

/// The DICOM segmentations that a file, folder or zip holds, in order of names; none when it holds
/// something else.
/// @throws Error(kNotFound), Error(kIo); Error(kFormat), Error(kUnsupported), Error(kLimit) on a
/// damaged or foreign segmentation
[[nodiscard]] std::vector<Segmentation> read_segmentations(const std::filesystem::path& path,
                                                           const SegmentationOptions& options = {});

}  // namespace volseg::volume
