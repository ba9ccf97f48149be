// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "volseg/dataset/pack.h"

namespace volseg::dataset::internal {

/// An image and the files of its masks: a label map, or one mask file per class, or neither.
struct CaseFiles {
  std::string name;
  std::filesystem::path image;
  std::filesystem::path label_map;
  std::map<std::string, std::filesystem::path> class_masks;
};

/// Image files and label files of a part, matched by name, in the order of the names.
/// @param warnings  takes a line for each label file without an image
/// @throws Error(kNotFound) listing images without labels, Error(kUsage) on two images of one name
/// or an
///         image with a label map and class masks
[[nodiscard]] std::vector<CaseFiles> match_files(const PackPart& part,
                                                 std::vector<std::string>& warnings);

}  // namespace volseg::dataset::internal
