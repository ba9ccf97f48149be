// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/dicom_slice.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "volseg/volume/internal/dicom_elements.h"
#include "volseg/volume/internal/gzip.h"
#include "volseg/volume/internal/parsed_image.h"

namespace volseg::volume::internal {

namespace {

template <size_t kCount>
std::optional<std::array<double, kCount>> finite_numbers(const DicomElements& elements,
                                                         DicomTag tag) {
  const auto numbers = elements.numbers(tag, kCount);
  if (!numbers || !std::ranges::all_of(*numbers, [](double x) { return std::isfinite(x); })) {
    return std::nullopt;
  }
  std::array<double, kCount> values{};
  std::ranges::copy(*numbers, values.begin());
  return values;
}

int64_t whole_of(const DicomElements& elements, DicomTag tag, int64_t otherwise) {
  constexpr double kMost = 1e9;
  const auto number = finite_numbers<1>(elements, tag);
  return number && std::abs((*number)[0]) < kMost ? std::llround((*number)[0]) : otherwise;
}

void read_scale(const DicomElements& elements, DicomSlice& slice) {
  const auto slope = elements.numbers(DicomTag::kSlope, 1);
  const auto intercept = elements.numbers(DicomTag::kIntercept, 1);
  slice.scale_missing = !slope;
  const double read_slope = slope ? (*slope)[0] : 1;
  const double read_intercept = intercept ? (*intercept)[0] : 0;
  slice.scale_invalid =
      !std::isfinite(read_slope) || !std::isfinite(read_intercept) || read_slope == 0;
  if (!slice.scale_invalid) {
    slice.slope = read_slope;
    slice.intercept = read_intercept;
  }
}

void read_place(const DicomElements& elements, DicomSlice& slice) {
  slice.position = finite_numbers<3>(elements, DicomTag::kPosition);
  slice.orientation = finite_numbers<6>(elements, DicomTag::kOrientation);
  const auto spacing = finite_numbers<2>(elements, DicomTag::kPixelSpacing);
  if (spacing && (*spacing)[0] > 0 && (*spacing)[1] > 0) {
    slice.spacing_mm = {(*spacing)[1], (*spacing)[0]};
  }
}

}  // namespace

DicomSlice read_dicom_slice(std::span<const std::byte> bytes, const std::string& member) {
  const DicomElements elements(bytes, member);
  DicomSlice slice{.member = member,
                   .series_uid = elements.text(DicomTag::kSeriesUid),
                   .modality = elements.text(DicomTag::kModality),
                   .description = elements.text(DicomTag::kSeriesDescription),
                   .series_number = whole_of(elements, DicomTag::kSeriesNumber, 0),
                   .instance_number = whole_of(elements, DicomTag::kInstanceNumber, 0),
                   .rows = elements.word(DicomTag::kRows).value_or(0),
                   .columns = elements.word(DicomTag::kColumns).value_or(0),
                   .bits_allocated = elements.word(DicomTag::kBitsAllocated).value_or(0),
                   .bits_stored = elements.word(DicomTag::kBitsStored).value_or(0),
                   .high_bit = elements.word(DicomTag::kHighBit).value_or(0),
                   .is_signed = elements.word(DicomTag::kPixelRepresentation).value_or(0) == 1,
                   .samples = elements.word(DicomTag::kSamplesPerPixel).value_or(1),
                   .frames = whole_of(elements, DicomTag::kFrames, 1),
                   .photometric = elements.text(DicomTag::kPhotometric),
                   .pixel_bytes = static_cast<int64_t>(elements.pixels().size()),
                   .compressed = !elements.fragments().empty()};
  for (const auto fragment : elements.fragments()) {
    slice.pixel_bytes += static_cast<int64_t>(fragment.size());
  }
  read_place(elements, slice);
  read_scale(elements, slice);
  return slice;
}

DataType pixel_type_of(const DicomSlice& slice) {
  if (slice.rows < 1 || slice.columns < 1) {
    refuse(ErrorKind::kFormat, slice.member,
           "the DICOM file declares " + std::to_string(slice.rows) + " rows and " +
               std::to_string(slice.columns) + " columns; both are at least 1");
  }
  if (slice.samples != 1 || !slice.photometric.starts_with("MONOCHROME")) {
    refuse(ErrorKind::kUnsupported, slice.member,
           "the DICOM image is in colour; volseg reads MONOCHROME1 and MONOCHROME2");
  }
  if (slice.frames != 1) {
    refuse(ErrorKind::kUnsupported, slice.member,
           "the DICOM file has " + std::to_string(slice.frames) +
               " frames; volseg reads one slice a file; convert it to single frames or NIfTI");
  }
  const int64_t bits = slice.bits_allocated;
  if (bits != 8 && bits != 16 && bits != 32) {
    refuse(ErrorKind::kUnsupported, slice.member,
           "the DICOM image has " + std::to_string(bits) +
               " bits allocated a pixel; volseg reads 8, 16 and 32");
  }
  if (slice.bits_stored < 1 || slice.bits_stored > bits ||
      slice.high_bit != slice.bits_stored - 1) {
    refuse(ErrorKind::kFormat, slice.member,
           "the DICOM image has " + std::to_string(slice.bits_stored) + " bits stored of " +
               std::to_string(bits) + " with high bit " + std::to_string(slice.high_bit) +
               "; expected at most as many as allocated, and the high bit one below");
  }
  if (bits == 8) {
    return slice.is_signed ? DataType::kInt8 : DataType::kUint8;
  }
  if (bits == 16) {
    return slice.is_signed ? DataType::kInt16 : DataType::kUint16;
  }
  return slice.is_signed ? DataType::kInt32 : DataType::kUint32;
}

void check_pixel_bytes(const DicomSlice& slice) {
  const std::array<int64_t, 2> extents{slice.columns, slice.rows};
  const int64_t declared = declared_bytes(extents, pixel_type_of(slice), slice.member);
  if (slice.compressed) {
    check_inflation(slice.pixel_bytes, declared, slice.member);
    return;
  }
  if (slice.pixel_bytes != declared + declared % 2) {
    refuse(ErrorKind::kFormat, slice.member,
           "the DICOM file has " + std::to_string(slice.pixel_bytes) +
               " bytes of pixels; its rows, columns and bits need " + std::to_string(declared));
  }
}

}  // namespace volseg::volume::internal
