// SPDX-License-Identifier: Apache-2.0
// Zips that change while open, zips inside folders and zips, and memory; the ids are those of the
// catalogue of bad inputs.
#include <gtest/gtest.h>

#include "volseg/archive/internal/memory_limit_test.h"
#include "volseg/archive/internal/opened_zip_test.h"

namespace volseg::archive {

namespace {

using internal::deflated_member;
using internal::fresh_folder;
using internal::holds;
using internal::kHasMemoryLimit;
using internal::kMostExtraBytes;
using internal::memory_error_within;
using internal::open_refusal;
using internal::open_zip;
using internal::put_file;
using internal::put_zip;
using internal::raw_zip;
using internal::RawMember;
using internal::refusal;
using internal::stored_member;
using internal::text_of;

std::string read_refusal_of(const Archive& archive) {
  return refusal([&] { static_cast<void>(archive.read(archive.members().at(0))); });
}

std::string pieces_refusal_of(const Archive& archive) {
  return refusal([&] {
    archive.read_pieces(archive.members().at(0), [](std::span<const std::byte> /*piece*/) {});
  });
}

TEST(BadZip, Z25_a_zip_that_shrinks_while_open_gives_an_error) {
  const auto path = put_zip(raw_zip({stored_member("a", std::string(5'000'000, 'a'))}));
  const auto archive = Archive::open(path);
  std::filesystem::resize_file(path, 1000);
  EXPECT_TRUE(holds(read_refusal_of(*archive), "member a: zip-changed: "));
  EXPECT_TRUE(holds(pieces_refusal_of(*archive), "member a: zip-changed: "));
}

TEST(BadZip, Z25_a_zip_that_shrinks_between_two_pieces_gives_an_error) {
  const auto path = put_zip(raw_zip({stored_member("a", std::string(5'000'000, 'a'))}));
  const auto archive = Archive::open(path);
  const auto shrink = [&](std::span<const std::byte> /*piece*/) {
    std::filesystem::resize_file(path, 1'000'000);
  };
  EXPECT_TRUE(holds(refusal([&] { archive->read_pieces(archive->members()[0], shrink); }),
                    "zip-changed: the file became shorter while it was open"));
}

TEST(BadZip, Z25_a_zip_that_is_replaced_or_removed_while_open_gives_an_error) {
  const std::string bytes = raw_zip({stored_member("a", "first")});
  const auto path = put_zip(bytes);
  const auto archive = Archive::open(path);
  put_file(path.parent_path() / "other.zip", bytes);
  std::filesystem::rename(path.parent_path() / "other.zip", path);
  EXPECT_TRUE(holds(read_refusal_of(*archive), "zip-changed: the file was changed or replaced"));
  const auto again = Archive::open(path);
  std::filesystem::remove(path);
  EXPECT_TRUE(holds(read_refusal_of(*again), "zip-changed: the file was changed or replaced"));
}

TEST(BadZip, Z26_a_zip_inside_a_zip_is_a_plain_member) {
  const std::string inner = raw_zip({stored_member("train.pq", "PAR1")});
  const auto archive = open_zip({stored_member("inner.zip", inner)});
  ASSERT_EQ(archive->members().size(), 1U);
  EXPECT_EQ(text_of(archive->read(*archive->find("inner.zip"))), inner);
}

TEST(BadZip, Z26_another_archive_named_zip_is_refused) {
  for (const std::string& head :
       {std::string("\x1F\x8B\x08\0\0\0\0\0\0\x03", 10), std::string("7z\xBC\xAF\x27\x1C"),
        std::string("Rar!\x1A\x07\x01")}) {
    EXPECT_TRUE(holds(open_refusal(head + std::string(600, '\x55')),
                      "zip-no-end-record: not a zip file; expected a zip or a folder"));
  }
}

TEST(BadZip, Z28_a_folder_with_one_zip_is_that_zip) {
  const auto folder = fresh_folder("one_zip");
  put_file(folder / "Data.ZIP", raw_zip({stored_member("train.pq", "PAR1")}));
  put_file(folder / ".DS_Store", "left behind");
  const auto archive = Archive::open(folder);
  EXPECT_EQ(archive->name(), "Data.ZIP");
  EXPECT_NE(archive->find("train.pq"), nullptr);
  put_file(folder / "damaged.zip", "no zip");
  EXPECT_EQ(Archive::open(folder)->members().size(), 2U);
  std::filesystem::remove(folder / "Data.ZIP");
  EXPECT_TRUE(holds(refusal([&] { static_cast<void>(Archive::open(folder)); }),
                    "damaged.zip: zip-no-end-record"));
}

TEST(BadZip, Z28_a_folder_and_a_zip_of_it_have_the_same_members) {
  const auto folder = fresh_folder("same");
  const std::vector<std::pair<std::string, std::string>> files = {
      {"train.pq", "PAR1"}, {"images/a.npy", "aa"}, {"images/b.npy", "bbb"}, {".DS_Store", "x"}};
  std::vector<RawMember> members;
  for (const auto& [name, text] : files) {
    put_file(folder / name, text);
    members.push_back(deflated_member(name, text));
  }
  const auto plain = Archive::open(folder);
  const auto zip = open_zip(members);
  ASSERT_EQ(plain->members().size(), zip->members().size());
  EXPECT_EQ(plain->ignored(), zip->ignored());
  for (const Member& member : plain->members()) {
    ASSERT_NE(zip->find(member.name), nullptr) << member.name;
    EXPECT_EQ(zip->find(member.name)->size_bytes, member.size_bytes);
    std::string pieces;
    plain->read_pieces(member, [&](std::span<const std::byte> piece) {
      pieces.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    });
    EXPECT_EQ(text_of(zip->read(*zip->find(member.name))), pieces);
  }
}

TEST(ZipMemory, opening_stays_within_the_bound_whatever_sizes_are_declared) {
  if (!kHasMemoryLimit) {
    GTEST_SKIP() << "no limit under sanitizers";
  }
  std::vector<RawMember> bombs;
  for (int number = 0; number < 200; ++number) {
    bombs.push_back(deflated_member("bomb" + std::to_string(number), std::string(500'000, '\0')));
    bombs.back().size = 0xFFFFFFF0U;
  }
  const auto path = put_zip(raw_zip(bombs));
  EXPECT_EQ(memory_error_within(kMostExtraBytes,
                                [&] {
                                  const auto archive = Archive::open(path);
                                  return archive->members().empty() &&
                                         archive->problems().size() == 200;
                                }),
            "");
}

TEST(ZipMemory, Z11_a_bomb_takes_no_more_than_its_declared_size) {
  if (!kHasMemoryLimit) {
    GTEST_SKIP() << "no limit under sanitizers";
  }
  constexpr int64_t kBombBytes = int64_t{80} << 20;
  const auto path = put_zip(raw_zip({deflated_member("bomb", std::string(kBombBytes, '\0'))}));
  const auto read_whole = [&] {
    const auto archive = Archive::open(path);
    return archive->read(archive->members().at(0)).size_bytes() == kBombBytes;
  };
  EXPECT_EQ(memory_error_within(kBombBytes + kMostExtraBytes, read_whole), "");
  EXPECT_TRUE(holds(memory_error_within(kBombBytes / 2, read_whole), "no memory for a block"));
  EXPECT_EQ(memory_error_within(kMostExtraBytes / 4,
                                [&] {
                                  const auto archive = Archive::open(path);
                                  int64_t bytes = 0;
                                  archive->read_pieces(archive->members().at(0), [&](auto piece) {
                                    bytes += static_cast<int64_t>(piece.size());
                                  });
                                  return bytes == kBombBytes;
                                }),
            "");
}

TEST(ZipMemory, Z12_a_member_larger_than_declared_stops_at_the_declared_size) {
  if (!kHasMemoryLimit) {
    GTEST_SKIP() << "no limit under sanitizers";
  }
  RawMember member = deflated_member("m", std::string(size_t{100} << 20, '\0'));
  member.size = 1'000'000;
  const auto path = put_zip(raw_zip({member}));
  EXPECT_TRUE(holds(memory_error_within(kMostExtraBytes,
                                        [&] {
                                          const auto archive = Archive::open(path);
                                          static_cast<void>(archive->read(archive->members()[0]));
                                          return true;
                                        }),
                    "zip-size: expands to more than the declared 1000000 bytes"));
}

}  // namespace

}  // namespace volseg::archive
