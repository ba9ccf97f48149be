// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/text_encoding.h"

#include <gtest/gtest.h>

namespace volseg::archive::internal {

namespace {

TEST(TextEncoding, tells_utf8_from_other_bytes) {
  for (const char* text : {"", "plain", "\xC3\xA4", "\xF0\x9F\xA7\xA0"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  for (const char* text : {"\x81", "a\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

TEST(TextEncoding, reads_code_page_437) {
  EXPECT_EQ(from_code_page_437("f\x81r \xE1\xFF"), "f\xC3\xBCr \xC3\x9F\xC2\xA0");
}

TEST(TextEncoding, folds_case_and_normalisation) {
  EXPECT_EQ(folded("Case.NPY"), folded("case.npy"));
  EXPECT_EQ(folded("\xC3\x84"), folded("\xC3\xA4"));
  EXPECT_EQ(folded("\xC3\xA4"), folded("a\xCC\x88"));
  EXPECT_NE(folded("a"), folded("\xC3\xA4"));
}

}  // namespace

}  // namespace volseg::archive::internal
