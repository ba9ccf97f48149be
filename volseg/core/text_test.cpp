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
