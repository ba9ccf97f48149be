// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/resolve.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/dataset/internal/detect.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/dataset/internal/read_rows.h"
#include "volseg/table/parquet.h"

namespace volseg::dataset::internal {

namespace {

std::optional<table::Table> read_table(const archive::Archive& archive, const std::string& member,
                                       FindingSink& sink) {
  if (member.empty()) {
    return std::nullopt;
  }
  try {
    const core::Buffer bytes = archive.read(*archive.find(member));
    return table::read_parquet(bytes.bytes(), member);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kCancelled || error.kind() == ErrorKind::kIo) {
      throw;
    }
    sink.add(make_finding("table-unreadable", {.member = member},
                          without_place(error.message(), member), ""));
    return std::nullopt;
  }
}

void tell_rest(Resolved& resolved) {
  const ImportSettings& settings = resolved.settings;
  tell(resolved, "validation_size", fmt::format("{}", settings.validation_size_fraction),
       "used by automatic");
  tell(resolved, "selected_folds",
       settings.selected_folds.empty()
           ? "all"
           : fmt::format("{}", fmt::join(settings.selected_folds, ", ")),
       settings.selected_folds.empty() ? "" : "given");
}

}  // namespace

Resolved resolve(const archive::Archive& archive, const ImportSettings& settings,
                 FindingSink& sink) {
  Resolved resolved;
  resolved.settings = settings;
  choose_tables(archive, resolved, sink);
  std::array<std::optional<table::Table>, 3> tables;
  for (const Part part : kParts) {
    tables[static_cast<size_t>(part)] = read_table(archive, resolved.table_of(part), sink);
  }
  const auto first = std::ranges::find_if(tables, [](const auto& one) { return one.has_value(); });
  if (first == tables.end()) {
    return resolved;
  }
  const std::string& first_member =
      resolved.table_members[static_cast<size_t>(first - tables.begin())];
  if (!choose_columns(**first, first_member, resolved, sink)) {
    return resolved;
  }
  for (const Part part : kParts) {
    if (auto& one = tables[static_cast<size_t>(part)]) {
      read_rows(part, *one, resolved, sink);
      one.reset();
    }
  }
  choose_folders(archive, resolved, sink);
  choose_validation(resolved);
  tell_rest(resolved);
  return resolved;
}

}  // namespace volseg::dataset::internal
