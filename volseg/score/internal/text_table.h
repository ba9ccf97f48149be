// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace volseg::score::internal {

using Cells = std::vector<std::string>;

/// Rows as aligned columns: the first `name_columns` to the left, figures to the right.
[[nodiscard]] std::string align(const std::vector<Cells>& rows, size_t name_columns);

/// A name without control characters, so that a data file cannot write to the terminal.
[[nodiscard]] std::string printable(std::string name);

}  // namespace volseg::score::internal
