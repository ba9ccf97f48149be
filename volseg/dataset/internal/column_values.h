// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "volseg/table/table.h"

namespace volseg::dataset::internal {

using TextLists = std::vector<table::ListCell<std::string>>;

/// True for columns of strings, integers, fractions or truth values.
[[nodiscard]] bool is_scalar(const table::Values& values);
/// True for columns of lists of strings or integers.
[[nodiscard]] bool is_name_list(const table::Values& values);
/// True for columns of lists of integers or fractions.
[[nodiscard]] bool is_number_list(const table::Values& values);

/// A scalar cell as text, whole fractions without a point; empty optional when null.
[[nodiscard]] std::optional<std::string> scalar_text(const table::Values& values, int64_t row);

/// A list of strings or integers as texts; null elements stay null.
[[nodiscard]] table::ListCell<std::string> name_list(const table::Values& values, int64_t row);

/// Three positive finite numbers. `valid` is false when the cell holds anything else but null.
struct Triple {
  std::optional<std::array<double, 3>> values;
  bool valid = true;
};
[[nodiscard]] Triple number_triple(const table::Values& values, int64_t row);

}  // namespace volseg::dataset::internal
