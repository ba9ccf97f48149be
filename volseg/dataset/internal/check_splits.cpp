// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>
#include <set>
#include <string_view>

#include "volseg/core/error.h"
#include "volseg/dataset/internal/checks.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/dataset/internal/make_splits.h"

namespace volseg::dataset::internal {

namespace {

/// A row of each side of two that share a group.
struct SharedGroup {
  const Row* first = nullptr;
  const Row* second = nullptr;
};

using SharedGroups = std::map<std::string_view, SharedGroup>;

template <typename FirstRows, typename SecondRows>
void find_shared(const FirstRows& first, const SecondRows& second, SharedGroups& shared) {
  std::map<std::string_view, const Row*> first_of_group;
  for (const Row* row : first) {
    first_of_group.try_emplace(row->group, row);
  }
  for (const Row* row : second) {
    const auto found = first_of_group.find(row->group);
    if (!row->group.empty() && found != first_of_group.end()) {
      shared.try_emplace(row->group, SharedGroup{found->second, row});
    }
  }
}

std::vector<const Row*> pointers(const std::vector<Row>& rows) {
  std::vector<const Row*> result;
  for (const Row& row : rows) {
    result.push_back(&row);
  }
  return result;
}

int64_t count_groups(const Resolved& resolved, Part part, std::set<std::string_view>& groups) {
  for (const Row& row : resolved.rows_of(part)) {
    if (!row.group.empty()) {
      groups.insert(row.group);
    }
  }
  return std::ssize(groups);
}

std::string fold_text(const Row& row) {
  return row.fold.empty() ? "" : " of fold " + in_quotes(row.fold);
}

void check_tables_pair(const Resolved& resolved, Part first, Part second, FindingSink& sink) {
  SharedGroups shared;
  find_shared(pointers(resolved.rows_of(first)), pointers(resolved.rows_of(second)), shared);
  if (shared.empty()) {
    return;
  }
  std::set<std::string_view> groups;
  const int64_t count = count_groups(resolved, second, groups);
  const auto& [group, rows] = *shared.begin();
  sink.add(make_finding(
      "group-in-two-tables", {.member = resolved.table_of(second), .column = resolved.group_column},
      fmt::format("{} of {} are in {} too, such as {}: row {}, and row {} of {}", shared.size(),
                  counted(count, "group"), resolved.table_of(first), in_quotes(group),
                  rows.second->number, rows.first->number, resolved.table_of(first)),
      "each group in one of the two tables"));
}

// Not by make_splits, whose memory grows with folds times rows.
SharedGroups shared_by_folds(const std::vector<Row>& rows) {
  SharedGroups shared;
  std::map<std::string_view, const Row*> first_of_group;
  for (const Row& row : rows) {
    const auto [first, is_new] = first_of_group.try_emplace(row.group, &row);
    if (!row.group.empty() && first->second->fold != row.fold) {
      shared.try_emplace(row.group, SharedGroup{first->second, &row});
    }
  }
  return shared;
}

SharedGroups shared_by_splits(const Resolved& resolved) {
  const std::vector<Split> splits = make_splits(resolved);
  SharedGroups shared;
  if (resolved.settings.validation_strategy == ValidationStrategy::kCustomHoldout) {
    return shared;  // check_groups compares tables
  }
  for (const Split& split : splits) {
    find_shared(split.training, split.validation, shared);
  }
  return shared;
}

SharedGroups shared_groups(const Resolved& resolved) {
  const ImportSettings& settings = resolved.settings;
  const bool by_folds =
      settings.validation_strategy == ValidationStrategy::kKfold && !settings.fold_column.empty();
  if (!by_folds) {
    return shared_by_splits(resolved);
  }
  const std::vector<Row>& rows = resolved.rows_of(Part::kTrain);
  check_selected(settings.selected_folds, sorted_folds(rows));
  return shared_by_folds(rows);
}

void report_split(const Resolved& resolved, const SharedGroups& shared, FindingSink& sink) {
  if (shared.empty()) {
    return;
  }
  std::set<std::string_view> groups;
  const int64_t count = count_groups(resolved, Part::kTrain, groups);
  const auto& [group, rows] = *shared.begin();
  sink.add(make_finding(
      "group-split", {.member = resolved.table_of(Part::kTrain), .column = resolved.group_column},
      fmt::format("{} of {} split, such as {}: row {}{} and row {}{}", shared.size(),
                  counted(count, "group"), in_quotes(group), rows.first->number,
                  fold_text(*rows.first), rows.second->number, fold_text(*rows.second)),
      "all rows of a group on one side"));
}

}  // namespace

void check_groups(const Resolved& resolved, FindingSink& sink) {
  check_tables_pair(resolved, Part::kTrain, Part::kValidation, sink);
  check_tables_pair(resolved, Part::kTrain, Part::kTest, sink);
  check_tables_pair(resolved, Part::kValidation, Part::kTest, sink);
}

void check_splits(const Resolved& resolved, FindingSink& sink) {
  const size_t rows = resolved.rows_of(Part::kTrain).size();
  if (rows == 0) {
    return;
  }
  try {
    const SharedGroups shared = shared_groups(resolved);
    report_split(resolved, rows > 1 ? shared : SharedGroups{}, sink);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kUsage) {
      throw;
    }
    sink.add(make_finding("splits-impossible", {.member = resolved.table_of(Part::kTrain)},
                          without_place(error.message(), resolved.table_of(Part::kTrain)), ""));
  }
}

}  // namespace volseg::dataset::internal
