// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/core/buffer.h"

namespace volseg::dataset::internal {

/// One row of a table to write.
struct TableRow {
  std::string image;
  std::vector<std::string> run_texts;  ///< in the order of classes
  core::Shape3 shape{};
  std::optional<std::array<double, 3>> spacing_mm;
  std::string fold = {};   ///< empty: none
  std::string group = {};  ///< empty: none
};

/// A Parquet table with columns image, class_id, rle_mask, shape and spacing_mm; without class_id
/// and rle_mask when there are no classes. Columns fold (integers when all are) and group are there
/// when a row has one.
[[nodiscard]] core::Buffer encode_table(std::vector<TableRow> rows,
                                        const std::vector<std::string>& class_names);

}  // namespace volseg::dataset::internal
