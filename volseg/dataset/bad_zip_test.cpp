// SPDX-License-Identifier: Apache-2.0
// What zips and folders mean for a dataset; the ids are those of the catalogue of bad inputs.
#include <gtest/gtest.h>

#include <filesystem>

#include "volseg/archive/archive.h"
#include "volseg/core/files.h"
#include "volseg/dataset/findings.h"
#include "volseg/dataset/internal/made_dataset_test.h"

namespace volseg::dataset {

namespace {

using internal::check_made;
using internal::holds;
using internal::MadeDataset;
using internal::MadeTable;
using internal::only;

TEST(BadZip, Z21_a_damaged_file_that_nothing_uses_is_found) {
  MadeDataset made;
  made.add_train({{"a.npy"}, {"b.npy"}}).add_text("notes.png", "a note that is stored as it is");
  const auto path = made.write();
  std::string bytes = core::read_text(path);
  bytes[bytes.find("a note that")] = 'A';
  core::write_text(path, bytes, core::Overwrite::kYes);
  const Finding finding = only(check(path, {}, {}), "member-unreadable");
  EXPECT_EQ(finding.member, "notes.png");
  EXPECT_TRUE(holds(finding.found, "zip-crc: its bytes do not match their checksum"));
}

TEST(BadZip, Z26_a_dataset_inside_a_zip_inside_a_zip_is_not_looked_for) {
  MadeDataset inner;
  const auto path = inner.add_train({{"a.npy"}, {"b.npy"}}).write();
  MadeDataset outer;
  outer.add("inner.zip", core::read_file(path));
  EXPECT_EQ(only(check_made(outer), "no-table").severity, Severity::kError);
}

TEST(BadZip, Z27_what_systems_leave_behind_is_counted) {
  MadeDataset made;
  made.add_train({{"a.npy"}, {"b.npy"}})
      .add_text("__MACOSX/._train.pq", "x")
      .add_text("images/.DS_Store", "x");
  const CheckReport report = check_made(made);
  EXPECT_EQ(report.count(Severity::kError), 0);
  EXPECT_EQ(report.ignored_members, 2);
}

TEST(BadZip, Z28_several_tables_are_listed) {
  MadeDataset folders;
  folders.add_table("one/train.pq", MadeTable({{"a.npy"}}))
      .add_table("two/train.pq", MadeTable({{"a.npy"}}));
  EXPECT_TRUE(
      holds(only(check_made(folders), "table-ambiguous").found, "one/train.pq or two/train.pq"));
  MadeDataset stems;
  stems.add_table("train.parquet", MadeTable({{"a.npy"}}))
      .add_table("train.pq", MadeTable({{"a.npy"}}));
  EXPECT_TRUE(holds(only(check_made(stems), "table-ambiguous").found, "train.parquet or train.pq"));
}

TEST(BadZip, Z28_a_dataset_below_one_folder_is_read) {
  MadeDataset made;
  made.add_table("set/train.pq", MadeTable({{"a.npy"}, {"b.npy"}}))
      .add_image("set/images/a.npy")
      .add_image("set/images/b.npy", 7);
  EXPECT_EQ(check_made(made).count(Severity::kError), 0);
}

TEST(BadZip, Z28_a_dataset_without_a_table_is_a_finding) {
  MadeDataset made;
  made.add_image("images/a.npy");
  EXPECT_FALSE(only(check_made(made), "no-table").fix.empty());
}

TEST(BadZip, a_folder_with_the_zip_and_the_unpacked_folder_give_the_same_findings) {
  MadeDataset made;
  made.add_train({{"a.npy"}, {"b.npy"}}).add_image("images/unused.npy");
  const auto zip = made.write();
  const auto folder = made.folder() / "inside";
  std::filesystem::create_directories(folder);
  std::filesystem::copy_file(zip, folder / "data.zip");
  const auto plain = made.folder() / "plain";
  const auto archive = archive::Archive::open(zip);
  for (const archive::Member& member : archive->members()) {
    std::filesystem::create_directories((plain / member.name).parent_path());
    core::write_file(plain / member.name, archive->read(member).bytes(), core::Overwrite::kNo);
  }
  const std::string expected = to_text(check(zip, {}, {}));
  EXPECT_TRUE(holds(expected, "image-unused"));
  EXPECT_EQ(to_text(check(folder, {}, {})), expected);
  EXPECT_EQ(to_text(check(plain, {}, {})), expected);
}

}  // namespace

}  // namespace volseg::dataset
