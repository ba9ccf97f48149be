// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/text_table.h"

#include <algorithm>

namespace volseg::score::internal {

namespace {

// Columns of a terminal, not bytes: continuation bytes of UTF-8 take none.
size_t width_of(const std::string& cell) {
  return static_cast<size_t>(std::count_if(cell.begin(), cell.end(), [](char letter) {
    return (static_cast<unsigned char>(letter) & 0xC0U) != 0x80U;
  }));
}

}  // namespace

std::string align(const std::vector<Cells>& rows, size_t name_columns) {
  std::vector<size_t> widths(rows.front().size(), 0);
  for (const Cells& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], width_of(row[i]));
    }
  }
  std::string text;
  for (const Cells& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - width_of(row[i]), ' ');
      line += i == 0 ? "" : "  ";
      line += i < name_columns ? row[i] + padding : padding + row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string printable(std::string name) {
  std::replace_if(
      name.begin(), name.end(),
      [](char letter) { return static_cast<unsigned char>(letter) < ' ' || letter == 127; }, '?');
  return name;
}

}  // namespace volseg::score::internal
