// SPDX-License-Identifier: Apache-2.0
// Row Z02 of the catalogue of bad inputs: what of a truncated zip is whole.
#include "volseg/archive/salvage.h"

#include <gtest/gtest.h>

#include "volseg/archive/internal/opened_zip_test.h"
#include "volseg/archive/zip_writer.h"

namespace volseg::archive {

namespace {

using internal::bytes_of;
using internal::deflated_member;
using internal::directory_of;
using internal::get_file;
using internal::holds;
using internal::little_endian;
using internal::put_zip;
using internal::raw_zip;
using internal::RawMember;
using internal::refusal;
using internal::stored_member;
using internal::text_of;

std::string noise(size_t count) {
  std::string text(count, '\0');
  for (size_t index = 0; index < count; ++index) {
    text[index] = static_cast<char>((index * 2654435761U) >> 11);
  }
  return text;
}

std::vector<RawMember> three_members() {
  return {stored_member("a.txt", "hello"), deflated_member("b.npy", noise(5000)),
          deflated_member("c.npy", noise(7000))};
}

RawMember streamed(RawMember member) {
  member.flags |= 1U << 3;
  member.local_sizes = false;
  member.descriptor = little_endian(0x08074B50, 4) + little_endian(member.crc32, 4) +
                      little_endian(member.stored.size(), 4) + little_endian(member.size, 4);
  return member;
}

std::vector<std::string> whole_names(const Salvage& salvage) {
  std::vector<std::string> names;
  for (const SalvagedMember& member : salvage.members) {
    if (member.defect.empty()) {
      names.push_back(member.name);
    }
  }
  return names;
}

Salvage salvage_bytes(const std::string& bytes) { return salvage_zip(put_zip(bytes)); }

using Names = std::vector<std::string>;

TEST(Salvage, Z02_takes_all_members_before_the_cut) {
  const std::string whole = raw_zip(three_members());
  const Salvage in_directory = salvage_bytes(whole.substr(0, directory_of(whole) + 20));
  EXPECT_EQ(whole_names(in_directory), (Names{"a.txt", "b.npy", "c.npy"}));
  EXPECT_TRUE(in_directory.has_directory);
  const auto path = put_zip(whole.substr(0, directory_of(whole) - 5));
  EXPECT_FALSE(internal::open_refusal(get_file(path)).empty());
  const auto output = path.parent_path() / "rescued.zip";
  const Salvage salvage = salvage_zip(path, output);
  EXPECT_EQ(whole_names(salvage), (Names{"a.txt", "b.npy"}));
  EXPECT_EQ(salvage.whole_count(), 2);
  EXPECT_FALSE(salvage.has_directory);
  ASSERT_EQ(salvage.members.size(), 3U);
  EXPECT_TRUE(holds(salvage.members[2].defect, "cut off: ")) << salvage.members[2].defect;
  const auto archive = Archive::open(output);
  ASSERT_EQ(archive->members().size(), 2U);
  EXPECT_EQ(text_of(archive->read(*archive->find("a.txt"))), "hello");
  EXPECT_EQ(text_of(archive->read(*archive->find("b.npy"))), noise(5000));
}

TEST(Salvage, Z02_of_a_zip_cut_at_any_length_never_takes_a_part) {
  const std::vector<RawMember> members = three_members();
  const std::string whole = raw_zip(members);
  for (size_t length = 30; length < whole.size(); length += length < 100 ? 1 : 37) {
    const Salvage salvage = salvage_bytes(whole.substr(0, length));
    size_t end = 0;
    size_t expected = 0;
    for (const RawMember& member : members) {
      end += 30 + member.name.size() + member.stored.size();
      expected += end <= length ? 1 : 0;
    }
    EXPECT_EQ(whole_names(salvage).size(), expected) << length;
  }
}

TEST(Salvage, finds_the_end_of_streamed_members) {
  const std::string whole = raw_zip({streamed(deflated_member("a.npy", noise(5000))),
                                     streamed(deflated_member("b.npy", noise(3'000'000))),
                                     streamed(deflated_member("c.npy", noise(900)))});
  EXPECT_EQ(whole_names(salvage_bytes(whole)), (Names{"a.npy", "b.npy", "c.npy"}));
  const Salvage cut = salvage_bytes(whole.substr(0, directory_of(whole) - 1));
  EXPECT_EQ(whole_names(cut), (Names{"a.npy", "b.npy"}));
  EXPECT_EQ(cut.members.back().name, "c.npy");
  std::string damaged = whole;
  damaged[60] = static_cast<char>(damaged[60] ^ 0x40);
  EXPECT_EQ(whole_names(salvage_bytes(damaged)), (Names{"b.npy", "c.npy"}));
  const Salvage stored = salvage_bytes(
      raw_zip({streamed(stored_member("a.npy", "stored")), stored_member("b.txt", "b")}));
  EXPECT_EQ(whole_names(stored), Names{"b.txt"});
  EXPECT_TRUE(holds(stored.members[0].defect, "without its length"));
}

TEST(Salvage, passes_over_damaged_members_and_other_bytes) {
  std::string whole = raw_zip(three_members());
  const size_t second = whole.find("b.npy") + 200;
  whole[second] = static_cast<char>(whole[second] ^ 0x40);
  const Salvage salvage = salvage_bytes("other bytes" + whole);
  EXPECT_EQ(whole_names(salvage), (Names{"a.txt", "c.npy"}));
  EXPECT_TRUE(holds(salvage.members[1].defect, "zip-")) << salvage.members[1].defect;
  // Its header is gone, so that nothing tells of the second member.
  std::string overwritten = raw_zip(three_members());
  overwritten.replace(overwritten.find("PK\x03\x04", 4), 60, std::string(60, '\0'));
  EXPECT_EQ(whole_names(salvage_bytes(overwritten)), (Names{"a.txt", "c.npy"}));
}

TEST(Salvage, does_not_show_the_members_of_a_zip_inside_a_cut_member) {
  const std::string inner = raw_zip(three_members());
  const std::string whole =
      raw_zip({stored_member("first.txt", "first"), stored_member("inner.zip", inner)});
  EXPECT_EQ(whole_names(salvage_bytes(whole)), (Names{"first.txt", "inner.zip"}));
  EXPECT_EQ(whole_names(salvage_bytes(whole.substr(0, directory_of(whole) - 40))),
            Names{"first.txt"});
}

TEST(Salvage, takes_no_unsafe_name_and_guesses_between_no_two_members) {
  RawMember encrypted = stored_member("locked.txt", "secret");
  encrypted.flags = 1;
  const Salvage salvage = salvage_bytes(raw_zip(
      {stored_member("../outside", "x"), encrypted, stored_member("same", "1"),
       stored_member("twice", "1"), stored_member("same", "1"), stored_member("twice", "2")}));
  EXPECT_EQ(whole_names(salvage), Names{"same"});
  EXPECT_TRUE(holds(salvage.members[0].defect, "zip-unsafe-name"));
  EXPECT_TRUE(holds(salvage.members[1].defect, "zip-encrypted"));
  EXPECT_TRUE(holds(salvage.members[3].defect, "2 different members of this name"));
}

TEST(Salvage, refuses_what_shows_no_member) {
  const auto of = [](const std::string& bytes) {
    return refusal([&] { static_cast<void>(salvage_bytes(bytes)); });
  };
  EXPECT_TRUE(holds(of("<html>not found</html>"), "no member of a zip found"));
  EXPECT_TRUE(holds(of(std::string(100'000, 'P')), "no member of a zip found"));
  const auto path = put_zip(raw_zip(three_members()).substr(0, 33));
  const auto output = path.parent_path() / "rescued.zip";
  EXPECT_TRUE(holds(refusal([&] { static_cast<void>(salvage_zip(path, output)); }),
                    "none of its members is whole"));
  EXPECT_FALSE(std::filesystem::exists(output));
  EXPECT_TRUE(holds(refusal([&] { static_cast<void>(salvage_zip(path, path)); }, ErrorKind::kUsage),
                    "is an input"));
}

TEST(Salvage, of_forged_headers_takes_linear_time) {
  std::string forged;
  const RawMember member = streamed(deflated_member("a", std::string(100'000, 'a')));
  const std::string zip = raw_zip({member});
  const std::string header = zip.substr(0, 31);
  for (int count = 0; count < 200'000; ++count) {
    forged += header;
  }
  EXPECT_EQ(salvage_bytes(forged).whole_count(), 0);
}

}  // namespace

}  // namespace volseg::archive
