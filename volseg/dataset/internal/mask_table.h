// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/core/buffer.h"

namespace volseg::dataset::internal {

/// A row of a table that volseg writes.
struct MaskRow {
  std::string image;
  std::vector<std::string>
      run_texts;  ///< in the order of the classes; empty for a table without masks
  core::Shape3 shape{};
  std::optional<std::array<double, 3>> spacing_mm;  ///< none: the file has no geometry
};

/// Parquet bytes with the columns image, class_id and rle_mask (when `with_masks`), shape,
/// spacing_mm.
[[nodiscard]] core::Buffer encode_mask_table(std::vector<MaskRow> rows,
                                             const std::vector<std::string>& class_names,
                                             bool with_masks);

}  // namespace volseg::dataset::internal
