// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/series.h"

#include "volseg/core/error.h"
#include "volseg/core/text.h"
#include "volseg/volume/internal/dicom_series.h"
#include "volseg/volume/internal/parsed_image.h"

namespace volseg::volume {

std::vector<SeriesSummary> list_series(const std::filesystem::path& path) {
  const auto archive = archive::Archive::open(path);
  const std::optional<internal::DicomListing> listing = internal::list_dicom(*archive);
  if (!listing || listing->series.empty()) {
    internal::refuse(ErrorKind::kUnsupported, path.string(), "no DICOM images in it");
  }
  std::vector<SeriesSummary> summaries;
  for (const internal::DicomSeries& series : listing->series) {
    summaries.push_back(series.summary);
  }
  return summaries;
}

std::string to_string(const SeriesSummary& series) {
  std::string text = core::counted(series.slices, "slice") + " of " +
                     std::to_string(series.columns) + " x " + std::to_string(series.rows);
  for (const std::string& word : {series.modality, series.description}) {
    text += word.empty() ? "" : ", " + word;
  }
  return text;
}

}  // namespace volseg::volume
