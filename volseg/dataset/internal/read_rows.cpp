// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/read_rows.h"

#include <fmt/format.h>

#include <cmath>
#include <unordered_map>
#include <utility>

#include "volseg/core/files.h"
#include "volseg/dataset/internal/column_values.h"
#include "volseg/dataset/internal/detect.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/dataset/internal/read_masks.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset::internal {

namespace {

class RowReader {
 public:
  RowReader(Part part, table::Table& table, Resolved& resolved, FindingSink& sink)
      : part_(part),
        table_(table),
        resolved_(resolved),
        sink_(sink),
        image_column_(resolved.settings.image_column),
        masks_(part, table, resolved, sink) {}

  void read() {
    const table::Column* images = column(image_column_, true);
    if (images == nullptr) {
      return;
    }
    if (!std::holds_alternative<std::vector<table::Cell<std::string>>>(images->values)) {
      sink_.add(make_finding("column-type", place({}, image_column_), "type " + images->type_name,
                             "a column of strings"));
      return;
    }
    if (table_.row_count == 0) {
      sink_.add(make_finding("table-empty", place({}, ""), "0 rows", "one row or more"));
    }
    for (int64_t number = 0; number < table_.row_count; ++number) {
      resolved_.rows[static_cast<size_t>(part_)].push_back(read_row(*images, number));
    }
  }

 private:
  const std::string& member() const { return resolved_.table_of(part_); }

  Place place(std::optional<int64_t> row, const std::string& column_name) const {
    return {.member = member(), .row = row, .column = column_name};
  }

  const table::Column* column(const std::string& name, bool required) const {
    const table::Column* found = name.empty() ? nullptr : table_.find(name);
    if (found == nullptr && required) {
      sink_.add(make_finding("column-missing", place({}, name), "no such column",
                             "every table has the columns of the import settings"));
    }
    return found;
  }

  Row read_row(const table::Column& images, int64_t number) {
    Row row{.part = part_, .number = number};
    read_image(images, row);
    masks_.read(row);
    row.fold = text_of_cell(resolved_.settings.fold_column, number);
    row.group = text_of_cell(resolved_.group_column, number);
    if (const auto shape = triple("shape", number)) {
      row.shape.emplace();
      std::ranges::transform(*shape, row.shape->begin(),
                             [](double extent) { return static_cast<int64_t>(extent); });
    }
    row.spacing_mm = triple("spacing_mm", number);
    return row;
  }

  void read_image(const table::Column& images, Row& row) {
    const std::optional<std::string> name = scalar_text(images.values, row.number);
    if (!name) {
      sink_.add(make_finding("cell-null", place(row.number, image_column_), "null",
                             "an image file name"));
      return;
    }
    const bool has_path = name->find_first_of("/\\") != std::string::npos;
    if (has_path || !core::is_plain_file_name(*name) || !volume::format_of_name(*name)) {
      sink_.add(make_finding(
          "image-name-invalid", place(row.number, image_column_),
          in_quotes(*name) + (has_path ? " has a path part" : " is not an image file name"),
          "a plain file name with the extension of an image, such as .nii.gz"));
      return;
    }
    row.image = *name;
    row.name = volume::stem_of_name(*name);
    refuse_repeated(row);
  }

  void refuse_repeated(const Row& row) {
    const auto [first, is_new] = first_of_name_.try_emplace(row.name, row.number, row.image);
    if (is_new) {
      return;
    }
    const auto& [number, image] = first->second;
    const bool same = image == row.image;
    sink_.add(make_finding(
        same ? "image-duplicate" : "image-stem-duplicate", place(row.number, image_column_),
        fmt::format("{} is in row {} as {}", in_quotes(row.image), number, in_quotes(image)),
        same ? "each image in one row" : "images whose names differ in more than the extension"));
  }

  std::string text_of_cell(const std::string& name, int64_t number) const {
    const table::Column* found = column(name, false);
    return found == nullptr ? "" : scalar_text(found->values, number).value_or("");
  }

  std::optional<std::array<double, 3>> triple(const std::string& name, int64_t number) const {
    const table::Column* found = column(name, false);
    if (found == nullptr || !is_number_list(found->values)) {
      return std::nullopt;
    }
    Triple triple = number_triple(found->values, number);
    if (triple.values && name == "shape") {
      for (const double extent : *triple.values) {
        triple.valid = triple.valid && extent < kLargestExtent && std::trunc(extent) == extent;
      }
    }
    if (!triple.valid) {
      sink_.add(make_finding("geometry-column-invalid", place(number, name),
                             "not a list of three positive numbers",
                             "one number for each array axis"));
      return std::nullopt;
    }
    return triple.values;
  }

  static constexpr double kLargestExtent = 1e9;

  Part part_;
  table::Table& table_;
  Resolved& resolved_;
  FindingSink& sink_;
  const std::string& image_column_;
  MaskReader masks_;
  std::unordered_map<std::string, std::pair<int64_t, std::string>> first_of_name_;
};

}  // namespace

void read_rows(Part part, table::Table& table, Resolved& resolved, FindingSink& sink) {
  RowReader(part, table, resolved, sink).read();
}

}  // namespace volseg::dataset::internal
