// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/text_table.h"

#include <algorithm>
#include <functional>

namespace volseg::report::internal {

namespace {

bool continues_letter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

std::string first_letters(std::string_view text, size_t count) {
  size_t end = 0;
  while (end < text.size() && (count > 0 || continues_letter(text[end]))) {
    count -= continues_letter(text[end]) ? 0 : 1;
    ++end;
  }
  return std::string(text.substr(0, end));
}

void append_padded(std::string& line, const std::string& cell, size_t width, bool to_left) {
  const std::string blanks(width - letter_count(cell), ' ');
  line += to_left ? cell + blanks : blanks + cell;
}

}  // namespace

size_t letter_count(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(text, std::not_fn(continues_letter)));
}

std::string terminal_text(std::string_view text, size_t most_letters) {
  std::string safe(text);
  std::ranges::replace_if(
      safe, [](unsigned char letter) { return letter < 0x20 || letter == 0x7F; }, '?');
  if (letter_count(safe) <= most_letters) {
    return safe;
  }
  return first_letters(safe, most_letters - std::min<size_t>(most_letters, 3)) + "...";
}

std::string text_table(const std::vector<std::vector<std::string>>& rows, size_t left_columns) {
  std::vector<size_t> widths;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], letter_count(row[column]));
    }
  }
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    std::string line;
    for (size_t column = 0; column < row.size(); ++column) {
      line += column == 0 ? "" : "  ";
      append_padded(line, row[column], widths[column], column < left_columns);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace volseg::report::internal
