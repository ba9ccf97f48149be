// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/fix_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/core/files.h"
#include "volseg/dataset/internal/column_values.h"
#include "volseg/dataset/internal/detect.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset::internal {

namespace {

using TextCells = std::vector<table::Cell<std::string>>;
using Names = std::vector<std::string>;

table::Column* column_of(table::Table& table, const std::string& name) {
  const auto found = std::ranges::find(table.columns, name, &table::Column::name);
  return found == table.columns.end() ? nullptr : &*found;
}

// The texts of a list cell; none when it is null or holds a null.
std::optional<Names> complete_names(const table::ListCell<std::string>& cell) {
  if (!cell || !std::ranges::all_of(*cell, [](const auto& name) { return name.has_value(); })) {
    return std::nullopt;
  }
  Names names;
  for (const table::Cell<std::string>& name : *cell) {
    names.push_back(*name);
  }
  return names;
}

class TableFixer {
 public:
  TableFixer(const archive::Archive& archive, const Resolved& resolved, Part part,
             const FixOptions& options, table::Table& table)
      : archive_(archive), resolved_(resolved), part_(part), options_(options), table_(table) {
    for (const archive::Member& member : archive.members()) {
      const std::string_view name = file_name_of(member.name);
      if (volume::format_of_name(name)) {
        members_of_file_[std::string(name)].push_back(&member);
        files_of_stem_[volume::stem_of_name(name)].insert(std::string(name));
      }
    }
  }

  FixCounts run(const core::WorkOptions& work, Names& class_names) {
    fix_lists();
    fix_images();
    fix_order(class_names);
    headers_.resize(static_cast<size_t>(table_.row_count));
    std::vector<FixCounts> counts(headers_.size());
    core::for_each_reported(work, "fix", table_.row_count, "rows",
                            [&](int64_t row) { fix_row(row, counts[static_cast<size_t>(row)]); });
    for (const FixCounts& row : counts) {
      for (const auto& [code, count] : row) {
        counts_[code] += count;
      }
    }
    add_geometry();
    return std::move(counts_);
  }

  [[nodiscard]] bool is_changed() const { return is_changed_; }

 private:
  void add(const std::string& code, int64_t count) {
    if (count > 0) {
      counts_[code] += count;
    }
  }

  TextLists* texts() {
    table::Column* column = column_of(table_, resolved_.settings.rle_mask_column);
    return column == nullptr ? nullptr : std::get_if<TextLists>(&column->values);
  }

  void fix_lists() {
    for (const std::string& name :
         {resolved_.settings.class_name_column, resolved_.settings.rle_mask_column}) {
      table::Column* column = column_of(table_, name);
      if (column != nullptr && make_lists(*column)) {
        add("column-type", 1);
      }
    }
  }

  void fix_images() {
    table::Column* column = column_of(table_, resolved_.settings.image_column);
    auto* cells = column == nullptr ? nullptr : std::get_if<TextCells>(&column->values);
    if (cells == nullptr) {
      return;
    }
    for (table::Cell<std::string>& cell : *cells) {
      const std::string name = cell ? plain_name(*cell) : "";
      if (!name.empty() && name != *cell) {
        cell = name;
        add("image-name-invalid", 1);
      }
    }
    images_ = cells;
  }

  // The file name that a cell with a folder or without extension can only mean; else empty.
  [[nodiscard]] std::string plain_name(const std::string& cell) const {
    const std::string file(file_name_of(cell));
    if (file == cell) {
      const auto files = files_of_stem_.find(cell);
      return files == files_of_stem_.end() || files->second.size() > 1 ? ""
                                                                       : *files->second.begin();
    }
    const auto members = members_of_file_.find(file);
    const auto is_meant = [&cell](const archive::Member* member) {
      return member->name == cell || member->name.ends_with("/" + cell);
    };
    const bool is_one =
        members != members_of_file_.end() && std::ranges::count_if(members->second, is_meant) == 1;
    return is_one && core::is_plain_file_name(file) ? file : "";
  }

  void fix_order(Names& class_names) {
    table::Column* column = column_of(table_, resolved_.settings.class_name_column);
    auto* classes = column == nullptr ? nullptr : std::get_if<TextLists>(&column->values);
    TextLists* masks = texts();
    if (classes == nullptr || masks == nullptr) {
      return;
    }
    for (size_t row = 0; row < classes->size(); ++row) {
      const std::optional<Names> names = complete_names((*classes)[row]);
      if (!names || !(*masks)[row] || (*masks)[row]->size() != names->size()) {
        continue;
      }
      class_names = class_names.empty() ? *names : class_names;
      if (*names != class_names && std::ranges::is_permutation(*names, class_names)) {
        reorder(*names, class_names, (*classes)[row], (*masks)[row]);
        add("class-order-differs", 1);
      }
    }
  }

  static void reorder(const Names& names, const Names& wanted,
                      table::ListCell<std::string>& classes, table::ListCell<std::string>& masks) {
    std::vector<table::Cell<std::string>> ordered;
    for (size_t index = 0; index < wanted.size(); ++index) {
      const auto position = std::ranges::find(names, wanted[index]) - names.begin();
      ordered.push_back(std::move((*masks)[static_cast<size_t>(position)]));
      (*classes)[index] = wanted[index];
    }
    *masks = std::move(ordered);
  }

  void fix_row(int64_t row, FixCounts& counts) {
    const auto index = static_cast<size_t>(row);
    headers_[index] = header_of(row);
    TextLists* masks = texts();
    if (masks == nullptr || !(*masks)[index]) {
      return;
    }
    std::optional<core::Shape3> shape;
    if (headers_[index]) {
      shape = headers_[index]->shape;
    }
    for (table::Cell<std::string>& text : *(*masks)[index]) {
      if (text) {
        text = fixed_in_place(*text, shape, row, counts);
      }
    }
  }

  std::string fixed_in_place(const std::string& text, const std::optional<core::Shape3>& shape,
                             int64_t row, FixCounts& counts) {
    try {
      return fixed_text(text, shape, options_, counts);
    } catch (const Error& error) {
      throw Error(error.kind(), "dataset.fix",
                  fmt::format("{} row {}: {}", resolved_.table_of(part_), row, error.message()));
    }
  }

  [[nodiscard]] std::optional<volume::Header> header_of(int64_t row) const {
    const table::Cell<std::string>& cell =
        images_ == nullptr ? kNoName : (*images_)[static_cast<size_t>(row)];
    const archive::Member* member = cell ? member_of(*cell) : nullptr;
    if (member == nullptr) {
      return std::nullopt;
    }
    try {
      return volume::read_header(archive_.read(*member).bytes(), member->name,
                                 {.channel_axis = resolved_.settings.channel_axis});
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kCancelled || error.kind() == ErrorKind::kIo) {
        throw;
      }
      return std::nullopt;
    }
  }

  [[nodiscard]] const archive::Member* member_of(const std::string& image) const {
    const ImportSettings& settings = resolved_.settings;
    const std::string& folder =
        part_ == Part::kTest ? settings.data_folder_test : settings.data_folder;
    if (!folder.empty()) {
      return archive_.find(folder == "." ? image : folder + "/" + image);
    }
    const auto found = members_of_file_.find(image);
    return found != members_of_file_.end() && found->second.size() == 1 ? found->second.front()
                                                                        : nullptr;
  }

  // Columns of a type that volseg does not read would be lost, so such a table stays as it is.
  void add_geometry() {
    is_changed_ = !counts_.empty();
    const bool all_known =
        !headers_.empty() &&
        std::ranges::all_of(headers_, [](const auto& header) { return header.has_value(); });
    if (!all_known || !table_.skipped_columns.empty()) {
      return;
    }
    if (table_.find("shape") == nullptr) {
      add_column("shape", shapes());
    }
    const bool any_spacing =
        std::ranges::any_of(headers_, [](const auto& header) { return header->geometry.known; });
    if (any_spacing && table_.find("spacing_mm") == nullptr) {
      add_column("spacing_mm", spacings());
    }
  }

  void add_column(const std::string& name, table::Values values) {
    table_.columns.push_back({name, "", std::move(values)});
    add("geometry-columns", 1);
    is_changed_ = true;
  }

  [[nodiscard]] table::Values shapes() const {
    std::vector<table::ListCell<int64_t>> cells;
    for (const auto& header : headers_) {
      cells.emplace_back(std::in_place, header->shape.begin(), header->shape.end());
    }
    return cells;
  }

  [[nodiscard]] table::Values spacings() const {
    std::vector<table::ListCell<double>> cells;
    for (const auto& header : headers_) {
      const volume::Geometry& geometry = header->geometry;
      cells.push_back(geometry.known
                          ? table::ListCell<double>(std::in_place, geometry.spacing_mm.begin(),
                                                    geometry.spacing_mm.end())
                          : std::nullopt);
    }
    return cells;
  }

  static inline const table::Cell<std::string> kNoName = std::nullopt;

  const archive::Archive& archive_;
  const Resolved& resolved_;
  Part part_;
  const FixOptions& options_;
  table::Table& table_;
  std::map<std::string, std::vector<const archive::Member*>, std::less<>> members_of_file_;
  std::map<std::string, std::set<std::string>, std::less<>> files_of_stem_;
  FixCounts counts_;
  bool is_changed_ = false;
  const TextCells* images_ = nullptr;
  std::vector<std::optional<volume::Header>> headers_;
};

}  // namespace

bool fix_table(const archive::Archive& archive, const Resolved& resolved, Part part,
               const FixOptions& options, const core::WorkOptions& work, table::Table& table,
               std::vector<std::string>& class_names, FixCounts& counts) {
  TableFixer fixer(archive, resolved, part, options, table);
  for (const auto& [code, count] : fixer.run(work, class_names)) {
    counts[code] += count;
  }
  return fixer.is_changed();
}

}  // namespace volseg::dataset::internal
