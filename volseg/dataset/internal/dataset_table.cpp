// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/dataset_table.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "volseg/table/parquet.h"
#include "volseg/table/table.h"

namespace volseg::dataset::internal {

namespace {

template <typename T, typename Range>
table::ListCell<T> list_of(Range&& values) {
  table::ListCell<T> cell(std::in_place);
  cell->reserve(values.size());
  for (auto& value : values) {
    cell->emplace_back(std::move(value));
  }
  return cell;
}

template <typename Values>
void add_column(table::Table& table, std::string name, std::string type_name, Values values) {
  table.columns.push_back({std::move(name), std::move(type_name), std::move(values)});
}

std::optional<int64_t> integer_of(const std::string& text) {
  int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool same = code == std::errc{} && std::to_string(value) == text;
  return same ? std::optional(value) : std::nullopt;
}

std::vector<table::Cell<std::string>> texts_of(const std::vector<TableRow>& rows,
                                               std::string TableRow::*member) {
  std::vector<table::Cell<std::string>> cells;
  for (const TableRow& row : rows) {
    cells.push_back((row.*member).empty() ? std::nullopt : std::optional(row.*member));
  }
  return cells;
}

bool has_any(const std::vector<table::Cell<std::string>>& cells) {
  return std::ranges::any_of(cells, [](const auto& cell) { return cell.has_value(); });
}

// Nothing is written when no row has a fold.
void add_folds(table::Table& table, std::vector<table::Cell<std::string>> folds) {
  const bool integers = std::ranges::all_of(
      folds, [](const auto& fold) { return !fold || integer_of(*fold).has_value(); });
  if (!has_any(folds)) {
    return;
  }
  if (!integers) {
    add_column(table, "fold", "string", std::move(folds));
    return;
  }
  std::vector<table::Cell<int64_t>> numbers;
  for (const auto& fold : folds) {
    numbers.push_back(fold ? integer_of(*fold) : std::nullopt);
  }
  add_column(table, "fold", "int64", std::move(numbers));
}

}  // namespace

core::Buffer encode_table(std::vector<TableRow> rows, const std::vector<std::string>& class_names) {
  std::vector<table::Cell<std::string>> images;
  std::vector<table::ListCell<std::string>> classes;
  std::vector<table::ListCell<std::string>> texts;
  std::vector<table::ListCell<int64_t>> shapes;
  std::vector<table::ListCell<double>> spacings;
  auto folds = texts_of(rows, &TableRow::fold);
  auto groups = texts_of(rows, &TableRow::group);
  for (TableRow& row : rows) {
    images.emplace_back(std::move(row.image));
    classes.push_back(list_of<std::string>(std::vector<std::string>(class_names)));
    texts.push_back(list_of<std::string>(std::move(row.run_texts)));
    shapes.push_back(list_of<int64_t>(row.shape));
    spacings.push_back(row.spacing_mm ? list_of<double>(*row.spacing_mm)
                                      : table::ListCell<double>());
  }
  table::Table table{
      .row_count = static_cast<int64_t>(rows.size()), .columns = {}, .skipped_columns = {}};
  add_column(table, "image", "string", std::move(images));
  if (!class_names.empty()) {
    add_column(table, "class_id", "list<element: string>", std::move(classes));
    add_column(table, "rle_mask", "list<element: string>", std::move(texts));
  }
  add_folds(table, std::move(folds));
  if (has_any(groups)) {
    add_column(table, "group", "string", std::move(groups));
  }
  add_column(table, "shape", "list<element: int64>", std::move(shapes));
  add_column(table, "spacing_mm", "list<element: double>", std::move(spacings));
  return table::write_parquet(table);
}

}  // namespace volseg::dataset::internal
