// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/mask/run_text.h"

namespace volseg::mask {
namespace {

constexpr core::Shape3 kShape = {2, 3, 4};

struct BadText {
  std::string text;
  RunTextError error;
  int64_t run_number;
  int64_t byte_offset;
  std::string token;
};

class RunTextRejects : public ::testing::TestWithParam<BadText> {};

TEST_P(RunTextRejects, names_run_byte_and_token) {
  const BadText& expected = GetParam();
  const ParsedRuns parsed = parse_runs(expected.text, kShape);
  EXPECT_EQ(parsed.error, expected.error);
  EXPECT_EQ(parsed.run_number, expected.run_number);
  EXPECT_EQ(parsed.byte_offset, expected.byte_offset);
  EXPECT_EQ(parsed.token, expected.token);
  EXPECT_TRUE(parsed.mask.runs.empty());
}

using enum RunTextError;
INSTANTIATE_TEST_SUITE_P(
    Texts, RunTextRejects,
    ::testing::Values(
        BadText{"5", kOddTokenCount, 1, 0, "5"}, BadText{"1 2 10", kOddTokenCount, 2, 4, "10"},
        BadText{"1 1 3 1 5", kOddTokenCount, 3, 8, "5"}, BadText{"0 3", kStartZero, 1, 0, "0"},
        BadText{"1 1 00 3", kStartZero, 2, 4, "00"}, BadText{"-5 2", kNegative, 1, 0, "-5"},
        BadText{"5 -2", kNegative, 1, 2, "-2"}, BadText{"+5 1", kNotANumber, 1, 0, "+5"},
        BadText{"1_0 1", kNotANumber, 1, 0, "1_0"}, BadText{"1.0 2.0", kNotANumber, 1, 0, "1.0"},
        BadText{"1e1 1", kNotANumber, 1, 0, "1e1"}, BadText{"0x5 1", kNotANumber, 1, 0, "0x5"},
        BadText{"a b", kNotANumber, 1, 0, "a"}, BadText{"1 1, 3 1", kNotANumber, 1, 2, "1,"},
        BadText{"[1 1]", kNotANumber, 1, 0, "[1"}, BadText{"nan", kNotANumber, 1, 0, "nan"},
        BadText{"\xd9\xa1 1", kNotANumber, 1, 0, "\xd9\xa1"},
        BadText{"\xef\xbc\x91 1", kNotANumber, 1, 0, "\xef\xbc\x91"},
        BadText{std::string("1\0 1", 4), kNotANumber, 1, 0, std::string("1\0", 2)},
        BadText{"20 100", kRunPastEnd, 1, 3, "100"}, BadText{"24 2", kRunPastEnd, 1, 3, "2"},
        BadText{"100 2", kRunPastEnd, 1, 0, "100"}, BadText{"25 0", kRunPastEnd, 1, 0, "25"},
        BadText{"1 9223372036854775807", kRunPastEnd, 1, 2, "9223372036854775807"},
        BadText{"9223372036854775807 9223372036854775807", kRunPastEnd, 1, 0,
                "9223372036854775807"},
        BadText{"2 4294967295", kRunPastEnd, 1, 2, "4294967295"},
        BadText{"9223372036854775808 1", kOverflow, 1, 0, "9223372036854775808"},
        BadText{"1 1 5 18446744073709551617", kOverflow, 2, 6, "18446744073709551617"}));

TEST(RunText, cuts_a_huge_token_to_40_bytes) {
  const ParsedRuns parsed = parse_runs(std::string(1'000'000, '7') + " 1", kShape);
  EXPECT_EQ(parsed.error, kOverflow);
  EXPECT_EQ(parsed.token, std::string(40, '7'));
}

TEST(RunText, refuses_every_run_in_an_empty_shape) {
  EXPECT_EQ(parse_runs("1 1", {2, 0, 4}).error, kRunPastEnd);
  EXPECT_EQ(parse_runs("", {2, 0, 4}).error, kNone);
}

struct OddText {
  std::string text;
  RunTextWarnings warnings;
  std::string canonical;
};

class RunTextAccepts : public ::testing::TestWithParam<OddText> {};

TEST_P(RunTextAccepts, takes_the_union_and_warns) {
  const OddText& expected = GetParam();
  const ParsedRuns parsed = parse_runs(expected.text, kShape);
  EXPECT_EQ(parsed.error, kNone);
  EXPECT_EQ(parsed.warnings.unsorted, expected.warnings.unsorted);
  EXPECT_EQ(parsed.warnings.overlapping, expected.warnings.overlapping);
  EXPECT_EQ(parsed.warnings.touching, expected.warnings.touching);
  EXPECT_EQ(parsed.warnings.zero_length, expected.warnings.zero_length);
  EXPECT_EQ(parsed.warnings.other_white_space, expected.warnings.other_white_space);
  EXPECT_EQ(parsed.warnings.leading_zeros, expected.warnings.leading_zeros);
  EXPECT_EQ(format_runs(parsed.mask), expected.canonical);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, RunTextAccepts,
    ::testing::Values(OddText{"", {}, ""}, OddText{"20 5", {}, "20 5"}, OddText{"1 24", {}, "1 24"},
                      OddText{"1 2 3 4", {.touching = true}, "1 6"},
                      OddText{"1 5 3 1", {.overlapping = true}, "1 5"},
                      OddText{"1 5 1 5", {.overlapping = true}, "1 5"},
                      OddText{"9 1 1 1", {.unsorted = true}, "1 1 9 1"},
                      OddText{"9 1 1 8", {.unsorted = true, .touching = true}, "1 9"},
                      OddText{
                          "9 4 1 10 20 1", {.unsorted = true, .overlapping = true}, "1 12 20 1"},
                      OddText{"5 0", {.zero_length = true}, ""},
                      OddText{"1 1 5 00", {.zero_length = true, .leading_zeros = true}, "1 1"},
                      OddText{"001 1", {.leading_zeros = true}, "1 1"},
                      OddText{"0000000000000000000000000000007 1", {.leading_zeros = true}, "7 1"},
                      OddText{"1\t1", {.other_white_space = true}, "1 1"},
                      OddText{"1 1\n", {.other_white_space = true}, "1 1"},
                      OddText{"1 1\r\n5 1", {.other_white_space = true}, "1 1 5 1"},
                      OddText{" 1 1", {.other_white_space = true}, "1 1"},
                      OddText{"1 1 ", {.other_white_space = true}, "1 1"},
                      OddText{"1  1", {.other_white_space = true}, "1 1"},
                      OddText{" ", {.other_white_space = true}, ""}));

TEST(RunText, error_text_holds_place_token_and_rule) {
  try {
    (void)parse_runs_or_throw("1 1 0 3", kShape);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kFormat);
    EXPECT_STREQ(error.what(),
                 "[mask.parse_runs] run 2, byte 4, token \"0\": positions start at 1; the shape is "
                 "2 x 3 x 4");
  }
}

TEST(RunText, error_text_never_repeats_control_characters) {
  try {
    (void)parse_runs_or_throw("\x1b[2J 1", kShape);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find('\x1b'), std::string::npos);
  }
}

TEST(RunText, every_error_has_its_own_code_and_rule) {
  const std::vector<RunTextError> errors = {kOddTokenCount, kStartZero,  kNegative,
                                            kNotANumber,    kRunPastEnd, kOverflow};
  std::set<std::string_view> codes;
  std::set<std::string_view> rules;
  for (const RunTextError error : errors) {
    codes.insert(code_of(error));
    rules.insert(rule_of(error));
    EXPECT_TRUE(code_of(error).starts_with("rle-"));
  }
  EXPECT_EQ(codes.size(), errors.size());
  EXPECT_EQ(rules.size(), errors.size());
  EXPECT_EQ(code_of(kNone), "");
}

}  // namespace
}  // namespace volseg::mask
