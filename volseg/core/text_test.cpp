// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/text.h"

#include <gtest/gtest.h>

namespace volseg::core {
namespace {

TEST(Counted, follows_the_number) {
  EXPECT_EQ(counted(0, "case"), "0 cases");
  EXPECT_EQ(counted(1, "case"), "1 case");
  EXPECT_EQ(counted(12, "epoch"), "12 epochs");
  EXPECT_EQ(counted(1, "class"), "1 class");
  EXPECT_EQ(counted(2, "class"), "2 classes");
}

TEST(Listed, names_the_first_and_counts_the_rest) {
  size_t asked = 0;
  const auto name_of = [&](size_t index) {
    ++asked;
    return std::string(1, static_cast<char>('a' + index));
  };
  EXPECT_EQ(listed(0, 2, name_of), "");
  EXPECT_EQ(listed(1, 2, name_of), "a");
  EXPECT_EQ(listed(2, 2, name_of), "a, b");
  asked = 0;
  EXPECT_EQ(listed(5, 2, name_of), "a, b and 3 more");
  EXPECT_EQ(asked, 2U);
}

TEST(SizeText, chooses_a_unit_with_three_digits) {
  EXPECT_EQ(size_text(0), "0 bytes");
  EXPECT_EQ(size_text(1), "1 byte");
  EXPECT_EQ(size_text(999), "999 bytes");
  EXPECT_EQ(size_text(1000), "1.00 kB");
  EXPECT_EQ(size_text(12'340), "12.3 kB");
  EXPECT_EQ(size_text(999'499), "999 kB");
  EXPECT_EQ(size_text(999'500), "1.00 MB");
  EXPECT_EQ(size_text(1'050'000'000), "1.05 GB");
  EXPECT_EQ(size_text(2'500'000'000'000'000), "2500 TB");
}

}  // namespace
}  // namespace volseg::core
