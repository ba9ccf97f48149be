// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/archive.h"

#include <gtest/gtest.h>

#include "volseg/archive/internal/opened_zip_test.h"
#include "volseg/archive/internal/raw_zip_test.h"
#include "volseg/core/error.h"
#include "volseg/core/random.h"
#include "volseg/core/threads.h"

namespace volseg::archive {

namespace {

using internal::deflated_member;
using internal::fresh_folder;
using internal::holds;
using internal::open_refusal;
using internal::open_zip;
using internal::put_file;
using internal::put_zip;
using internal::raw_zip;
using internal::RawMember;
using internal::refusal;
using internal::stored_member;
using internal::text_of;

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

TEST(Archive, refuses_a_zip_cut_at_any_length) {
  const std::string whole =
      raw_zip({stored_member("a.txt", "hello"), deflated_member("b.txt", std::string(99, 'b'))});
  for (size_t length = 4; length < whole.size(); ++length) {
    EXPECT_TRUE(holds(open_refusal(whole.substr(0, length)), "zip-truncated")) << length;
  }
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

TEST(Archive, refuses_too_many_members) {
  const auto path = put_zip(raw_zip({stored_member("a", "1"), stored_member("b", "2")}));
  EXPECT_TRUE(holds(
      refusal([&] { static_cast<void>(Archive::open(path, {.members = 1})); }, ErrorKind::kLimit),
      "zip-too-many-members"));
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
