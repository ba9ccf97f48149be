// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/dataset/internal/pack_inputs.h"
#include "volseg/dataset/pack.h"

namespace volseg::dataset::internal {

/// How cases are packed.
struct CaseSettings {
  const std::map<int32_t, std::string>& label_names;
  const Dataset* dataset = nullptr;  ///< of cases that are rows
  std::optional<volume::FileFormat> images_as;
  std::optional<int> channel_axis;    ///< of four-dimensional .npy images
  std::optional<std::string> series;  ///< of a folder with several DICOM series
  double fraction_threshold = 0.5;    ///< of fractional DICOM segmentations
  bool resample_masks = false;
  bool recanonicalise = false;
  std::filesystem::path folder;  ///< where images go that are not taken as they are
};

/// A case as it goes into the table.
struct PackedCase {
  std::string image;             ///< file name in the dataset
  std::filesystem::path source;  ///< file to copy
  core::Shape3 shape{};
  std::optional<std::array<double, 3>> spacing_mm;
  std::map<std::string, std::string> text_of_class;
  std::map<std::string, int32_t> value_of_class;  ///< smallest label value of the class, if any
  std::vector<std::string> warnings;
  int64_t resampled_labels = 0;     ///< label files that were not on the image's grid
  int64_t texts_not_canonical = 0;  ///< of a dataset, kept as they are
};

/// The name of a case's image in the dataset.
[[nodiscard]] std::string image_name_of(const PackCase& one,
                                        std::optional<volume::FileFormat> images_as);

/// True when the image cannot be copied from a file of its own.
[[nodiscard]] bool needs_folder(const PackCase& one, std::optional<volume::FileFormat> images_as);

/// Reads one case and encodes its masks. The image is read whole, so that a damaged one is
/// refused. Memory: the image (twice when channels are joined), then one label map at a time.
[[nodiscard]] PackedCase pack_case(const PackCase& one, const CaseSettings& settings);

}  // namespace volseg::dataset::internal
