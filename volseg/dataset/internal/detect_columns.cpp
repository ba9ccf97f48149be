// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "volseg/dataset/internal/column_values.h"
#include "volseg/dataset/internal/detect.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset::internal {

namespace {

constexpr std::string_view kUsualGroup = "group";

std::string list_columns(const table::Table& table) {
  std::vector<std::string> names;
  for (const table::Column& column : table.columns) {
    names.push_back(column.name);
  }
  for (const auto& [name, type] : table.skipped_columns) {
    names.push_back(fmt::format("{} of unread type {}", name, type));
  }
  return fmt::format("columns are {}", fmt::join(names, ", "));
}

bool holds_image_names(const table::Column& column) {
  const auto* cells = std::get_if<std::vector<table::Cell<std::string>>>(&column.values);
  return cells != nullptr && !cells->empty() && std::ranges::all_of(*cells, [](const auto& cell) {
           return cell.has_value() && volume::format_of_name(*cell).has_value();
         });
}

class ColumnChoice {
 public:
  ColumnChoice(const table::Table& table, const std::string& member, Resolved& resolved,
               FindingSink& sink)
      : table_(table), member_(member), resolved_(resolved), sink_(sink) {}

  bool choose() {
    ImportSettings& settings = resolved_.settings;
    const bool has_image = choose_image(settings.image_column);
    take("class_name_column", settings.class_name_column, "class_id");
    take("rle_mask_column", settings.rle_mask_column, "rle_mask");
    choose_optional("fold_column", settings.fold_column, "fold");
    choose_optional("group_fold_column", settings.group_fold_column, "");
    const bool has_usual = table_.find(kUsualGroup) != nullptr;
    resolved_.group_column = settings.group_fold_column.empty() && has_usual
                                 ? std::string(kUsualGroup)
                                 : settings.group_fold_column;
    return has_image;
  }

 private:
  void take(std::string_view key, std::string& setting, std::string_view usual) {
    const bool given = !setting.empty();
    setting = given ? setting : std::string(usual);
    tell(resolved_, key, setting, given ? "given" : "the usual name");
  }

  void choose_optional(std::string_view key, std::string& setting, std::string_view usual) {
    const bool given = !setting.empty();
    if (given && table_.find(setting) == nullptr) {
      refuse(setting, key);
      setting.clear();
    }
    if (!given && table_.find(usual) != nullptr) {
      setting = usual;
    }
    tell(resolved_, key, setting, given ? "given" : "present");
  }

  void refuse(const std::string& column, std::string_view key) {
    sink_.add(make_finding("column-missing", {.member = member_, .column = column},
                           "no such column; " + list_columns(table_),
                           fmt::format("the column that {} names", key)));
  }

  bool choose_image(std::string& setting) {
    std::string reason = "the usual name";
    if (!setting.empty()) {
      reason = "given";
    } else if (table_.find("image") != nullptr) {
      setting = "image";
    } else {
      setting = only_image_column();
      reason = "the only column of image file names";
    }
    tell(resolved_, "image_column", setting, reason);
    if (!setting.empty() && table_.find(setting) == nullptr) {
      refuse(setting, "image_column");
    }
    return table_.find(setting) != nullptr;
  }

  std::string only_image_column() {
    std::vector<std::string> candidates;
    for (const table::Column& column : table_.columns) {
      if (holds_image_names(column)) {
        candidates.push_back(column.name);
      }
    }
    if (candidates.empty()) {
      sink_.add(make_finding("column-missing", {.member = member_, .column = "image"},
                             "no such column; " + list_columns(table_),
                             "a column of image file names"));
      return "";
    }
    if (candidates.size() > 1) {
      sink_.add(
          make_finding("column-ambiguous", {.member = member_},
                       fmt::format("the image column may be {}", fmt::join(candidates, " or ")),
                       "name one with image_column"));
    }
    return candidates[0];
  }

  const table::Table& table_;
  const std::string& member_;
  Resolved& resolved_;
  FindingSink& sink_;
};

}  // namespace

bool choose_columns(const table::Table& table, const std::string& member, Resolved& resolved,
                    FindingSink& sink) {
  return ColumnChoice(table, member, resolved, sink).choose();
}

}  // namespace volseg::dataset::internal
