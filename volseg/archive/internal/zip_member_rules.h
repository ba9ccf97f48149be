// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "volseg/archive/archive.h"
#include "volseg/archive/internal/zip_entry.h"

namespace volseg::archive::internal {

/// A problem with the member's name made readable.
[[nodiscard]] Problem make_problem(std::string code, const std::string& member,
                                   std::string expected, std::string found, std::string fix);

/// The name as UTF-8: its own bytes when they are, else the Unicode path, else code page 437.
[[nodiscard]] std::string name_of(const ZipEntry& entry);

/// Whether the entry is a folder without data, which is passed over.
[[nodiscard]] bool is_plain_folder(const ZipEntry& entry);

/// Why a member whose headers are sound cannot be used; none when it can.
[[nodiscard]] std::optional<Problem> find_problem(const ZipEntry& entry, const std::string& name,
                                                  const Limits& limits);

/// What is odd about a usable member.
[[nodiscard]] std::optional<Problem> find_oddity(const ZipEntry& entry, const std::string& name);

}  // namespace volseg::archive::internal
