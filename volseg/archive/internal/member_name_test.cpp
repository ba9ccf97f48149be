// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/member_name.h"

#include <gtest/gtest.h>

namespace volseg::archive::internal {

namespace {

constexpr int64_t kMostBytes = 4096;

TEST(MemberName, accepts_plain_relative_names) {
  for (const char* name :
       {"a", "images/case 1.nii.gz", "a..b/c.d", "..a", "ab:y", "\xC3\xA4.npy"}) {
    EXPECT_EQ(name_defect(name, kMostBytes), "") << name;
  }
}

TEST(MemberName, refuses_names_that_could_leave_a_folder) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view name :
       {""sv, "../x"sv, "a/../../x"sv, "/x"sv, "C:\\x"sv, "C:x"sv, "..\\x"sv, "\\\\host\\x"sv,
        "a\0b"sv, "a\nb"sv, "."sv, ".."sv, "a//b"sv, "a/"sv, "a/./b"sv, "a\x7F"sv}) {
    EXPECT_NE(name_defect(name, kMostBytes), "") << escaped(name);
  }
}

TEST(MemberName, refuses_names_over_the_cap) {
  EXPECT_EQ(name_defect(std::string(4096, 'a'), kMostBytes), "");
  EXPECT_EQ(name_defect(std::string(4097, 'a'), kMostBytes), "has 4097 bytes");
}

TEST(MemberName, knows_what_systems_leave_behind) {
  for (const char* name : {"__MACOSX/images/._a.npy", ".DS_Store", "images/Thumbs.db",
                           "a/desktop.ini", ".ipynb_checkpoints/x.pq"}) {
    EXPECT_TRUE(is_left_behind(name)) << name;
  }
  for (const char* name : {"MACOSX/a", "my.DS_Store.npy", "images/a.npy"}) {
    EXPECT_FALSE(is_left_behind(name)) << name;
  }
}

TEST(MemberName, escapes_control_characters_and_cuts_long_names) {
  EXPECT_EQ(escaped("a\n\x7F"
                    "b"),
            "a\\x0A\\x7Fb");
  EXPECT_EQ(escaped(std::string(300, 'a')), std::string(200, 'a') + "...");
}

}  // namespace

}  // namespace volseg::archive::internal
