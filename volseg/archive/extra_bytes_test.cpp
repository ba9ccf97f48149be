// SPDX-License-Identifier: Apache-2.0
// Row Z04 of the catalogue of bad inputs when other bytes around a zip are allowed.
#include <gtest/gtest.h>

#include "volseg/archive/internal/opened_zip_test.h"

namespace volseg::archive {

namespace {

using internal::deflated_member;
using internal::directory_of;
using internal::end_record_of;
using internal::holds;
using internal::patched;
using internal::put_zip;
using internal::raw_zip;
using internal::raw_zip64;
using internal::RawMember;
using internal::refusal;
using internal::stored_member;
using internal::text_of;

std::vector<RawMember> two_members() {
  return {stored_member("a.txt", "hello"), deflated_member("b.txt", std::string(300, 'b'))};
}

std::unique_ptr<Archive> open_loosely(const std::string& bytes) {
  return Archive::open(put_zip(bytes), {}, ExtraBytes::kAccept);
}

void expect_accepted(const std::string& bytes, const std::string& found) {
  EXPECT_FALSE(internal::open_refusal(bytes).empty());
  const auto archive = open_loosely(bytes);
  ASSERT_EQ(archive->members().size(), 2U);
  EXPECT_EQ(text_of(archive->read(archive->members()[0])), "hello");
  EXPECT_EQ(text_of(archive->read(archive->members()[1])), std::string(300, 'b'));
  ASSERT_EQ(archive->warnings().size(), 1U);
  EXPECT_EQ(archive->warnings()[0].code, "zip-extra-bytes");
  EXPECT_EQ(archive->warnings()[0].found, found);
}

void expect_refused(const std::string& bytes, std::string_view code) {
  const std::string text = refusal([&] { static_cast<void>(open_loosely(bytes)); });
  EXPECT_TRUE(holds(text, code)) << text;
}

// As programs that unpack themselves: offsets count from the beginning of the file.
std::string with_offsets_moved(const std::string& before, const std::string& zip) {
  std::string moved = before + zip;
  const size_t first = directory_of(moved);
  const size_t second = moved.find("PK\x01\x02", first + 1);
  moved = patched(moved, end_record_of(moved) + 16, first, 4);
  moved = patched(moved, first + 42, before.size(), 4);
  return patched(moved, second + 42, moved.rfind("PK\x03\x04"), 4);
}

TEST(ExtraBytes, Z04_one_zip_among_other_bytes_is_accepted_with_a_warning) {
  const std::string zip = raw_zip(two_members());
  expect_accepted("junk" + zip, "4 bytes before it and 0 bytes behind it");
  expect_accepted(zip + "junk", "0 bytes before it and 4 bytes behind it");
  expect_accepted("junk" + zip + "more", "4 bytes before it and 4 bytes behind it");
  expect_accepted(with_offsets_moved("junk", zip), "4 bytes before it and 0 bytes behind it");
  expect_accepted("junk" + raw_zip(two_members(), "a comment"),
                  "4 bytes before it and 0 bytes behind it");
  const std::string much(3'000'000, '\0');
  expect_accepted(much + zip + much, "3000000 bytes before it and 3000000 bytes behind it");
}

TEST(ExtraBytes, Z04_of_a_zip64_too) {
  const std::string zip = raw_zip64(two_members());
  expect_accepted("junk" + zip, "4 bytes before it and 0 bytes behind it");
  expect_accepted(zip + "junk", "0 bytes before it and 4 bytes behind it");
}

TEST(ExtraBytes, Z04_an_end_record_across_the_border_of_two_pieces_is_found) {
  const std::string zip = raw_zip(two_members());
  constexpr size_t kPiece = size_t{1} << 20;
  for (const size_t shift : {0, 1, 11, 21, 22}) {
    expect_accepted(zip + std::string(kPiece - shift, 'x'),
                    "0 bytes before it and " + std::to_string(kPiece - shift) + " bytes behind it");
  }
}

TEST(ExtraBytes, Z04_two_zips_are_refused) {
  const std::string zip = raw_zip(two_members());
  const std::string other = raw_zip({stored_member("c.txt", "other")});
  expect_refused(zip + zip, "zip-ambiguous");
  expect_refused(zip + other, "zip-ambiguous");
  expect_refused(zip + "between" + other + "behind", "zip-ambiguous");
  expect_refused(raw_zip64(two_members()) + other, "zip-ambiguous");
  // The second one lies in the comment of the first.
  expect_refused(raw_zip(two_members(), other) + "behind", "zip-ambiguous");
}

TEST(ExtraBytes, Z04_a_zip_inside_a_member_is_no_second_one) {
  const std::string inner = raw_zip({stored_member("c.txt", "inner")});
  const std::string zip = raw_zip({stored_member("inner.zip", inner)});
  const auto archive = open_loosely("junk" + zip + "junk");
  ASSERT_EQ(archive->members().size(), 1U);
  EXPECT_EQ(text_of(archive->read(archive->members()[0])), inner);
}

TEST(ExtraBytes, Z04_every_other_defect_stays_refused) {
  const std::string zip = raw_zip(two_members());
  expect_refused(zip.substr(0, directory_of(zip) + 20), "zip-truncated");
  expect_refused(patched(zip, end_record_of(zip) + 16, 0xFFFFFFF0, 4), "outside the file");
  expect_refused("junk", "zip-no-end-record");
  std::string gap = zip;
  gap.insert(end_record_of(zip), "gap");
  expect_refused(gap, "zip-inconsistent");
  std::string name = "junk" + zip;
  name[4 + 30] = 'z';
  expect_refused(name, "zip-inconsistent");
}

TEST(ExtraBytes, a_sound_zip_gives_no_warning) {
  EXPECT_TRUE(open_loosely(raw_zip(two_members()))->warnings().empty());
}

TEST(ExtraBytes, forged_end_records_cost_no_more_than_the_file) {
  const std::string zip = raw_zip(std::vector<RawMember>(20'000, stored_member("a", "")));
  std::string forged = zip;
  for (int count = 0; count < 20'000; ++count) {
    forged += std::string("PK\x05\x06", 4) + std::string(18, '\0');
  }
  const std::string text = refusal([&] { static_cast<void>(open_loosely(forged + "x")); });
  EXPECT_TRUE(holds(text, "zip-ambiguous")) << text;
}

}  // namespace

}  // namespace volseg::archive
