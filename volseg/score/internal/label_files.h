// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "volseg/score/internal/case_source.h"

namespace volseg::score::internal {

/// How files of labels or probabilities are read.
struct LabelFileSettings {
  std::optional<int> channel_axis;
  std::optional<double> probability_threshold;
  std::map<int32_t, std::string> label_names;  ///< empty: a class is called label_<value>
};

/// A label map, or with a threshold a map of probabilities: one channel for each class in the order
/// of the label values, or one more with the background first.
/// @throws Error(kFormat) with the voxel on a fraction or NaN, with the label on one without a name
[[nodiscard]] LoadedCase read_label_map(const std::filesystem::path& file,
                                        const LabelFileSettings& settings);

/// The mask of one class: voxels other than 0, or above the threshold.
/// @throws Error(kFormat) with the voxel on a fraction or NaN
[[nodiscard]] LoadedCase read_class_mask(const std::filesystem::path& file,
                                         const std::string& class_name,
                                         const LabelFileSettings& settings);

/// Adds a class of the same case. @throws Error(kShape) with both values when shape or geometry of
/// the two differ
void join_class(LoadedCase& loaded, LoadedCase other, const std::filesystem::path& file);

}  // namespace volseg::score::internal
