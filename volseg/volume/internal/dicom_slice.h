// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "volseg/volume/internal/affine.h"

namespace volseg::volume::internal {

/// What a DICOM file says about its one image. Holds no name or identity of a patient.
struct DicomSlice {
  std::string member;      ///< file name, for messages
  std::string series_uid;  ///< for grouping only, never shown
  std::string modality;
  std::string description;
  int64_t series_number = 0;
  int64_t instance_number = 0;
  int64_t rows = 0;
  int64_t columns = 0;
  int64_t bits_allocated = 0;
  int64_t bits_stored = 0;
  int64_t high_bit = 0;
  bool is_signed = false;
  int64_t samples = 1;
  int64_t frames = 1;
  std::string photometric;
  int64_t pixel_bytes = 0;  ///< of the pixel data as they lie in the file
  bool compressed = false;
  std::optional<Vector3> position;                   ///< in L, P, S
  std::optional<std::array<double, 6>> orientation;  ///< along a row, along a column; in L, P, S
  std::optional<std::array<double, 2>> spacing_mm;   ///< between columns, between rows
  double slope = 1;
  double intercept = 0;
  bool scale_missing = false;
  bool scale_invalid = false;  ///< slope or intercept was not a number and counts as absent
};

/// Reads all but the pixels. @throws as DicomElements
[[nodiscard]] DicomSlice read_dicom_slice(std::span<const std::byte> bytes,
                                          const std::string& member);

/// Type of the stored pixels. @throws Error(kFormat), Error(kUnsupported) when they cannot be read
[[nodiscard]] DataType pixel_type_of(const DicomSlice& slice);

/// Compares the size of the image with its pixel data, before anything is allocated for it.
/// @throws Error(kFormat); Error(kLimit) when compressed pixels cannot hold the image
void check_pixel_bytes(const DicomSlice& slice);

/// Decodes the pixels of a file, rows one after another, bits beyond the stored ones cleared or
/// filled with the sign.
/// @param target  rows x columns of pixel_type_of
/// @throws Error(kFormat), Error(kUnsupported)
void read_dicom_pixels(std::span<const std::byte> bytes, const DicomSlice& slice,
                       std::span<std::byte> target);

}  // namespace volseg::volume::internal
