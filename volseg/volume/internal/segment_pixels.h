// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "volseg/volume/internal/dicom_file.h"

namespace volseg::volume::internal {

/// How the pixels of a segmentation say what is inside.
enum class SegmentCoding {
  kBits,      ///< one bit a pixel, frames one after another without padding
  kFraction,  ///< from a threshold on
  kNumbers    ///< pixels are numbers of segments
};

/// Pixels of the frames of a segmentation.
class SegmentPixels {
 public:
  /// Checks their size before anything is allocated.
  /// @param threshold_fraction  of the largest value that a fractional segmentation declares
  /// @throws Error(kFormat), Error(kUnsupported), Error(kLimit)
  SegmentPixels(const DicomFile& file, double threshold_fraction);

  [[nodiscard]] SegmentCoding coding() const { return coding_; }
  /// Whether each pixel of a frame is inside: rows one after another, 0 or 1.
  /// @param number  of the segment, where pixels are numbers
  /// @throws Error(kFormat), Error(kUnsupported) when they cannot be decoded
  [[nodiscard]] std::vector<uint8_t> inside(int64_t frame, int64_t number) const;

 private:
  void check_bits() const;
  [[nodiscard]] std::vector<uint8_t> bits_of(int64_t frame) const;

  const DicomFile& file_;
  SegmentCoding coding_ = SegmentCoding::kBits;
  int64_t pixels_ = 0;       ///< of a frame
  double least_inside_ = 1;  ///< of kFraction
};

}  // namespace volseg::volume::internal
