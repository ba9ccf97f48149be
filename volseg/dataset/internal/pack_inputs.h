// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "volseg/dataset/pack.h"

namespace volseg::dataset::internal {

/// One mask file of a class, or a label map when class_name is empty.
struct LabelFile {
  std::filesystem::path path;
  std::string class_name;
};

/// An image and the files that label it.
struct PackCase {
  std::string name;  ///< image file name without extension
  std::filesystem::path image;
  std::vector<LabelFile> labels;  ///< one label map, or one file for each class, by class name
};

/// Lists the images and labels of a part and matches them by name; cases come out by name.
/// @throws Error(kNotFound) listing images without labels, Error(kUsage) on names that could mean
///         two things
[[nodiscard]] std::vector<PackCase> match_cases(const PackPart& part,
                                                std::vector<std::string>& warnings);

/// A warning for each case with a file per class that lacks the file of a class that others have.
void find_missing_masks(const std::vector<const PackCase*>& cases,
                        std::vector<std::string>& warnings);

}  // namespace volseg::dataset::internal
