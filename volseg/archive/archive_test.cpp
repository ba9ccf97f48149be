// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/archive.h"

#include <gtest/gtest.h>

#include <array>
#include <map>

#include "volseg/archive/internal/raw_zip_test.h"
#include "volseg/core/error.h"
#include "volseg/core/random.h"
#include "volseg/core/threads.h"

namespace volseg::archive {

namespace {

using internal::deflated_member;
using internal::fresh_folder;
using internal::put_file;
using internal::raw_zip;
using internal::RawMember;
using internal::stored_member;
using internal::text_of;

std::filesystem::path put_zip(const std::string& bytes) {
  const auto path = fresh_folder("zip") / "data.zip";
  put_file(path, bytes);
  return path;
}

std::unique_ptr<Archive> open_zip(const std::vector<RawMember>& members,
                                  const Limits& limits = {}) {
  return Archive::open(put_zip(raw_zip(members)), limits);
}

std::string refusal(const std::function<void()>& work, ErrorKind kind = ErrorKind::kFormat) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was refused";
  return {};
}

std::string open_refusal(const std::string& bytes) {
  const auto path = put_zip(bytes);
  return refusal([&] { static_cast<void>(Archive::open(path)); });
}

std::string read_refusal(const RawMember& member) {
  const auto archive = open_zip({member});
  EXPECT_EQ(archive->members().size(), 1U);
  return refusal([&] { static_cast<void>(archive->read(archive->members().at(0))); });
}

/// The one problem of a zip that also holds a sound member "ok".
Problem only_problem(const RawMember& member, const Limits& limits = {}) {
  const auto archive = open_zip({stored_member("ok", "1"), member}, limits);
  EXPECT_EQ(archive->members().size(), 1U);
  EXPECT_EQ(archive->problems().size(), 1U);
  return archive->problems().empty() ? Problem{} : archive->problems()[0];
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Archive, reads_stored_and_deflated_members_sorted_by_name) {
  const std::string text(5000, 'x');
  const auto archive = open_zip(
      {deflated_member("z/b.npy", text), stored_member("a.pq", "PAR1"), stored_member("e", "")});
  ASSERT_EQ(archive->members().size(), 3U);
  EXPECT_EQ(archive->name(), "data.zip");
  EXPECT_EQ(archive->members()[0].name, "a.pq");
  EXPECT_EQ(archive->members()[2].size_bytes, 5000);
  EXPECT_EQ(text_of(archive->read(*archive->find("z/b.npy"))), text);
  EXPECT_EQ(text_of(archive->read(*archive->find("a.pq"))), "PAR1");
  EXPECT_EQ(text_of(archive->read(*archive->find("e"))), "");
  EXPECT_EQ(archive->find("z"), nullptr);
}

TEST(Archive, names_what_is_not_a_zip) {
  EXPECT_TRUE(holds(open_refusal(""), "[archive.open] "));
  for (const std::string& bytes :
       {std::string(), std::string(21, '\0'), std::string("<html><body>404</body></html>"),
        std::string(70'000, 'P')}) {
    EXPECT_TRUE(holds(open_refusal(bytes), "zip-no-end-record")) << bytes.size();
  }
}

TEST(Archive, refuses_a_zip_cut_at_any_length) {
  const std::string whole =
      raw_zip({stored_member("a.txt", "hello"), deflated_member("b.txt", std::string(99, 'b'))});
  for (size_t length = 4; length < whole.size(); ++length) {
    EXPECT_TRUE(holds(open_refusal(whole.substr(0, length)), "zip-truncated")) << length;
  }
}

TEST(Archive, refuses_bytes_before_or_after_and_directories_that_contradict) {
  const std::string whole = raw_zip({stored_member("a.txt", "hello")});
  std::string renamed = whole;
  renamed[30] = 'b';
  std::string counted = whole;
  counted[whole.size() - 22 + 8] = 2;
  counted[whole.size() - 22 + 10] = 2;
  for (const std::string& bytes :
       {"junk" + whole, whole + "junk", whole + whole, renamed, counted}) {
    EXPECT_TRUE(holds(open_refusal(bytes), "zip-")) << bytes.size();
  }
}

TEST(Archive, refuses_members_that_overlap) {
  std::string bytes = raw_zip({stored_member("a", std::string(400, 'x')), stored_member("b", "y")});
  const size_t second = bytes.find("PK\x01\x02", bytes.find("PK\x01\x02") + 1);
  const size_t local = bytes.rfind("PK\x03\x04");
  for (const size_t field : {second + 20, second + 24, local + 18, local + 22}) {
    bytes[field] = '\x01';
    bytes[field + 1] = '\x04';
  }
  EXPECT_TRUE(holds(open_refusal(bytes), "zip-"));
}

TEST(Archive, lists_unsafe_names_as_problems) {
  using std::string_literals::operator""s;
  for (const std::string& name :
       {"../x"s, "a/../../x"s, "/x"s, "C:\\x"s, "..\\x"s, "a\nb"s, "."s, std::string(5000, 'n')}) {
    EXPECT_EQ(only_problem(stored_member(name, "x")).code, "zip-unsafe-name") << name;
  }
  EXPECT_EQ(only_problem(stored_member("a\nb", "x")).member, "a\\x0Ab");
}

TEST(Archive, lists_members_that_it_cannot_use_as_problems) {
  RawMember member = stored_member("m", "hello hello");
  member.flags = 1;
  EXPECT_EQ(only_problem(member).code, "zip-encrypted");
  member.flags = 0;
  member.method = 12;
  EXPECT_EQ(only_problem(member).code, "zip-unsupported-method");
  EXPECT_EQ(only_problem(member).found, "bzip2 (12)");
  member.method = 0;
  member.unix_mode = 0120777;
  EXPECT_EQ(only_problem(member).code, "zip-not-regular");
  EXPECT_EQ(only_problem(member).found, "a symbolic link");
  member.unix_mode = 0;
  member.size = 12;
  EXPECT_EQ(only_problem(member).code, "zip-size");
}

TEST(Archive, lists_members_over_the_caps_as_problems) {
  RawMember bomb = deflated_member("bomb", std::string(100'000, '\0'));
  EXPECT_EQ(only_problem(bomb, {.member_bytes = 99'999}).code, "zip-too-large");
  bomb.size = 4'000'000'000U;
  EXPECT_EQ(only_problem(bomb).code, "zip-ratio");
}

TEST(Archive, lists_a_repeated_name_once_and_uses_neither_member) {
  const auto archive =
      open_zip({stored_member("a", "1"), stored_member("b", "2"), stored_member("a", "3")});
  ASSERT_EQ(archive->members().size(), 1U);
  EXPECT_EQ(archive->members()[0].name, "b");
  ASSERT_EQ(archive->problems().size(), 1U);
  EXPECT_EQ(archive->problems()[0].code, "zip-duplicate-name");
  EXPECT_EQ(archive->problems()[0].member, "a");
}

TEST(Archive, passes_over_folders_and_what_systems_leave_behind) {
  RawMember folder = stored_member("images/", "");
  folder.unix_mode = 040755;
  const auto archive = open_zip({folder, stored_member("images/a.npy", "1"),
                                 stored_member("__MACOSX/images/._a.npy", "2"),
                                 stored_member("images/.DS_Store", "3")});
  EXPECT_EQ(archive->members().size(), 1U);
  EXPECT_TRUE(archive->problems().empty());
  EXPECT_EQ(archive->ignored(),
            (std::vector<std::string>{"__MACOSX/images/._a.npy", "images/.DS_Store"}));
}

TEST(Archive, gives_a_name_in_code_page_437_as_utf8) {
  const auto archive = open_zip({stored_member("f\x81r.npy", "x")});
  EXPECT_NE(archive->find("f\xC3\xBCr.npy"), nullptr);
}

TEST(Archive, refuses_too_many_members) {
  const auto path = put_zip(raw_zip({stored_member("a", "1"), stored_member("b", "2")}));
  EXPECT_TRUE(holds(
      refusal([&] { static_cast<void>(Archive::open(path, {.members = 1})); }, ErrorKind::kLimit),
      "zip-too-many-members"));
}

TEST(Archive, checks_size_and_checksum_of_what_it_reads) {
  RawMember member = deflated_member("m", "some text, some text, some text");
  const RawMember sound = member;
  member.crc32 ^= 1;
  EXPECT_TRUE(holds(read_refusal(member), "member m: zip-crc"));
  member = sound;
  member.size -= 1;
  EXPECT_TRUE(holds(read_refusal(member), "zip-size: expands to more"));
  member.size += 2;
  EXPECT_TRUE(holds(read_refusal(member), "zip-size: expands to 31 bytes"));
  member = sound;
  member.stored += "x";
  EXPECT_TRUE(holds(read_refusal(member), "zip-deflate: bytes follow"));
  member.stored = sound.stored.substr(0, sound.stored.size() - 3);
  EXPECT_TRUE(holds(read_refusal(member), "zip-deflate"));
  member = stored_member("s", "text");
  member.stored[1] = 'E';
  EXPECT_TRUE(holds(read_refusal(member), "zip-crc"));
}

TEST(Archive, gives_an_error_when_the_file_shrinks_or_changes_while_open) {
  const std::string bytes = raw_zip({stored_member("a", std::string(300'000, 'a'))});
  const auto path = put_zip(bytes);
  const auto archive = Archive::open(path);
  put_file(path, std::string(bytes.size(), 'z'));
  EXPECT_TRUE(
      holds(refusal([&] { static_cast<void>(archive->read(archive->members()[0])); }), "zip-"));
  std::filesystem::resize_file(path, 1000);
  EXPECT_TRUE(holds(refusal([&] { static_cast<void>(archive->read(archive->members()[0])); }),
                    "zip-changed"));
}

TEST(Archive, never_crashes_on_flipped_bits) {
  const std::string whole =
      raw_zip({stored_member("a.txt", "hello"), deflated_member("b.txt", std::string(300, 'b'))});
  const auto path = put_zip(whole);
  int sound = 0;
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string bytes = whole;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    std::filesystem::remove(path);
    put_file(path, bytes);
    try {
      const auto archive = Archive::open(path);
      for (const Member& member : archive->members()) {
        const core::Buffer read = archive->read(member);
        EXPECT_EQ(read.size_bytes(), member.size_bytes);
      }
      ++sound;
    } catch (const Error&) {
    }
  }
  EXPECT_LT(sound, static_cast<int>(whole.size() * 8));
}

TEST(Archive, reads_from_many_threads_at_once) {
  std::vector<RawMember> members;
  for (int number = 0; number < 40; ++number) {
    members.push_back(deflated_member(
        "m" + std::to_string(number),
        std::string(static_cast<size_t>(1000 + 37 * number), static_cast<char>('A' + number))));
  }
  const auto archive = open_zip(members);
  const core::ThreadPool pool(4);
  pool.for_each(400, [&](int64_t index) {
    const Member& member = archive->members()[static_cast<size_t>(index % 40)];
    const int number = std::stoi(member.name.substr(1));
    const std::string text = text_of(archive->read(member));
    EXPECT_EQ(text, std::string(static_cast<size_t>(1000 + 37 * number),
                                static_cast<char>('A' + number)));
  });
}

TEST(Archive, sees_a_folder_as_members) {
  const auto folder = fresh_folder("folder") / "data";
  put_file(folder / "train.pq", "PAR1");
  put_file(folder / "images" / "b.npy", "bb");
  put_file(folder / "images" / "a.npy", "a");
  put_file(folder / "images" / "Thumbs.db", "t");
  std::filesystem::create_symlink("a.npy", folder / "images" / "link.npy");
  put_file(folder / "bad\\name", "x");
  for (const auto& path : {folder, folder / ""}) {
    const auto archive = Archive::open(path);
    EXPECT_EQ(archive->name(), "data");
    ASSERT_EQ(archive->members().size(), 3U);
    EXPECT_EQ(archive->members()[0].name, "images/a.npy");
    EXPECT_EQ(archive->members()[1].index, 1);
    EXPECT_EQ(text_of(archive->read(*archive->find("images/b.npy"))), "bb");
    EXPECT_EQ(archive->ignored(), std::vector<std::string>{"images/Thumbs.db"});
    ASSERT_EQ(archive->problems().size(), 2U);
    EXPECT_EQ(archive->problems()[0].code, "folder-unsafe-name");
    EXPECT_EQ(archive->problems()[1].code, "folder-not-regular");
  }
}

TEST(Archive, reports_a_folder_member_that_changed_or_vanished) {
  const auto folder = fresh_folder("changing");
  put_file(folder / "a", "1");
  const auto archive = Archive::open(folder);
  const auto read = [&] { static_cast<void>(archive->read(archive->members()[0])); };
  put_file(folder / "a", "12");
  EXPECT_TRUE(holds(refusal(read), "folder-changed"));
  std::filesystem::remove(folder / "a");
  refusal(read, ErrorKind::kNotFound);
}

TEST(Archive, refuses_what_is_missing_or_not_a_file) {
  refusal([] { static_cast<void>(Archive::open(fresh_folder("none") / "x.zip")); },
          ErrorKind::kNotFound);
  refusal([] { static_cast<void>(Archive::open("/dev/null")); }, ErrorKind::kIo);
  const auto archive = open_zip({stored_member("a", "1")});
  refusal([&] { static_cast<void>(archive->read({.name = "b"})); }, ErrorKind::kNotFound);
}

}  // namespace

}  // namespace volseg::archive
