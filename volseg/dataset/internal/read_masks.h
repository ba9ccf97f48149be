// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "volseg/dataset/internal/column_values.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/dataset/internal/finding_sink.h"
#include "volseg/dataset/internal/resolve.h"
#include "volseg/table/table.h"

namespace volseg::dataset::internal {

/// Reads the class and mask lists of one table and brings them into the dataset's class order.
class MaskReader {
 public:
  /// Reports columns that are missing or of another type.
  MaskReader(Part part, table::Table& table, Resolved& resolved, FindingSink& sink);

  /// Fills run_texts and has_masks; masks that do not fit the classes go to resolved.odd_masks.
  void read(Row& row);

 private:
  [[nodiscard]] Place place(const Row& row, const std::string& column) const;
  bool take_names(const Row& row, std::vector<std::string>& names);
  bool take_texts(const Row& row, const std::vector<std::string>& names,
                  std::vector<std::string>& texts);
  bool is_without_repetition(const Row& row, const std::vector<std::string>& names);
  bool bring_into_order(const Row& row, const std::vector<std::string>& names,
                        std::vector<std::string>& texts);
  void report_other_set(const Row& row, const std::vector<std::string>& names);

  Part part_;
  Resolved& resolved_;
  FindingSink& sink_;
  const std::string& class_column_;
  const std::string& text_column_;
  const table::Column* names_ = nullptr;
  TextLists* texts_ = nullptr;
};

}  // namespace volseg::dataset::internal
