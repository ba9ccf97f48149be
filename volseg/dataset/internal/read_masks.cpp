// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/read_masks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace volseg::dataset::internal {

namespace {

bool is_text_list(const table::Values& values) { return std::holds_alternative<TextLists>(values); }

std::vector<std::string> quoted_difference(const std::vector<std::string>& from,
                                           const std::vector<std::string>& other) {
  constexpr size_t kMostShown = 10;
  std::vector<std::string> left;
  for (const std::string& name : from) {
    if (std::ranges::find(other, name) == other.end() && left.size() < kMostShown) {
      left.push_back(in_quotes(name));
    }
  }
  return left;
}

}  // namespace

MaskReader::MaskReader(Part part, table::Table& table, Resolved& resolved, FindingSink& sink)
    : part_(part),
      resolved_(resolved),
      sink_(sink),
      class_column_(resolved.settings.class_name_column),
      text_column_(resolved.settings.rle_mask_column) {
  const bool has_any = table.find(class_column_) != nullptr || table.find(text_column_) != nullptr;
  if (part == Part::kTest && !has_any) {
    return;
  }
  const auto find = [&](const std::string& name, bool (*fits)(const table::Values&),
                        const std::string& expected) -> table::Column* {
    const auto found = std::ranges::find(table.columns, name, &table::Column::name);
    const Place place{.member = resolved.table_of(part), .column = name};
    if (found == table.columns.end()) {
      sink.add(make_finding("column-missing", place, "no such column", expected));
      return nullptr;
    }
    if (!fits(found->values)) {
      sink.add(make_finding("column-type", place, "type " + found->type_name, expected));
      return nullptr;
    }
    return &*found;
  };
  names_ = find(class_column_, is_name_list, "a column of lists of class names");
  table::Column* texts = find(text_column_, is_text_list, "a column of lists of run-length texts");
  texts_ = texts == nullptr ? nullptr : &std::get<TextLists>(texts->values);
}

Place MaskReader::place(const Row& row, const std::string& column) const {
  return {.member = resolved_.table_of(part_), .row = row.number, .column = column};
}

void MaskReader::read(Row& row) {
  if (names_ == nullptr || texts_ == nullptr) {
    return;
  }
  std::vector<std::string> names;
  std::vector<std::string> texts;
  const bool has_names = take_names(row, names);
  const bool has_texts = take_texts(row, names, texts);
  const bool is_fit = has_names && has_texts && is_without_repetition(row, names);
  if (is_fit && resolved_.class_names.empty()) {
    resolved_.class_names = names;
  }
  if (is_fit && bring_into_order(row, names, texts)) {
    row.run_texts = std::move(texts);
    row.has_masks = true;
  } else {
    resolved_.odd_masks.push_back({part_, row.number, std::move(names), std::move(texts)});
  }
}

bool MaskReader::take_names(const Row& row, std::vector<std::string>& names) {
  const table::ListCell<std::string> cell = name_list(names_->values, row.number);
  bool complete = cell.has_value();
  if (cell) {
    for (const table::Cell<std::string>& name : *cell) {
      complete = complete && name.has_value();
      names.push_back(name.value_or(""));
    }
  }
  if (!complete) {
    sink_.add(make_finding("cell-null", place(row, class_column_),
                           cell ? "null inside the list" : "null", "a list of class names"));
  } else if (names.empty()) {
    sink_.add(make_finding("class-set-differs", place(row, class_column_), "an empty list",
                           "a list of all class names"));
  }
  return complete && !names.empty();
}

bool MaskReader::take_texts(const Row& row, const std::vector<std::string>& names,
                            std::vector<std::string>& texts) {
  auto& cell = (*texts_)[static_cast<size_t>(row.number)];
  if (!cell) {
    sink_.add(
        make_finding("cell-null", place(row, text_column_), "null", "a list of run-length texts"));
    return false;
  }
  bool complete = true;
  for (size_t index = 0; index < cell->size(); ++index) {
    if (!(*cell)[index]) {
      complete = false;
      Place where = place(row, text_column_);
      where.class_name = index < names.size() ? names[index] : "";
      sink_.add(make_finding("cell-null", std::move(where), "null",
                             "a text; an empty one where the class is absent"));
    }
    texts.push_back(std::move((*cell)[index]).value_or(""));
  }
  if (texts.size() != names.size()) {
    sink_.add(make_finding(
        "list-length-mismatch", place(row, text_column_),
        fmt::format("{} for {} {}", counted(static_cast<int64_t>(texts.size()), "mask"),
                    names.size(), names.size() == 1 ? "class" : "classes"),
        "both lists must have equal length"));
  }
  return complete && texts.size() == names.size();
}

bool MaskReader::is_without_repetition(const Row& row, const std::vector<std::string>& names) {
  std::vector<std::string> sorted = names;
  std::ranges::sort(sorted);
  const auto repeated = std::ranges::adjacent_find(sorted);
  if (repeated == sorted.end()) {
    return true;
  }
  Place where = place(row, class_column_);
  where.class_name = *repeated;
  sink_.add(make_finding("class-duplicate", std::move(where), "listed twice",
                         "each class once in a row"));
  return false;
}

bool MaskReader::bring_into_order(const Row& row, const std::vector<std::string>& names,
                                  std::vector<std::string>& texts) {
  const std::vector<std::string>& wanted = resolved_.class_names;
  if (names == wanted) {
    return true;
  }
  if (!std::ranges::is_permutation(names, wanted)) {
    report_other_set(row, names);
    return false;
  }
  sink_.add(make_finding("class-order-differs", place(row, class_column_),
                         "the classes are listed in another order",
                         "the order of the first row; classes are matched by name"));
  std::vector<std::string> ordered;
  for (const std::string& name : wanted) {
    const auto position = std::ranges::find(names, name) - names.begin();
    ordered.push_back(std::move(texts[static_cast<size_t>(position)]));
  }
  texts = std::move(ordered);
  return true;
}

void MaskReader::report_other_set(const Row& row, const std::vector<std::string>& names) {
  const std::vector<std::string>& wanted = resolved_.class_names;
  const std::vector<std::string> missing = quoted_difference(wanted, names);
  const std::vector<std::string> extra = quoted_difference(names, wanted);
  std::string found;
  if (!missing.empty()) {
    found = fmt::format("lacks {}", fmt::join(missing, ", "));
  }
  if (!extra.empty()) {
    found += fmt::format("{}has {} more", found.empty() ? "" : " and ", fmt::join(extra, ", "));
  }
  sink_.add(make_finding("class-set-differs", place(row, class_column_), std::move(found),
                         "every row lists the classes of the first row"));
}

}  // namespace volseg::dataset::internal
