// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace volseg::table {

/// A cell that may be null.
template <typename T>
using Cell = std::optional<T>;
/// A list cell: null as a whole, or elements that may each be null.
template <typename T>
using ListCell = std::optional<std::vector<std::optional<T>>>;

/// The values of one column; dictionary codes and large or fixed-size variants are already
/// resolved.
using Values = std::variant<std::vector<Cell<std::string>>, std::vector<Cell<int64_t>>,
                            std::vector<Cell<double>>, std::vector<Cell<bool>>,
                            std::vector<ListCell<std::string>>, std::vector<ListCell<int64_t>>,
                            std::vector<ListCell<double>>>;

/// One named column.
struct Column {
  std::string name;
  std::string type_name;  ///< as the file declares it, such as "list<element: string>"
  Values values;
};

/// A table in memory; every column has `row_count` values.
struct Table {
  int64_t row_count = 0;
  std::vector<Column> columns;
  /// Columns whose type volseg does not read, by name and type; they are passed over.
  std::vector<std::pair<std::string, std::string>> skipped_columns;

  /// Null when there is no such column.
  [[nodiscard]] const Column* find(std::string_view name) const;
};

}  // namespace volseg::table
