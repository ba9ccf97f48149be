// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/dicom_slice.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "volseg/volume/internal/dicom_frames.h"
#include "volseg/volume/internal/gzip.h"
#include "volseg/volume/internal/parsed_image.h"

namespace volseg::volume::internal {

namespace {

constexpr std::string_view kSegmentation = "1.2.840.10008.5.1.4.1.1.66.4";
constexpr std::string_view kLabelMap = "1.2.840.10008.5.1.4.1.1.66.7";

template <size_t kCount>
std::optional<std::array<double, kCount>> finite_numbers(const DicomItem& item, DicomTag tag) {
  const auto numbers = item.numbers(tag, kCount);
  if (!numbers || !std::ranges::all_of(*numbers, [](double x) { return std::isfinite(x); })) {
    return std::nullopt;
  }
  std::array<double, kCount> values{};
  std::ranges::copy(*numbers, values.begin());
  return values;
}

int64_t whole_of(const DicomItem& item, DicomTag tag, int64_t otherwise) {
  constexpr double kMost = 1e9;
  const auto number = finite_numbers<1>(item, tag);
  return number && std::abs((*number)[0]) < kMost ? std::llround((*number)[0]) : otherwise;
}

void read_scale(const DicomItem& item, DicomSlice& slice) {
  const auto slope =
      item.numbers(item.has(DicomTag::kSlope) ? DicomTag::kSlope : DicomTag::kDoseScaling, 1);
  const auto intercept = item.numbers(DicomTag::kIntercept, 1);
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

/// How far each frame lies from the first along the normal, where the file says it (RT Dose).
std::vector<double> frame_offsets(const DicomElements& elements, const DicomSlice& file) {
  std::vector<double> offsets = elements.numbers(DicomTag::kFrameOffsets);
  const bool usable = std::ssize(offsets) == file.frames && file.position && file.orientation &&
                      std::ranges::all_of(offsets, [](double x) { return std::isfinite(x); });
  return usable ? offsets : std::vector<double>();
}

Vector3 moved_along_normal(const DicomSlice& file, double distance_mm) {
  const auto& o = *file.orientation;
  const Vector3 normal = cross({o[0], o[1], o[2]}, {o[3], o[4], o[5]});
  Vector3 position = *file.position;
  for (size_t row = 0; row < 3; ++row) {
    position[row] += distance_mm * normal[row];
  }
  return position;
}

void read_groups(const DicomFrameGroups& groups, DicomSlice& slice) {
  for (const DicomTag tag :
       {DicomTag::kPlanePosition, DicomTag::kPlaneOrientation, DicomTag::kPixelMeasures}) {
    if (const auto item = groups.find(tag)) {
      read_place(*item, slice);
    }
  }
  if (const auto item = groups.find(DicomTag::kValueTransformation)) {
    read_scale(*item, slice);
  }
}

}  // namespace

std::string name_of(const DicomSlice& slice) {
  return slice.frames == 1 ? slice.member
                           : slice.member + " frame " + std::to_string(slice.frame + 1);
}

std::string instance_key(const std::string& uid, int64_t frames, int64_t frame) {
  return frames == 1 ? uid : uid + "#" + std::to_string(frame + 1);
}

bool is_segmentation(const DicomSlice& slice) {
  return slice.sop_class == kSegmentation || slice.sop_class == kLabelMap;
}

void read_place(const DicomItem& item, DicomSlice& slice) {
  if (item.has(DicomTag::kPosition)) {
    slice.position = finite_numbers<3>(item, DicomTag::kPosition);
  }
  if (item.has(DicomTag::kOrientation)) {
    slice.orientation = finite_numbers<6>(item, DicomTag::kOrientation);
  }
  const auto spacing = finite_numbers<2>(item, DicomTag::kPixelSpacing);
  if (spacing && (*spacing)[0] > 0 && (*spacing)[1] > 0) {
    slice.spacing_mm = {(*spacing)[1], (*spacing)[0]};
  }
  const auto distance = finite_numbers<1>(item, DicomTag::kSliceSpacing);
  if (distance && (*distance)[0] > 0) {
    slice.slice_spacing_mm = (*distance)[0];
  }
}

DicomSlice read_dicom_slice(const DicomElements& elements, const std::string& member) {
  DicomSlice slice{.member = member,
                   .sop_class = elements.text(DicomTag::kSopClass),
                   .series_uid = elements.text(DicomTag::kSeriesUid),
                   .instance_uid = elements.text(DicomTag::kInstanceUid),
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
                   .compressed = !elements.fragments().fragments.empty()};
  for (const DicomFragment& fragment : elements.fragments().fragments) {
    slice.pixel_bytes += static_cast<int64_t>(fragment.bytes.size());
  }
  read_place(elements, slice);
  read_scale(elements, slice);
  return slice;
}

std::vector<DicomSlice> read_dicom_frames(const DicomElements& elements, const DicomSlice& file) {
  const std::vector<double> offsets = frame_offsets(elements, file);
  std::vector<DicomSlice> slices;
  for_each_frame(elements, file.frames, file.member,
                 [&](int64_t index, const DicomFrameGroups& groups) {
                   DicomSlice slice = file;
                   slice.frame = index;
                   if (!offsets.empty()) {
                     const double offset_mm = offsets[static_cast<size_t>(index)] - offsets[0];
                     slice.position = moved_along_normal(file, offset_mm);
                   } else if (file.frames > 1) {
                     slice.position.reset();
                   }
                   read_groups(groups, slice);
                   slices.push_back(std::move(slice));
                 });
  return slices;
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
  const std::array<int64_t, 3> extents{slice.columns, slice.rows, slice.frames};
  const int64_t declared = declared_bytes(extents, pixel_type_of(slice), slice.member);
  if (slice.compressed) {
    check_inflation(slice.pixel_bytes, declared, slice.member);
    return;
  }
  if (slice.pixel_bytes != declared + declared % 2) {
    refuse(ErrorKind::kFormat, slice.member,
           "the DICOM file has " + std::to_string(slice.pixel_bytes) +
               " bytes of pixels; its rows, columns, frames and bits need " +
               std::to_string(declared));
  }
}

}  // namespace volseg::volume::internal
