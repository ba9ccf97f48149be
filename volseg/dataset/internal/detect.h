// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "volseg/archive/archive.h"
#include "volseg/dataset/internal/finding_sink.h"
#include "volseg/dataset/internal/resolve.h"
#include "volseg/table/table.h"

namespace volseg::dataset::internal {

/// Fills table_members and the table settings.
void choose_tables(const archive::Archive& archive, Resolved& resolved, FindingSink& sink);

/// Fills the column settings from the table that stands for all. @return false when rows cannot be
/// read
[[nodiscard]] bool choose_columns(const table::Table& table, const std::string& member,
                                  Resolved& resolved, FindingSink& sink);

/// Fills the data folders and each row's member.
void choose_folders(const archive::Archive& archive, Resolved& resolved, FindingSink& sink);

/// Fills the validation strategy.
void choose_validation(Resolved& resolved);

/// Adds the line `key: value (reason)`.
void tell(Resolved& resolved, std::string_view key, std::string_view value,
          std::string_view reason);

/// "a/b.npy" -> "b.npy".
[[nodiscard]] std::string_view file_name_of(std::string_view member);
/// "a/b.npy" -> "a"; "." for a member at the root.
[[nodiscard]] std::string_view folder_of(std::string_view member);

}  // namespace volseg::dataset::internal
