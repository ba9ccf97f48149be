// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/mask_table.h"

#include <utility>

#include "volseg/table/parquet.h"

namespace volseg::dataset::internal {

namespace {

template <typename Elements>
auto list_cell(Elements&& elements) {
  using Element = typename std::remove_cvref_t<Elements>::value_type;
  std::vector<std::optional<Element>> cells;
  cells.reserve(elements.size());
  for (auto& element : elements) {
    cells.emplace_back(std::move(element));
  }
  return std::optional(std::move(cells));
}

}  // namespace

core::Buffer encode_mask_table(std::vector<MaskRow> rows,
                               const std::vector<std::string>& class_names, bool with_masks) {
  std::vector<table::Cell<std::string>> images;
  std::vector<table::ListCell<std::string>> classes;
  std::vector<table::ListCell<std::string>> texts;
  std::vector<table::ListCell<int64_t>> shapes;
  std::vector<table::ListCell<double>> spacings;
  for (MaskRow& row : rows) {
    images.emplace_back(std::move(row.image));
    classes.push_back(list_cell(std::vector<std::string>(class_names)));
    texts.push_back(list_cell(std::move(row.run_texts)));
    shapes.push_back(list_cell(row.shape));
    spacings.push_back(row.spacing_mm ? list_cell(*row.spacing_mm) : std::nullopt);
  }
  table::Table table{.row_count = static_cast<int64_t>(rows.size())};
  table.columns.push_back({.name = "image", .values = std::move(images)});
  if (with_masks) {
    table.columns.push_back({.name = "class_id", .values = std::move(classes)});
    table.columns.push_back({.name = "rle_mask", .values = std::move(texts)});
  }
  table.columns.push_back({.name = "shape", .values = std::move(shapes)});
  table.columns.push_back({.name = "spacing_mm", .values = std::move(spacings)});
  return table::write_parquet(table);
}

}  // namespace volseg::dataset::internal
