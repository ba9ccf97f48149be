// SPDX-License-Identifier: Apache-2.0
#include "volseg/table/table.h"

#include <algorithm>

namespace volseg::table {

const Column* Table::find(std::string_view name) const {
  const auto found = std::ranges::find(columns, name, &Column::name);
  return found == columns.end() ? nullptr : &*found;
}

}  // namespace volseg::table
