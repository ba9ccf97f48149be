// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/make_splits.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

#include "volseg/core/error.h"
#include "volseg/core/text.h"
#include "volseg/dataset/internal/balance_folds.h"

namespace volseg::dataset::internal {

namespace {

constexpr size_t kAutomaticFolds = 5;
constexpr size_t kMostNames = 20;

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorKind::kUsage, "dataset.splits", message);
}

std::optional<double> number_of(const std::string& text) {
  double number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = code == std::errc{} && end == text.data() + text.size();
  return whole && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

/// Splits of named folds: `fold_of[i]` is the index in `names` of row i.
std::vector<Split> splits_of(const std::vector<Row>& rows, const std::vector<size_t>& fold_of,
                             const std::vector<std::string>& names) {
  std::vector<Split> splits;
  for (size_t fold = 0; fold < names.size(); ++fold) {
    Split split{.name = names[fold], .training = {}, .validation = {}};
    for (size_t index = 0; index < rows.size(); ++index) {
      (fold_of[index] == fold ? split.validation : split.training).push_back(&rows[index]);
    }
    splits.push_back(std::move(split));
  }
  return splits;
}

std::vector<std::string> numbered(size_t count) {
  std::vector<std::string> names;
  for (size_t index = 0; index < count; ++index) {
    names.push_back(std::to_string(index));
  }
  return names;
}

Split one_row_split(const std::vector<Row>& rows, const std::string& name) {
  return {.name = name, .training = {&rows[0]}, .validation = {&rows[0]}};
}

bool has_groups(const Resolved& resolved) { return !resolved.settings.group_fold_column.empty(); }

std::vector<FoldCase> fold_cases(const Resolved& resolved) {
  std::vector<FoldCase> cases;
  for (const Row& row : resolved.rows_of(Part::kTrain)) {
    if (has_groups(resolved) && row.group.empty()) {
      refuse(fmt::format("{} row {}, column {}: null; every row needs a group",
                         resolved.table_of(Part::kTrain), row.number,
                         resolved.settings.group_fold_column));
    }
    FoldCase& one = cases.emplace_back(
        FoldCase{.group = has_groups(resolved) ? row.group : "", .has_classes = {}});
    for (const std::string& text : row.run_texts) {
      one.has_classes.push_back(text.empty() ? 0 : 1);
    }
    one.has_classes.resize(resolved.class_names.size());
  }
  return cases;
}

std::vector<std::vector<size_t>> units_of(const Resolved& resolved,
                                          const std::vector<FoldCase>& cases) {
  auto units = fold_units(cases, resolved.settings.seed);
  if (units.size() < 2) {
    refuse(fmt::format("column {} has one group only; two or more are needed",
                       resolved.settings.group_fold_column));
  }
  return units;
}

std::vector<Split> automatic_folds(const Resolved& resolved) {
  const std::vector<Row>& rows = resolved.rows_of(Part::kTrain);
  if (rows.size() == 1) {
    return {one_row_split(rows, "0")};
  }
  const std::vector<FoldCase> cases = fold_cases(resolved);
  const auto units = units_of(resolved, cases);
  const size_t count = std::min(kAutomaticFolds, units.size());
  return splits_of(rows, balance_folds(cases, units, equal_shares(count)), numbered(count));
}

std::vector<Split> column_folds(const Resolved& resolved) {
  const std::vector<Row>& rows = resolved.rows_of(Part::kTrain);
  for (const Row& row : rows) {
    if (row.fold.empty()) {
      refuse(fmt::format("{} row {}, column {}: null; every row needs a fold",
                         resolved.table_of(Part::kTrain), row.number,
                         resolved.settings.fold_column));
    }
  }
  const std::vector<std::string> names = sorted_folds(rows);
  if (names.size() < 2 && rows.size() > 1) {
    refuse(fmt::format("{} column {}: all rows are in fold {}; two folds or more are needed",
                       resolved.table_of(Part::kTrain), resolved.settings.fold_column,
                       fmt::join(names, "")));
  }
  if (rows.size() == 1) {
    return {one_row_split(rows, names[0])};
  }
  std::vector<size_t> fold_of;
  for (const Row& row : rows) {
    const auto position = std::ranges::find(names, row.fold) - names.begin();
    fold_of.push_back(static_cast<size_t>(position));
  }
  return splits_of(rows, fold_of, names);
}

std::vector<Split> table_holdout(const Resolved& resolved) {
  if (resolved.rows_of(Part::kValidation).empty()) {
    refuse(
        "validation_strategy is custom_holdout and there is no validation table; name one with "
        "validation_dataframe");
  }
  Split split{.name = "holdout", .training = {}, .validation = {}};
  for (const Row& row : resolved.rows_of(Part::kTrain)) {
    split.training.push_back(&row);
  }
  for (const Row& row : resolved.rows_of(Part::kValidation)) {
    split.validation.push_back(&row);
  }
  return {split};
}

std::vector<Split> drawn_holdout(const Resolved& resolved) {
  const double size_fraction = resolved.settings.validation_size_fraction;
  if (!(size_fraction > 0 && size_fraction < 1)) {
    refuse(
        fmt::format("validation_size is {}; a fraction between 0 and 1 is needed", size_fraction));
  }
  const std::vector<Row>& rows = resolved.rows_of(Part::kTrain);
  if (rows.size() == 1) {
    return {one_row_split(rows, "holdout")};
  }
  const std::vector<FoldCase> cases = fold_cases(resolved);
  return splits_of(
      rows, balance_folds(cases, units_of(resolved, cases), {size_fraction, 1 - size_fraction}),
      {"holdout"});
}

std::vector<Split> all_splits(const Resolved& resolved) {
  switch (resolved.settings.validation_strategy.value_or(ValidationStrategy::kKfold)) {
    case ValidationStrategy::kGroupedKfold:
      if (!has_groups(resolved)) {
        refuse(
            "validation_strategy is grouped_kfold; name the group column with group_fold_column");
      }
      return automatic_folds(resolved);
    case ValidationStrategy::kCustomHoldout:
      return table_holdout(resolved);
    case ValidationStrategy::kAutomatic:
      return drawn_holdout(resolved);
    case ValidationStrategy::kKfold:
      break;
  }
  return resolved.settings.fold_column.empty() ? automatic_folds(resolved) : column_folds(resolved);
}

}  // namespace

std::vector<std::string> sorted_folds(const std::vector<Row>& rows) {
  std::set<std::string> distinct;
  for (const Row& row : rows) {
    if (!row.fold.empty()) {
      distinct.insert(row.fold);
    }
  }
  std::vector<std::string> names(distinct.begin(), distinct.end());
  if (std::ranges::all_of(names, [](const auto& name) { return number_of(name).has_value(); })) {
    std::ranges::stable_sort(names, {}, [](const auto& name) { return *number_of(name); });
  }
  return names;
}

void check_selected(const std::vector<std::string>& selected,
                    const std::vector<std::string>& names) {
  for (const std::string& name : selected) {
    if (std::ranges::find(names, name) == names.end()) {
      refuse(fmt::format(
          "selected_folds names {}; the folds are {}", name,
          core::listed(names.size(), kMostNames, [&](size_t index) { return names[index]; })));
    }
  }
}

std::vector<Split> make_splits(const Resolved& resolved) {
  if (resolved.rows_of(Part::kTrain).empty()) {
    refuse("there are no training rows to split");
  }
  std::vector<Split> splits = all_splits(resolved);
  const std::vector<std::string>& selected = resolved.settings.selected_folds;
  if (selected.empty()) {
    return splits;
  }
  std::vector<std::string> names;
  for (const Split& split : splits) {
    names.push_back(split.name);
  }
  check_selected(selected, names);
  std::erase_if(splits, [&](const Split& split) {
    return std::ranges::find(selected, split.name) == selected.end();
  });
  return splits;
}

}  // namespace volseg::dataset::internal
