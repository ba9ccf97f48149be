// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace volseg::volume {

/// One DICOM series of a folder or zip: slices of one size and orientation.
struct SeriesSummary {
  int64_t slices = 0;
  int64_t columns = 0;
  int64_t rows = 0;
  std::string modality;     ///< such as "CT"
  std::string description;  ///< the series description; never a name or number of a patient
};

/// The series of a folder or zip, in the order in which ReadOptions::series counts them.
/// @throws Error(kNotFound), Error(kIo), Error(kFormat); Error(kUnsupported) without DICOM images
[[nodiscard]] std::vector<SeriesSummary> list_series(const std::filesystem::path& path);

/// "120 slices of 512 x 512, CT, chest", for messages.
[[nodiscard]] std::string to_string(const SeriesSummary& series);

}  // namespace volseg::volume
