// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/internal/temporary_entry.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <functional>

#include "volseg/core/files.h"

namespace volseg::core {

namespace {

namespace fs = std::filesystem;

fs::path fresh_folder() {
  const fs::path path =
      fs::path(::testing::TempDir()) / ("volseg_temporary_" + std::to_string(getpid()));
  fs::remove_all(path);
  fs::create_directories(path);
  return path;
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

// Runs `work` in a process that is killed after it.
void run_killed(const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    ::raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
}

TEST(TemporaryEntry, of_a_killed_process_is_removed_when_the_target_is_written_again) {
  const fs::path folder = fresh_folder();
  run_killed([&] {
    OutputFile file(folder / "a.zip", Overwrite::kNo);
    file.write("half");
    ::raise(SIGKILL);
  });
  run_killed([&] {
    const OutputFolder inner(folder / "out", Overwrite::kNo);
    write_text(inner.temporary_path() / "one", "1", Overwrite::kNo);
    ::raise(SIGKILL);
  });
  EXPECT_EQ(names_in(folder).size(), 2U);
  write_text(folder / "b.zip", "other", Overwrite::kNo);
  EXPECT_EQ(names_in(folder).size(), 3U);
  write_text(folder / "a.zip", "whole", Overwrite::kNo);
  OutputFolder(folder / "out", Overwrite::kNo).commit();
  std::vector<std::string> names = names_in(folder);
  std::ranges::sort(names);
  EXPECT_EQ(names, (std::vector<std::string>{"a.zip", "b.zip", "out"}));
}

TEST(TemporaryEntry, of_a_living_process_stays) {
  const fs::path folder = fresh_folder();
  OutputFile mine(folder / "a", Overwrite::kYes);
  mine.write("mine");
  const OutputFolder my_folder(folder / "out", Overwrite::kYes);
  run_killed([&] {
    write_text(folder / "a", "other", Overwrite::kYes);
    OutputFolder(folder / "out", Overwrite::kYes).commit();
  });
  EXPECT_EQ(read_text(folder / "a"), "other");
  EXPECT_TRUE(fs::exists(my_folder.temporary_path()));
  mine.commit();
  EXPECT_EQ(read_text(folder / "a"), "mine");
}

TEST(TemporaryEntry, of_other_names_and_kinds_is_left_alone) {
  const fs::path folder = fresh_folder();
  for (const char* name :
       {".a.partial-", ".a.partial-1-0.txt", ".a.partial-x", ".ab.partial-1-0"}) {
    write_text(folder / name, "text", Overwrite::kNo);
  }
  fs::create_symlink(folder / ".a.partial-", folder / ".a.partial-1-1");
  internal::remove_stale(folder / "a");
  EXPECT_EQ(names_in(folder).size(), 5U);
  write_text(folder / ".a.partial-1-0", "text", Overwrite::kNo);
  internal::remove_stale(folder / "a");
  EXPECT_EQ(names_in(folder).size(), 5U);
}

TEST(OutputFile, does_not_replace_what_appeared_while_it_was_written) {
  const fs::path path = fresh_folder() / "a";
  OutputFile file(path, Overwrite::kNo);
  file.write("mine");
  write_text(path, "theirs", Overwrite::kNo);
  EXPECT_ANY_THROW(file.commit());
  EXPECT_EQ(read_text(path), "theirs");
}

TEST(OutputFile, writes_again_what_was_written) {
  const fs::path path = fresh_folder() / "a";
  OutputFile file(path, Overwrite::kNo);
  file.write("one two three");
  file.write_at(4, std::as_bytes(std::span("TWO", 3)));
  file.write(" four");
  file.commit();
  EXPECT_EQ(read_text(path), "one TWO three four");
}

}  // namespace

}  // namespace volseg::core
