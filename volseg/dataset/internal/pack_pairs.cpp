// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "volseg/core/files.h"
#include "volseg/core/text.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/dataset/internal/pack_channel_names.h"
#include "volseg/dataset/internal/pack_csv.h"
#include "volseg/dataset/internal/pack_inputs.h"
#include "volseg/volume/image_paths.h"

namespace volseg::dataset::internal {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kClassColumn = "label:";

std::vector<std::string> split(const std::string& text, std::string_view separators) {
  std::vector<std::string> parts;
  for (size_t begin = text.find_first_not_of(separators); begin != std::string::npos;) {
    const size_t end = std::min(text.find_first_of(separators, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(separators, end);
  }
  return parts;
}

std::optional<std::array<double, 3>> spacing_of(const std::string& text) {
  const std::vector<std::string> parts = split(text, " x;");
  std::array<double, 3> spacing_mm{};
  if (parts.size() != spacing_mm.size()) {
    return std::nullopt;
  }
  for (size_t axis = 0; axis < parts.size(); ++axis) {
    const std::string& part = parts[axis];
    const auto [end, code] =
        std::from_chars(part.data(), part.data() + part.size(), spacing_mm[axis]);
    const bool whole = code == std::errc{} && end == part.data() + part.size();
    if (!whole || !std::isfinite(spacing_mm[axis]) || spacing_mm[axis] <= 0) {
      return std::nullopt;
    }
  }
  return spacing_mm;
}

class PairReader {
 public:
  explicit PairReader(const fs::path& table) : table_(table) {}

  PackInputs read() {
    const std::string text = core::read_text(table_);
    const std::vector<CsvRow> rows = parse_csv(text, table_.string());
    if (rows.empty()) {
      refuse(1, "no column names; expected a first line such as image,label");
    }
    read_columns(rows[0]);
    for (size_t index = 1; index < rows.size(); ++index) {
      read_row(rows[index]);
    }
    if (rows.size() < 2) {
      refuse(rows[0].line, "no rows follow the column names");
    }
    return std::move(inputs_);
  }

 private:
  [[noreturn]] void refuse(int64_t line, const std::string& message) const {
    throw Error(ErrorKind::kFormat, "dataset.pack",
                printable(fmt::format("{} row {}: {}", table_.string(), line, message), 2000));
  }

  void read_columns(const CsvRow& row) {
    const std::set<std::string> known = {"image", "label", "case",   "fold",
                                         "group", "part",  "spacing"};
    std::vector<std::string> passed_over;
    for (size_t index = 0; index < row.fields.size(); ++index) {
      const std::string& name = row.fields[index];
      if (!known.contains(name) && !name.starts_with(kClassColumn)) {
        passed_over.push_back(in_quotes(name));
      } else if (name == kClassColumn) {
        refuse(row.line, "column label: has no class name; expected one such as label:liver");
      } else if (!columns_.emplace(name, index).second) {
        refuse(row.line, "two columns " + in_quotes(name));
      }
    }
    if (!columns_.contains("image")) {
      const bool other_separator =
          row.fields.size() == 1 && row.fields[0].find_first_of(";\t") != std::string::npos;
      refuse(row.line, fmt::format("no column image; columns are {}{}",
                                   printable(fmt::format("{}", fmt::join(row.fields, ", "))),
                                   other_separator
                                       ? "; fields are separated by commas, not semicolons or tabs"
                                       : ""));
    }
    if (!passed_over.empty()) {
      inputs_.warnings.push_back(table_.string() + ": columns passed over: " + listed(passed_over));
    }
    width_ = row.fields.size();
  }

  std::string cell(const CsvRow& row, const std::string& column) const {
    const auto found = columns_.find(column);
    return found == columns_.end() ? "" : row.fields[found->second];
  }

  fs::path file_of(const CsvRow& row, const std::string& text) const {
    try {
      return checked_image(fs::path(text).is_absolute() ? fs::path(text)
                                                        : table_.parent_path() / text);
    } catch (const Error& error) {
      throw Error(error.kind(), "dataset.pack",
                  fmt::format("{} row {}: {}", table_.string(), row.line, error.message()));
    }
  }

  Part part_of(const CsvRow& row) const {
    const std::string text = cell(row, "part");
    for (const Part part : {Part::kTrain, Part::kValidation, Part::kTest}) {
      if (text == name_of(part)) {
        return part;
      }
    }
    if (!text.empty()) {
      refuse(row.line,
             fmt::format("column part: {}; expected train, validation or test", in_quotes(text)));
    }
    return Part::kTrain;
  }

  std::vector<fs::path> images_of(const CsvRow& row) const {
    const std::string text = cell(row, "image");
    if (text.empty()) {
      refuse(row.line, "column image is empty");
    }
    std::vector<fs::path> images;
    const bool one_file = is_file(table_.parent_path() / text);
    for (const std::string& one : one_file ? std::vector{text} : split(text, ";")) {
      images.push_back(file_of(row, one));
    }
    if (images.empty()) {
      refuse(row.line, "column image names no file");
    }
    return images;
  }

  std::string case_of(const CsvRow& row) const {
    std::string name = cell(row, "case");
    if (!core::is_plain_file_name(name)) {
      refuse(row.line, fmt::format("column case: {}; expected a name that can be a file name",
                                   in_quotes(name)));
    }
    return name;
  }

  std::vector<LabelFile> labels_of(const CsvRow& row) const {
    std::vector<LabelFile> labels;
    for (const auto& [column, index] : columns_) {
      const bool is_class = column.starts_with(kClassColumn);
      if ((is_class || column == "label") && !row.fields[index].empty()) {
        labels.push_back(
            {file_of(row, row.fields[index]), is_class ? column.substr(kClassColumn.size()) : ""});
      }
    }
    if (labels.size() > 1 && labels[0].class_name.empty()) {
      refuse(row.line, "a label map and masks of classes; expected one or the other");
    }
    return labels;
  }

  void read_row(const CsvRow& row) {
    if (row.fields.size() != width_) {
      refuse(row.line, fmt::format("{}; the first row has {}",
                                   core::counted(std::ssize(row.fields), "field"), width_));
    }
    const Part part = part_of(row);
    PackCase one{.images = images_of(row), .labels = labels_of(row)};
    one.fold = cell(row, "fold");
    one.group = cell(row, "group");
    if (const std::string spacing = cell(row, "spacing"); !spacing.empty()) {
      one.spacing_mm = spacing_of(spacing);
      if (!one.spacing_mm) {
        refuse(row.line, fmt::format("column spacing: {}; expected three positive numbers such "
                                     "as 0.8 0.8 2.5",
                                     in_quotes(spacing)));
      }
    }
    const std::string stem = volume::stem_of_path(one.images[0]);
    const auto numbered = one.images.size() > 1 ? numbered_name(stem) : std::nullopt;
    one.name = columns_.contains("case") ? case_of(row) : numbered ? numbered->key : stem;
    if (one.labels.empty() && part != Part::kTest) {
      refuse(row.line, fmt::format("no label for {}; only rows whose part is test need none",
                                   one.images[0].string()));
    }
    const auto [other, is_new] = line_of_name_.try_emplace({part, one.name}, row.line);
    if (!is_new) {
      refuse(row.line,
             fmt::format("case {} is in row {} as well; every case is in one row; a column case "
                         "tells images of one file name apart",
                         in_quotes(one.name), other->second));
    }
    inputs_.of(part).push_back(std::move(one));
  }

  const fs::path& table_;
  std::map<std::string, size_t> columns_;
  size_t width_ = 0;
  std::map<std::pair<Part, std::string>, int64_t> line_of_name_;
  PackInputs inputs_;
};

}  // namespace

PackInputs read_pairs(const fs::path& table) { return PairReader(table).read(); }

}  // namespace volseg::dataset::internal
