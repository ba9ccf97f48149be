// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "volseg/dataset/internal/mask_table.h"
#include "volseg/dataset/internal/match_files.h"
#include "volseg/volume/volume.h"

namespace volseg::dataset::internal {

/// Order and name of a class: classes of label maps by their smallest value, others by name.
using ClassKey = std::pair<int64_t, std::string>;

/// A case as run-length texts, before the classes of all cases are known.
struct EncodedCase {
  std::string image;  ///< file name
  std::map<ClassKey, std::string> texts;
  core::Shape3 shape{};
  std::optional<std::array<double, 3>> spacing_mm;
};

/// The classes that label names declare, and the key of each label value.
[[nodiscard]] std::map<int32_t, ClassKey> class_keys(
    const std::map<int32_t, std::string>& label_names);

/// Reads the labels of a case against its image.
/// @param keys  empty: every label is named label_<value>
/// @throws Error(kShape) with both values when shape or geometry differ; Error(kFormat) listing
/// labels
///         without a name
[[nodiscard]] EncodedCase encode_case(const CaseFiles& files, const volume::Header& image,
                                      const std::map<int32_t, ClassKey>& keys);

}  // namespace volseg::dataset::internal
