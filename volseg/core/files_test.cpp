// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <functional>

#include "volseg/core/error.h"
#include "volseg/core/file_size_limit_test.h"

namespace volseg::core {

namespace {

namespace fs = std::filesystem;

fs::path fresh_folder() {
  static std::atomic<int> counter{0};
  const fs::path path =
      fs::path(::testing::TempDir()) /
      ("volseg_core_" + std::to_string(getpid()) + "_" + std::to_string(counter++));
  fs::remove_all(path);
  fs::create_directories(path);
  return path;
}

size_t entries_in(const fs::path& folder) {
  const fs::directory_iterator entries(folder);
  return static_cast<size_t>(std::distance(begin(entries), end(entries)));
}

void expect_error(ErrorKind kind, const std::function<void()>& work) {
  try {
    work();
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
  }
}

TEST(Files, reads_back_what_was_written) {
  const fs::path path = fresh_folder() / "a.txt";
  write_text(path, "one\ntwo", Overwrite::kNo);
  EXPECT_EQ(read_text(path), "one\ntwo");
  EXPECT_EQ(read_file(path).size_bytes(), 7);
  expect_error(ErrorKind::kLimit, [&] { static_cast<void>(read_file(path, 6)); });
}

TEST(Files, names_what_cannot_be_read) {
  const fs::path folder = fresh_folder();
  expect_error(ErrorKind::kNotFound, [&] { static_cast<void>(read_file(folder / "none")); });
  expect_error(ErrorKind::kIo, [&] { static_cast<void>(read_file(folder)); });
  expect_error(ErrorKind::kIo, [] { static_cast<void>(read_file("/dev/zero")); });
}

TEST(Files, replaces_a_file_only_when_told) {
  const fs::path path = fresh_folder() / "a.txt";
  write_text(path, "old", Overwrite::kNo);
  expect_error(ErrorKind::kIo, [&] { write_text(path, "new", Overwrite::kNo); });
  EXPECT_EQ(read_text(path), "old");
  write_text(path, "new", Overwrite::kYes);
  EXPECT_EQ(read_text(path), "new");
  expect_error(ErrorKind::kIo,
               [&] { check_output(path.parent_path() / "none" / "a", Overwrite::kYes); });
}

TEST(Files, never_replaces_a_device) {
  EXPECT_THROW(check_output("/dev/null", Overwrite::kYes), Error);
  EXPECT_THROW(write_text("/dev/null", "text", Overwrite::kYes), Error);
}

TEST(OutputFile, appears_whole_on_commit_and_not_before) {
  const fs::path path = fresh_folder() / "a.txt";
  {
    OutputFile file(path, Overwrite::kNo);
    file.write("half");
    EXPECT_FALSE(fs::exists(path));
  }
  EXPECT_EQ(entries_in(path.parent_path()), 0U);
  OutputFile file(path, Overwrite::kNo);
  file.write("whole");
  file.commit();
  EXPECT_EQ(read_text(path), "whole");
  EXPECT_EQ(entries_in(path.parent_path()), 1U);
}

TEST(OutputFile, leaves_nothing_behind_when_the_disk_is_full) {
  const fs::path path = fresh_folder() / "a.bin";
  const FileSizeLimit limit(1000);
  expect_error(ErrorKind::kIo, [&] { write_text(path, std::string(5000, 'x'), Overwrite::kNo); });
  EXPECT_EQ(entries_in(path.parent_path()), 0U);
}

TEST(OutputFile, keeps_the_old_file_when_the_disk_is_full) {
  const fs::path path = fresh_folder() / "a.bin";
  write_text(path, "old", Overwrite::kNo);
  const FileSizeLimit limit(1000);
  expect_error(ErrorKind::kIo, [&] { write_text(path, std::string(5000, 'x'), Overwrite::kYes); });
  EXPECT_EQ(read_text(path), "old");
  EXPECT_EQ(entries_in(path.parent_path()), 1U);
}

TEST(OutputFolder, appears_whole_on_commit_and_replaces_only_when_told) {
  const fs::path path = fresh_folder() / "run";
  { const OutputFolder folder(path, Overwrite::kNo); }
  EXPECT_EQ(entries_in(path.parent_path()), 0U);
  OutputFolder folder(path / "", Overwrite::kNo);
  write_text(folder.temporary_path() / "a", "1", Overwrite::kNo);
  EXPECT_FALSE(fs::exists(path));
  folder.commit();
  EXPECT_EQ(read_text(path / "a"), "1");
  expect_error(ErrorKind::kIo, [&] { const OutputFolder second(path, Overwrite::kNo); });
  OutputFolder third(path, Overwrite::kYes);
  third.commit();
  EXPECT_FALSE(fs::exists(path / "a"));
  EXPECT_EQ(entries_in(path.parent_path()), 1U);
}

TEST(OutputFolder, never_replaces_a_folder_that_someone_else_filled) {
  const fs::path folder = fresh_folder();
  write_text(folder / "thesis.txt", "text", Overwrite::kNo);
  expect_error(ErrorKind::kIo, [&] { OutputFolder(folder, Overwrite::kYes).commit(); });
  EXPECT_EQ(read_text(folder / "thesis.txt"), "text");
}

TEST(Files, refuses_an_output_that_is_an_input) {
  const fs::path folder = fresh_folder();
  write_text(folder / "a", "text", Overwrite::kNo);
  expect_error(ErrorKind::kUsage, [&] { check_not_input(folder / "." / "a", folder / "a"); });
  EXPECT_NO_THROW(check_not_input(folder / "b", folder / "a"));
  fs::create_directories(folder / "labels/deep");
  write_text(folder / "labels/deep/case.npy", "voxels", Overwrite::kNo);
  write_text(folder / "labels/scores.csv", "1", Overwrite::kNo);
  expect_error(ErrorKind::kUsage,
               [&] { check_not_input(folder / "labels/deep/case.npy", folder / "labels"); });
  EXPECT_NO_THROW(check_not_input(folder / "labels/new.npy", folder / "labels"));
  EXPECT_NO_THROW(check_not_input(folder / "labels/scores.csv", folder / "labels"));
  EXPECT_NO_THROW(check_not_input(folder / "a", folder / "labels"));
}

TEST(PlainFileName, refuses_everything_that_is_more_than_a_name) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view name : {"a"sv, "case 1.nii.gz"sv, "..a"sv, "\xC3\xA4"sv}) {
    EXPECT_TRUE(is_plain_file_name(name)) << name;
  }
  for (const std::string_view name :
       {""sv, "."sv, ".."sv, "a/b"sv, "a\\b"sv, "a\0"sv, "a\n"sv, "\x7F"sv}) {
    EXPECT_FALSE(is_plain_file_name(name)) << name;
  }
  EXPECT_TRUE(is_plain_file_name(std::string(255, 'a')));
  EXPECT_FALSE(is_plain_file_name(std::string(256, 'a')));
}

}  // namespace

}  // namespace volseg::core
