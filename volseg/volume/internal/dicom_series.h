// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/archive/archive.h"
#include "volseg/volume/formats.h"
#include "volseg/volume/internal/dicom_file.h"
#include "volseg/volume/series.h"

namespace volseg::volume::internal {

/// The files of one series that have one size and orientation.
struct DicomSeries {
  SeriesSummary summary;
  std::vector<DicomSlice> slices;
};

/// What a folder, zip or file holds.
struct DicomListing {
  std::vector<DicomSeries> series;         ///< by series number, then description, then first file
  std::vector<std::string> segmentations;  ///< names of files that hold masks
  int64_t other_files = 0;                 ///< files that are no DICOM image
};

/// Reads the headers of all DICOM files; nothing when there is none with an image or masks.
/// @throws Error(kFormat), Error(kLimit) on a damaged DICOM file
[[nodiscard]] std::optional<DicomListing> list_dicom(const archive::Archive& archive);

/// Reads one series as a volume.
/// @throws Error(kUsage) that lists the series when there are several and `options.series` names
/// none of them; Error(kFormat), Error(kUnsupported)
[[nodiscard]] Volume read_dicom_series(const archive::Archive& archive, const DicomListing& listing,
                                       std::string_view name, const ReadOptions& options);

/// Reads a file with several frames as a volume. @throws as read_dicom_series; Error(kUnsupported)
/// on a single slice or a segmentation
[[nodiscard]] Volume read_dicom_file(std::span<const std::byte> bytes, std::string_view name,
                                     const ReadOptions& options);

}  // namespace volseg::volume::internal
