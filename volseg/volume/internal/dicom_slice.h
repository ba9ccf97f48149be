// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "volseg/volume/internal/affine.h"
#include "volseg/volume/internal/dicom_elements.h"

namespace volseg::volume::internal {

/// What a DICOM file says about one image in it: its only one, or one of its frames. Holds no name
/// or number of a patient.
struct DicomSlice {
  std::string member;        ///< name of the file
  std::string sop_class;     ///< UID of the kind of file
  std::string series_uid;    ///< for grouping only, never shown
  std::string instance_uid;  ///< by which segmentations name it; never shown
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
  int64_t frames = 1;  ///< of the file
  int64_t frame = 0;   ///< which of them, from 0
  std::string photometric;
  int64_t pixel_bytes = 0;  ///< of the pixel data of all frames as they lie in the file
  bool compressed = false;
  std::optional<Vector3> position;                   ///< in L, P, S
  std::optional<std::array<double, 6>> orientation;  ///< along a row, along a column; in L, P, S
  std::optional<std::array<double, 2>> spacing_mm;   ///< between columns, between rows
  std::optional<double> slice_spacing_mm;            ///< between slices, where the file says it
  double slope = 1;
  double intercept = 0;
  bool scale_missing = false;
  bool scale_invalid = false;  ///< slope or intercept was not a number and counts as absent
};

/// "a.dcm", or "a.dcm frame 3" of several, for messages.
[[nodiscard]] std::string name_of(const DicomSlice& slice);
/// How a segmentation names a frame: by the UID of its file, and its number where there are
/// several.
[[nodiscard]] std::string instance_key(const std::string& uid, int64_t frames, int64_t frame);
/// Whether the file is a segmentation, whose frames are masks and no image.
[[nodiscard]] bool is_segmentation(const DicomSlice& slice);

/// What the file says of all its frames, without their pixels.
[[nodiscard]] DicomSlice read_dicom_slice(const DicomElements& elements, const std::string& member);
/// Every frame of a file, placed and scaled by its functional groups; of a dose by its frame
/// offsets. Frames of other files with several have no position.
/// @throws Error(kFormat), Error(kLimit)
[[nodiscard]] std::vector<DicomSlice> read_dicom_frames(const DicomElements& elements,
                                                        const DicomSlice& file);

/// Takes position, orientation and spacing from an item that has them; others stay.
void read_place(const DicomItem& item, DicomSlice& slice);

/// Type of the stored pixels. @throws Error(kFormat), Error(kUnsupported) when they cannot be read
[[nodiscard]] DataType pixel_type_of(const DicomSlice& slice);

/// Compares the size of all frames with the pixel data, before anything is allocated for them.
/// @throws Error(kFormat); Error(kLimit) when compressed pixels cannot hold the image
void check_pixel_bytes(const DicomSlice& slice);

/// Decodes the pixels of a frame, rows one after another, bits beyond the stored ones cleared or
/// filled with the sign.
/// @param elements  of the file that `slice` is from
/// @param target  rows x columns of pixel_type_of
/// @throws Error(kFormat), Error(kUnsupported)
void read_dicom_pixels(const DicomElements& elements, const DicomSlice& slice,
                       std::span<std::byte> target);

}  // namespace volseg::volume::internal
