// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "volseg/core/array.h"
#include "volseg/dataset/internal/pack_inputs.h"
#include "volseg/dataset/pack.h"

namespace volseg::dataset::internal {

/// A case as it goes into the table.
struct PackedCase {
  std::string image;             ///< file name in the dataset
  std::filesystem::path source;  ///< file to copy
  core::Shape3 shape{};
  std::optional<std::array<double, 3>> spacing_mm;
  std::map<std::string, std::string> text_of_class;
  std::map<std::string, int32_t> value_of_class;  ///< smallest label value of the class, if any
};

/// Reads one case and encodes its masks. The image is read whole, so that a damaged one is
/// refused. Memory: the image, then one label map at a time.
/// @param converted_folder  where an image goes that is converted to .npy; empty: keep the file
[[nodiscard]] PackedCase pack_case(const PackCase& one,
                                   const std::map<int32_t, std::string>& label_names,
                                   const std::filesystem::path& converted_folder);

}  // namespace volseg::dataset::internal
