// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace volseg::report::internal {

/// Text from a file made safe and short for a terminal: control characters become "?", and what is
/// longer than `most_letters` UTF-8 letters is cut and ends in "...".
[[nodiscard]] std::string terminal_text(std::string_view text, size_t most_letters);

/// Number of UTF-8 letters.
[[nodiscard]] size_t letter_count(std::string_view text);

/// Rows of cells as aligned columns, two spaces apart; the first `left_columns` are aligned to the
/// left, the others to the right. Rows may differ in length.
[[nodiscard]] std::string text_table(const std::vector<std::vector<std::string>>& rows,
                                     size_t left_columns);

}  // namespace volseg::report::internal
