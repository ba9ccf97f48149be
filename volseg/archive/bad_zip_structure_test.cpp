// SPDX-License-Identifier: Apache-2.0
// Zips that are unsound as a whole; the ids are those of the catalogue of bad inputs.
#include <gtest/gtest.h>

#include "volseg/archive/internal/opened_zip_test.h"

namespace volseg::archive {

namespace {

using internal::deflated_member;
using internal::directory_of;
using internal::end_record_of;
using internal::extra_field;
using internal::holds;
using internal::little_endian;
using internal::open_bytes;
using internal::open_refusal;
using internal::patched;
using internal::raw_zip;
using internal::raw_zip64;
using internal::RawMember;
using internal::stored_member;
using internal::text_of;
using internal::zip64_record_of;

constexpr uint16_t kZip64Extra = 1;

std::vector<RawMember> two_members() {
  return {stored_member("a.txt", "hello"), deflated_member("b.txt", std::string(300, 'b'))};
}

void expect_refusal(const std::string& bytes, std::string_view code, std::string_view text) {
  const std::string found = open_refusal(bytes);
  EXPECT_TRUE(holds(found, code)) << found;
  EXPECT_TRUE(holds(found, text)) << found;
}

TEST(BadZip, Z01_what_is_no_zip_is_refused) {
  std::string random(4096, '\0');
  for (size_t at = 0; at < random.size(); ++at) {
    random[at] = static_cast<char>((at * at * 2654435761U) >> 13);
  }
  expect_refusal("", "zip-no-end-record", "an empty file; expected a zip or a folder");
  for (const std::string& bytes :
       {std::string(21, 'P'), random, std::string("<html><body>404 Not Found</body></html>")}) {
    expect_refusal(bytes, "zip-no-end-record", "not a zip file; expected a zip or a folder");
  }
}

TEST(BadZip, Z02_a_cut_zip_is_refused_as_truncated) {
  const std::string whole = raw_zip(two_members());
  expect_refusal(whole.substr(0, directory_of(whole) + 20), "zip-truncated", "copy it again");
  expect_refusal(whole.substr(0, directory_of(whole) - 5), "zip-truncated", "copy it again");
  expect_refusal(raw_zip(two_members(), "a comment").substr(0, whole.size() + 3), "zip-truncated",
                 "its comment is cut off");
}

TEST(BadZip, Z03_a_second_end_record_is_refused_only_where_both_fit) {
  const std::string plain = raw_zip(two_members());
  const std::string record = plain.substr(end_record_of(plain));
  EXPECT_EQ(open_bytes(raw_zip(two_members(), record))->members().size(), 2U);
  EXPECT_EQ(open_bytes(raw_zip(two_members(), "PK\x05\x06 in a comment"))->members().size(), 2U);
  const std::string empty_zip = std::string("PK\x05\x06") + std::string(12, '\0') +
                                little_endian(plain.size(), 4) + std::string(2, '\0');
  expect_refusal(raw_zip(two_members(), empty_zip), "zip-ambiguous", "2 end records fit");
}

TEST(BadZip, Z04_bytes_before_or_after_and_joined_archives_are_refused) {
  const std::string whole = raw_zip(two_members());
  expect_refusal("junk" + whole, "zip-inconsistent", "other bytes (4) lie before the archive");
  expect_refusal(whole + "junk", "zip-inconsistent", "4 bytes follow its end record");
  expect_refusal(whole + whole, "zip-inconsistent", "lie before the archive");
  std::string moved = "junk" + whole;
  const size_t end = end_record_of(moved);
  const size_t second = moved.find("PK\x01\x02", directory_of(moved) + 1);
  moved = patched(moved, end + 16, directory_of(moved), 4);
  moved = patched(moved, directory_of(moved) + 42, 4, 4);
  moved = patched(moved, second + 42, moved.rfind("PK\x03\x04"), 4);
  expect_refusal(moved, "zip-inconsistent", "does not begin at the beginning of the file");
}

TEST(BadZip, Z05_a_directory_outside_the_file_is_refused) {
  const std::string whole = raw_zip(two_members());
  const size_t end = end_record_of(whole);
  for (const uint64_t value : {uint64_t{0xFFFFFFF0}, uint64_t{0xFFFFFFFF}, whole.size()}) {
    expect_refusal(patched(whole, end + 16, value, 4), "zip-inconsistent", "outside the file");
    expect_refusal(patched(whole, end + 12, value, 4), "zip-inconsistent", "outside the file");
  }
  const std::string wide = raw_zip64(two_members());
  const size_t record = zip64_record_of(wide);
  for (const uint64_t value : {UINT64_MAX, UINT64_MAX - 100, uint64_t{1} << 63}) {
    expect_refusal(patched(wide, record + 48, value, 8), "zip-inconsistent", "outside the file");
    expect_refusal(patched(wide, record + 40, value, 8), "zip-inconsistent", "outside the file");
  }
  const std::string single = raw_zip({stored_member("a.txt", "hello")});
  expect_refusal(patched(single, directory_of(single) + 42, single.size(), 4), "zip-inconsistent",
                 "member a.txt: zip-inconsistent: is the first and does not begin");
  const size_t second = whole.find("PK\x01\x02", directory_of(whole) + 1);
  expect_refusal(patched(whole, second + 42, whole.size(), 4), "zip-inconsistent",
                 "member b.txt: zip-inconsistent: lies outside the file");
}

TEST(BadZip, Z06_a_wrong_count_of_members_is_refused) {
  const std::string whole = raw_zip(two_members());
  const size_t end = end_record_of(whole);
  const auto counted = [&](uint64_t count) {
    return patched(patched(whole, end + 8, count, 2), end + 10, count, 2);
  };
  expect_refusal(counted(0), "zip-inconsistent", "the end record counts 0 members only");
  expect_refusal(counted(1), "zip-inconsistent", "the end record counts 1 members only");
  expect_refusal(counted(3), "zip-inconsistent", "more than its directory holds");
  expect_refusal(counted(0xFFFF), "zip-inconsistent", "counts 65535 members");
  std::vector<RawMember> long_names = {stored_member(std::string(60, 'a'), "1"),
                                       stored_member(std::string(60, 'b'), "2")};
  const std::string roomy = raw_zip(long_names);
  const size_t roomy_end = end_record_of(roomy);
  expect_refusal(patched(patched(roomy, roomy_end + 8, 3, 2), roomy_end + 10, 3, 2),
                 "zip-inconsistent", "entry 3 of its directory passes the end of the directory");
}

TEST(BadZip, Z07_a_zip64_record_that_is_not_there_or_disagrees_is_refused) {
  const std::string wide = raw_zip64(two_members());
  const auto sound = open_bytes(wide);
  EXPECT_EQ(text_of(sound->read(*sound->find("a.txt"))), "hello");
  const size_t locator = wide.rfind("PK\x06\x07");
  const size_t end = end_record_of(wide);
  for (const uint64_t offset : {UINT64_MAX, uint64_t{wide.size()}, uint64_t{locator}}) {
    expect_refusal(patched(wide, locator + 8, offset, 8), "zip-inconsistent",
                   "its zip64 locator points outside");
  }
  expect_refusal(patched(wide, locator + 8, 0, 8), "zip-inconsistent",
                 "does not point at a zip64 end record");
  expect_refusal(patched(wide, zip64_record_of(wide) + 4, 45, 8), "zip-inconsistent",
                 "does not point at a zip64 end record");
  expect_refusal(patched(wide, end + 10, 1, 2), "zip-inconsistent", "disagree");
  expect_refusal(patched(wide, end + 16, 1, 4), "zip-inconsistent", "disagree");
  const auto agreeing = open_bytes(patched(wide, end + 16, directory_of(wide), 4));
  EXPECT_EQ(agreeing->members().size(), 2U);
}

TEST(BadZip, Z08_a_saturated_size_needs_one_whole_zip64_field) {
  const std::string size = little_endian(5, 8);
  const auto zip_with = [](const std::string& extra) {
    RawMember member = stored_member("a.txt", "hello");
    member.size = UINT32_MAX;
    member.extra = extra;
    member.local_extra = extra;
    return raw_zip({member});
  };
  EXPECT_EQ(open_bytes(zip_with(extra_field(kZip64Extra, size)))->members().at(0).size_bytes, 5);
  EXPECT_EQ(open_bytes(zip_with(extra_field(kZip64Extra, size + size)))->members().size(), 1U);
  expect_refusal(zip_with(""), "zip-inconsistent", "(a.txt) has a size of 0xFFFFFFFF and no zip64");
  expect_refusal(zip_with(extra_field(kZip64Extra, size.substr(1))), "zip-inconsistent",
                 "has a zip64 extra field that is too short");
  expect_refusal(zip_with(extra_field(kZip64Extra, size) + extra_field(kZip64Extra, size)),
                 "zip-inconsistent", "has two zip64 extra fields");
  expect_refusal(zip_with(extra_field(kZip64Extra, size + little_endian(6, 8))), "zip-inconsistent",
                 "contradicts its sizes");
  expect_refusal(zip_with(extra_field(kZip64Extra, size).substr(0, 9)), "zip-inconsistent",
                 "has an extra field that passes its end");
  expect_refusal(zip_with(extra_field(kZip64Extra, little_endian(UINT64_MAX, 8))),
                 "zip-inconsistent", "has a size over 2^63");
}

TEST(BadZip, Z09_a_local_header_that_differs_from_the_directory_is_refused) {
  const std::string whole = raw_zip({stored_member("a.txt", "hello")});
  const auto expect_difference = [&](size_t offset, uint64_t value, int bytes,
                                     std::string_view what) {
    expect_refusal(patched(whole, offset, value, bytes), "zip-inconsistent",
                   "member a.txt: zip-inconsistent: has another " + std::string(what));
  };
  expect_difference(30, 'b', 1, "name");
  expect_difference(26, 4, 2, "name");
  expect_difference(6, internal::RawMember{}.flags ^ 0x800U, 2, "flags");
  expect_difference(8, 8, 2, "compression method");
  expect_difference(14, 1, 4, "checksum");
  expect_difference(18, 4, 4, "size");
  expect_difference(22, 4, 4, "size");
  expect_refusal(patched(whole, 0, 0, 4), "zip-inconsistent",
                 "has no local header where the directory says");
  expect_refusal(patched(whole, 28, 60'000, 2), "zip-inconsistent", "ends outside the file");
}

TEST(BadZip, Z10_members_that_share_bytes_are_refused) {
  const std::string whole = raw_zip({stored_member("a", "x"), stored_member("a", "x")});
  const size_t second = whole.find("PK\x01\x02", directory_of(whole) + 1);
  expect_refusal(patched(whole, second + 42, 0, 4), "zip-overlap",
                 "member a: zip-overlap: shares bytes with another member");
  const std::string inner = raw_zip({stored_member("in", "quoted")});
  const std::string outer = raw_zip({stored_member("out", inner), stored_member("in", "quoted")});
  const size_t entry = outer.rfind("PK\x01\x02");
  expect_refusal(patched(outer, entry + 42, outer.find("PK\x03\x04", 1), 4), "zip-overlap",
                 "member in: zip-overlap");
}

TEST(BadZip, Z22_a_part_of_a_set_of_files_is_refused) {
  const std::string whole = raw_zip(two_members());
  const std::string wide = raw_zip64(two_members());
  const size_t end = end_record_of(whole);
  const size_t locator = wide.rfind("PK\x06\x07");
  for (const std::string& bytes :
       {patched(whole, end + 4, 1, 2), patched(whole, end + 6, 1, 2), patched(whole, end + 8, 1, 2),
        patched(whole, directory_of(whole) + 34, 1, 2), patched(wide, locator + 4, 1, 4),
        patched(wide, locator + 16, 2, 4),
        patched(patched(wide, zip64_record_of(wide) + 16, 1, 4), end_record_of(wide) + 4, 1, 2)}) {
    expect_refusal(bytes, "zip-multi-disk", "join them into one zip");
  }
}

}  // namespace

}  // namespace volseg::archive
