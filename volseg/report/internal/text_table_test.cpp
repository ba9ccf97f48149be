// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/text_table.h"

#include <gtest/gtest.h>

namespace volseg::report::internal {
namespace {

TEST(TextTable, aligns_columns_by_letters_and_leaves_no_blanks_at_line_ends) {
  EXPECT_EQ(text_table({{"name", "ml"}, {"\xC3\xA9t\xC3\xA9", "12.5"}, {"a"}}, 1),
            "name    ml\n"
            "\xC3\xA9t\xC3\xA9   12.5\n"
            "a\n");
}

TEST(TerminalText, cuts_at_letters_and_replaces_control_characters) {
  EXPECT_EQ(terminal_text("a\tb\x7F", 8), "a?b?");
  EXPECT_EQ(terminal_text("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 4), "\xC3\xA9...");
  EXPECT_EQ(terminal_text("abcd", 4), "abcd");
}

}  // namespace
}  // namespace volseg::report::internal
