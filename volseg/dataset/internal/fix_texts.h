// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "volseg/core/array.h"
#include "volseg/dataset/fix_dataset.h"
#include "volseg/table/table.h"

namespace volseg::dataset::internal {

/// Fixes of each code.
using FixCounts = std::map<std::string, int64_t, std::less<>>;

/// The text with 1 added to every start; none when it is no list of numbers.
[[nodiscard]] std::optional<std::string> with_starts_from_one(std::string_view text);

/// The canonical text of the same mask; the text itself when it cannot be read.
/// @param shape  of the image; none when it is not known
/// @throws Error(kUsage) when an assumption of `options` contradicts the text
[[nodiscard]] std::string fixed_text(const std::string& text,
                                     const std::optional<core::Shape3>& shape,
                                     const FixOptions& options, FixCounts& counts);

/// "['lung', 'heart']" as a list; none when the text is no such list.
[[nodiscard]] table::ListCell<std::string> parse_text_list(std::string_view text);

/// A column of plain text as lists: of the listed elements when every cell spells a list, else of
/// one element each. False when cells are mixed; nothing is changed then.
[[nodiscard]] bool make_lists(table::Column& column);

}  // namespace volseg::dataset::internal
