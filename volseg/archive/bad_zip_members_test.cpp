// SPDX-License-Identifier: Apache-2.0
// Members that are unsound in a zip that is sound; the ids are those of the catalogue of bad
// inputs.
#include <gtest/gtest.h>
#include <libdeflate.h>

#include "volseg/archive/internal/opened_zip_test.h"

namespace volseg::archive {

namespace {

using internal::deflated_member;
using internal::extra_field;
using internal::holds;
using internal::little_endian;
using internal::only_problem;
using internal::open_zip;
using internal::raw_zip;
using internal::RawMember;
using internal::read_refusal;
using internal::refusal;
using internal::stored_member;
using internal::text_of;

constexpr uint16_t kUnicodePath = 0x7075;
constexpr uint16_t kStreamed = 8;
constexpr uint16_t kUtf8 = 0x800;

void expect_problem(const RawMember& member, const std::string& code, const std::string& expected,
                    const std::string& found, const Limits& limits = {}) {
  const Problem problem = only_problem(member, limits);
  EXPECT_EQ(problem.code, code);
  EXPECT_EQ(problem.expected, expected);
  EXPECT_EQ(problem.found, found);
  EXPECT_NE(problem.fix, "");
}

/// The one warning of a zip with these members, all of which are listed.
Problem only_warning(const std::vector<RawMember>& members) {
  const auto archive = open_zip(members);
  EXPECT_EQ(archive->members().size(), members.size());
  EXPECT_TRUE(archive->problems().empty());
  EXPECT_EQ(archive->warnings().size(), 1U);
  return archive->warnings().empty() ? Problem{} : archive->warnings()[0];
}

/// Bits that pad the end of a deflate stream have no meaning.
void expect_defect_or_text(const RawMember& member, const std::string& text) {
  const auto archive = open_zip({member});
  try {
    EXPECT_EQ(text_of(archive->read(archive->members().at(0))), text);
  } catch (const Error& error) {
    EXPECT_TRUE(holds(error.what(), "member m: zip-")) << error.what();
  }
}

TEST(BadZip, Z11_bombs_are_refused_at_the_caps) {
  RawMember bomb = deflated_member("bomb", std::string(1'000'000, '\0'));
  expect_problem(bomb, "zip-too-large", "at most 999999 bytes", "1000000 bytes",
                 {.member_bytes = 999'999});
  const std::string text = refusal(
      [&] {
        static_cast<void>(open_zip({stored_member("ok", "1"), bomb}, {.total_bytes = 1000}));
      },
      ErrorKind::kLimit);
  EXPECT_TRUE(holds(text, "zip-too-large: its members expand to more than 1000 bytes")) << text;
  const std::string stored_bytes = std::to_string(bomb.stored.size());
  bomb.size = 4'000'000'000U;
  expect_problem(bomb, "zip-ratio", "at most 1100 bytes from one stored byte",
                 "4000000000 bytes from " + stored_bytes);
}

TEST(BadZip, Z12_a_member_of_another_size_than_declared_is_refused) {
  RawMember member = deflated_member("m", "some text, some text, some text");
  member.size -= 1;
  EXPECT_TRUE(holds(read_refusal(member),
                    "member m: zip-size: expands to more than the declared 30 bytes"));
  member.size += 2;
  EXPECT_TRUE(holds(read_refusal(member), "zip-size: expands to 31 bytes; declared are 32 bytes"));
}

TEST(BadZip, Z13_a_stored_member_has_one_size) {
  RawMember member = stored_member("m", "hello hello");
  member.size = 12;
  expect_problem(member, "zip-size", "12 bytes", "11 bytes stored");
}

TEST(BadZip, Z15_repeated_names_are_problems_and_alike_names_warnings) {
  const Problem twice =
      open_zip({stored_member("ok", "0"), stored_member("a", "1"), stored_member("a", "2")})
          ->problems()
          .at(0);
  EXPECT_EQ(twice.code + " " + twice.member + ": " + twice.found, "zip-duplicate-name a: 2");
  RawMember folder = stored_member("a/", "");
  folder.unix_mode = 040755;
  const Problem slash = open_zip({folder, stored_member("a", "1")})->problems().at(0);
  EXPECT_EQ(slash.code + ": " + slash.found, "zip-duplicate-name: 1 and a folder of this name");
  EXPECT_EQ(only_warning({stored_member("A.npy", "1"), stored_member("a.npy", "2")}).code,
            "zip-names-alike");
  const Problem accents =
      only_warning({stored_member("\xC3\xA4.npy", "1"), stored_member("a\xCC\x88.npy", "2")});
  EXPECT_EQ(accents.code, "zip-names-alike");
  EXPECT_EQ(accents.found, "also a\xCC\x88.npy");
}

TEST(BadZip, Z16_unsafe_names_are_problems) {
  using std::string_literals::operator""s;
  for (const std::string& name : {"../x"s, "a/../../x"s, "/x"s, "C:\\x"s, "..\\x"s, "\\\\host\\x"s,
                                  "a\0b"s, "a\nb"s, ""s, "."s, std::string(65'535, 'n')}) {
    const Problem problem = only_problem(stored_member(name, "x"));
    EXPECT_EQ(problem.code, "zip-unsafe-name") << name.substr(0, 20);
    EXPECT_EQ(problem.expected, "a plain relative name");
    EXPECT_LE(problem.member.size(), 203U);
  }
  EXPECT_EQ(only_problem(stored_member("a\0b"s, "x")).member, "a\\x00b");
  EXPECT_EQ(only_problem(stored_member(std::string(65'535, 'n'), "x")).found,
            "the name has 65535 bytes");
}

TEST(BadZip, Z17_what_is_no_regular_file_is_a_problem) {
  const std::vector<std::pair<uint32_t, std::string>> kinds = {
      {0120777, "a symbolic link"},
      {0010644, "a special file"},
      {0060644, "a special file"},
      {0020644, "a special file"},
      {0040755, "a folder that holds data"}};
  for (const auto& [mode, found] : kinds) {
    RawMember member = stored_member("m", "target");
    member.unix_mode = mode;
    expect_problem(member, "zip-not-regular", "a regular file", found);
  }
  expect_problem(stored_member("m/", "data"), "zip-not-regular", "a regular file",
                 "a folder that holds data");
}

TEST(BadZip, Z18_encrypted_members_are_problems) {
  RawMember member = stored_member("m", "secret");
  member.flags = 1;
  expect_problem(member, "zip-encrypted", "a member without a password", "an encrypted member");
  member.flags = 1 | 0x40;
  expect_problem(member, "zip-encrypted", "a member without a password",
                 "an encrypted member (strong encryption)");
  member.flags = 1;
  member.method = 99;
  expect_problem(member, "zip-encrypted", "a member without a password",
                 "an encrypted member (AES)");
}

TEST(BadZip, Z19_other_methods_are_problems_that_name_them) {
  const std::vector<std::pair<uint16_t, std::string>> methods = {
      {12, "bzip2 (12)"}, {14, "lzma (14)"},    {95, "xz (95)"},
      {93, "zstd (93)"},  {9, "deflate64 (9)"}, {7, "method 7"}};
  for (const auto& [method, found] : methods) {
    RawMember member = stored_member("m", "bytes");
    member.method = method;
    expect_problem(member, "zip-unsupported-method", "stored or deflate", found);
  }
}

TEST(BadZip, Z20_sizes_behind_the_data_are_read_for_deflate_only) {
  const std::string text(500, 't');
  const auto streamed = [](RawMember member, int number_bytes, bool signature) {
    member.flags = kStreamed;
    member.local_sizes = false;
    member.descriptor = (signature ? "PK\x07\x08" : "") + little_endian(member.crc32, 4) +
                        little_endian(member.stored.size(), number_bytes) +
                        little_endian(member.size, number_bytes);
    return member;
  };
  for (const int number_bytes : {4, 8}) {
    for (const bool signature : {false, true}) {
      const auto archive = open_zip({streamed(deflated_member("m", text), number_bytes, signature),
                                     stored_member("next", "n")});
      EXPECT_EQ(text_of(archive->read(*archive->find("m"))), text);
    }
  }
  expect_problem(streamed(stored_member("m", text), 4, true), "zip-size",
                 "a stored member whose local header has its size", "no size there");
  RawMember lying = streamed(deflated_member("m", text), 4, true);
  lying.descriptor[5] ^= 1;
  EXPECT_TRUE(holds(internal::open_refusal(raw_zip({lying})),
                    "member m: zip-inconsistent: has a data descriptor that differs"));
}

TEST(BadZip, Z21_damaged_bytes_are_refused) {
  const RawMember sound = deflated_member("m", "some text, some text, some text");
  RawMember member = sound;
  member.crc32 ^= 1;
  EXPECT_TRUE(holds(read_refusal(member), "zip-crc: its bytes do not match their checksum"));
  for (size_t bit = 0; bit < sound.stored.size() * 8; ++bit) {
    member = sound;
    member.stored[bit / 8] = static_cast<char>(member.stored[bit / 8] ^ (1 << (bit % 8)));
    expect_defect_or_text(member, "some text, some text, some text");
  }
  member = sound;
  member.stored += "x";
  EXPECT_TRUE(holds(read_refusal(member), "zip-deflate: bytes follow the end"));
  member.stored = sound.stored.substr(0, sound.stored.size() - 3);
  EXPECT_TRUE(holds(read_refusal(member), "zip-deflate: its compressed bytes are damaged"));
  member = stored_member("m", "text");
  member.stored[1] = 'E';
  EXPECT_TRUE(holds(read_refusal(member), "zip-crc"));
}

TEST(BadZip, Z23_names_in_other_encodings_are_read_with_a_warning) {
  const Problem old_page = only_warning({stored_member("f\x81r.npy", "x")});
  EXPECT_EQ(old_page.code, "zip-name-encoding");
  EXPECT_EQ(old_page.member, "f\xC3\xBCr.npy");
  RawMember marked = stored_member("f\x81r.npy", "x");
  marked.flags = kUtf8;
  EXPECT_TRUE(holds(only_warning({marked}).found, "marked as UTF-8 and are not"));
  const auto with_path = [](const std::string& name, const std::string& path) {
    RawMember member = stored_member(name, "x");
    const std::string crc32 = little_endian(libdeflate_crc32(0, name.data(), name.size()), 4);
    member.extra = extra_field(kUnicodePath, "\x01" + crc32 + path);
    return member;
  };
  EXPECT_EQ(only_warning({with_path("\x94.npy", "\xC5\x91.npy")}).member, "\xC5\x91.npy");
  EXPECT_TRUE(open_zip({with_path("same", "same")})->warnings().empty());
  expect_problem(with_path("one", "two"), "zip-name-conflict", "one name",
                 "its Unicode path is two");
}

TEST(BadZip, Z27_what_systems_leave_behind_is_passed_over_and_counted) {
  const auto archive =
      open_zip({stored_member("images/a.npy", "1"), stored_member("__MACOSX/images/._a.npy", "2"),
                stored_member(".DS_Store", "3"), stored_member("images/Thumbs.db", "4")});
  EXPECT_EQ(archive->members().size(), 1U);
  EXPECT_TRUE(archive->problems().empty());
  EXPECT_EQ(archive->ignored().size(), 3U);
}

}  // namespace

}  // namespace volseg::archive
