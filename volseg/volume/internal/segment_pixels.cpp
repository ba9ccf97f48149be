// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/segment_pixels.h"

#include <algorithm>
#include <string>
#include <type_traits>

#include "volseg/volume/internal/dicom_frames.h"
#include "volseg/volume/internal/parsed_image.h"
#include "volseg/volume/internal/visit_type.h"

namespace volseg::volume::internal {

SegmentPixels::SegmentPixels(const DicomFile& file, double threshold_fraction) : file_(file) {
  const DicomSlice& slice = file.slice();
  const std::string type = file.elements().text(DicomTag::kSegmentationType);
  if (type != "BINARY" && type != "FRACTIONAL" && type != "LABELMAP") {
    refuse(ErrorKind::kUnsupported, file.name(),
           "the DICOM segmentation has another type than BINARY, FRACTIONAL and LABELMAP");
  }
  check_frame_count(slice.frames, file.name());
  pixels_ = slice.rows * slice.columns;
  if (type == "BINARY" && slice.bits_allocated == 1) {
    check_bits();
    return;
  }
  check_pixel_bytes(slice);
  coding_ = type == "LABELMAP" ? SegmentCoding::kNumbers : SegmentCoding::kFraction;
  if (type == "FRACTIONAL") {
    const auto most = file.elements().word(DicomTag::kMostFractionalValue);
    if (most.value_or(0) < 1) {
      refuse(ErrorKind::kFormat, file.name(),
             "the fractional DICOM segmentation declares no largest value (0062,000E)");
    }
    least_inside_ = std::max(threshold_fraction * static_cast<double>(*most), 1e-9);
  }
}

void SegmentPixels::check_bits() const {
  const DicomSlice& slice = file_.slice();
  if (slice.compressed) {
    refuse(ErrorKind::kUnsupported, slice.member,
           "the bits of the DICOM segmentation are compressed; decompress the file");
  }
  if (slice.rows < 1 || slice.columns < 1 || slice.samples != 1) {
    refuse(ErrorKind::kFormat, slice.member,
           "the DICOM segmentation declares " + std::to_string(slice.rows) + " rows, " +
               std::to_string(slice.columns) + " columns and " + std::to_string(slice.samples) +
               " samples a pixel; expected 1 or more, and 1 sample");
  }
  const std::array<int64_t, 3> extents{slice.columns, slice.rows, slice.frames};
  const int64_t bytes = (declared_bytes(extents, DataType::kUint8, slice.member) + 7) / 8;
  if (slice.pixel_bytes != bytes + bytes % 2) {
    refuse(ErrorKind::kFormat, slice.member,
           "the DICOM segmentation has " + std::to_string(slice.pixel_bytes) +
               " bytes of pixels; " + std::to_string(slice.frames) + " frames of " +
               std::to_string(slice.rows) + " x " + std::to_string(slice.columns) + " bits need " +
               std::to_string(bytes));
  }
}

std::vector<uint8_t> SegmentPixels::bits_of(int64_t frame) const {
  const auto bytes = file_.elements().pixels();
  // Explicit big endian stores the bits in words.
  const size_t turn = file_.elements().big_endian() ? 1 : 0;
  std::vector<uint8_t> inside(static_cast<size_t>(pixels_));
  auto bit = static_cast<size_t>(frame * pixels_);
  for (uint8_t& pixel : inside) {
    pixel = std::to_integer<uint8_t>(bytes[(bit / 8) ^ turn] >> static_cast<int>(bit % 8)) & 1U;
    ++bit;
  }
  return inside;
}

std::vector<uint8_t> SegmentPixels::inside(int64_t frame, int64_t number) const {
  if (coding_ == SegmentCoding::kBits) {
    return bits_of(frame);
  }
  DicomSlice slice = file_.slice();
  slice.frame = frame;
  const DataType type = pixel_type_of(slice);
  core::Buffer stored(pixels_ * size_bytes(type));
  read_dicom_pixels(file_.elements(), slice, stored.bytes());
  std::vector<uint8_t> inside(static_cast<size_t>(pixels_));
  visit_type(type, [&]<typename Stored>() {
    const auto* values = reinterpret_cast<const Stored*>(stored.data());
    if constexpr (std::is_integral_v<Stored>) {
      std::transform(values, values + pixels_, inside.begin(), [&](Stored value) {
        const bool is_in = coding_ == SegmentCoding::kNumbers
                               ? static_cast<int64_t>(value) == number
                               : static_cast<double>(value) >= least_inside_;
        return static_cast<uint8_t>(is_in ? 1 : 0);
      });
    }
  });
  return inside;
}

}  // namespace volseg::volume::internal
