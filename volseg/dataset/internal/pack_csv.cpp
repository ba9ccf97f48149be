// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/pack_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "volseg/core/error.h"

namespace volseg::dataset::internal {

namespace {

class CsvParser {
 public:
  CsvParser(std::string_view text, const std::string& name) : text_(text), name_(name) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text_.starts_with(kByteOrderMark)) {
      text_.remove_prefix(kByteOrderMark.size());
    }
  }

  std::vector<CsvRow> parse() {
    std::vector<CsvRow> rows;
    while (at_ < text_.size()) {
      CsvRow row{.line = line_, .fields = {}};
      do {
        row.fields.push_back(field());
      } while (take(','));
      end_line();
      if (row.fields.size() > 1 || !row.fields[0].empty()) {
        rows.push_back(std::move(row));
      }
    }
    return rows;
  }

 private:
  bool take(char letter) {
    const bool found = at_ < text_.size() && text_[at_] == letter;
    at_ += found ? 1 : 0;
    return found;
  }

  std::string field() {
    if (take('"')) {
      return quoted();
    }
    const size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    const size_t begin = std::exchange(at_, end);
    return std::string(text_.substr(begin, end - begin));
  }

  std::string quoted() {
    const int64_t first_line = line_;
    std::string value;
    while (at_ < text_.size()) {
      const char letter = text_[at_++];
      if (letter == '"' && !take('"')) {
        return value;
      }
      line_ += letter == '\n' ? 1 : 0;
      value += letter;
    }
    throw Error(ErrorKind::kFormat, "dataset.csv",
                fmt::format("{} row {}: a quoted field has no closing quote", name_, first_line));
  }

  void end_line() {
    const bool carriage_return = take('\r');
    const bool ended = take('\n') || carriage_return || at_ == text_.size();
    if (!ended) {
      throw Error(ErrorKind::kFormat, "dataset.csv",
                  fmt::format("{} row {}: text follows a closing quote; expected a comma or the "
                              "end of the line",
                              name_, line_));
    }
    ++line_;
  }

  std::string_view text_;
  const std::string& name_;
  size_t at_ = 0;
  int64_t line_ = 1;
};

}  // namespace

std::vector<CsvRow> parse_csv(std::string_view text, const std::string& name) {
  return CsvParser(text, name).parse();
}

std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) {
    line += line.empty() && &field == fields.data() ? "" : ",";
    if (field.find_first_of(",\"\r\n") == std::string::npos) {
      line += field;
      continue;
    }
    line += '"';
    for (const char letter : field) {
      line += letter == '"' ? "\"\"" : std::string(1, letter);
    }
    line += '"';
  }
  return line + "\n";
}

}  // namespace volseg::dataset::internal
