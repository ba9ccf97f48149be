// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/font.h"

#include <gtest/gtest.h>

namespace volseg::report::internal {
namespace {

TEST(Printable, takes_marks_from_latin_letters_and_one_question_mark_for_others) {
  EXPECT_EQ(printable("R\xC3\xBC"
                      "ckenmark, \xC3\x89t\xC3\xA9"),
            "Ruckenmark, Ete");
  EXPECT_EQ(printable("\xE8\x82\x9D\xE8\x87\x93\n\x80"), "???");
  EXPECT_EQ(printable("\x80\xC3"), "?");
}

TEST(ShortText, keeps_the_beginning_and_the_end) {
  EXPECT_EQ(short_text("patient_000123_ct", 17), "patient_000123_ct");
  EXPECT_EQ(short_text("patient_000123_ct", 12), "patie..23_ct");
  EXPECT_EQ(short_text("abcdef", 3).size(), 3U);
  EXPECT_EQ(short_text("abcdef", 0), "");
}

}  // namespace
}  // namespace volseg::report::internal
