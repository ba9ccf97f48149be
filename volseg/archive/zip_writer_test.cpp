// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/zip_writer.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "volseg/archive/archive.h"
#include "volseg/archive/internal/raw_zip_test.h"
#include "volseg/core/error.h"
#include "volseg/core/file_size_limit_test.h"

namespace volseg::archive {

namespace {

using core::Overwrite;
using internal::bytes_of;
using internal::fresh_folder;
using internal::get_file;
using internal::put_file;
using internal::text_of;

size_t files_in(const std::filesystem::path& folder) {
  const std::filesystem::directory_iterator files(folder);
  return static_cast<size_t>(std::distance(begin(files), end(files)));
}

TEST(ZipWriter, writes_what_the_archive_reads_back) {
  const auto folder = fresh_folder("round");
  put_file(folder / "source.npy", std::string(30'000, 'n'));
  {
    ZipWriter writer(folder / "out.zip", Overwrite::kNo);
    writer.add("train.pq", bytes_of("PAR1...PAR1"));
    writer.add("images/text.npy", core::Buffer::copy_of(bytes_of(std::string(20'000, 't'))));
    writer.add("images/empty.npy", bytes_of(""));
    writer.add("images/\xC3\xA4.nii.gz", bytes_of(std::string(1000, 'g')));
    writer.add_file("images/file.npy", folder / "source.npy");
    writer.commit();
  }
  const auto archive = Archive::open(folder / "out.zip");
  EXPECT_TRUE(archive->problems().empty());
  ASSERT_EQ(archive->members().size(), 5U);
  EXPECT_EQ(text_of(archive->read(*archive->find("train.pq"))), "PAR1...PAR1");
  EXPECT_EQ(text_of(archive->read(*archive->find("images/text.npy"))), std::string(20'000, 't'));
  EXPECT_EQ(text_of(archive->read(*archive->find("images/file.npy"))), std::string(30'000, 'n'));
  EXPECT_EQ(text_of(archive->read(*archive->find("images/empty.npy"))), "");
  EXPECT_EQ(archive->find("images/\xC3\xA4.nii.gz")->stored_bytes, 1000);
  EXPECT_LT(archive->find("images/file.npy")->stored_bytes, 1000);
  EXPECT_EQ(files_in(folder), 2U);
}

TEST(ZipWriter, gives_the_same_bytes_whatever_the_order_time_and_source) {
  const auto folder = fresh_folder("same");
  put_file(folder / "b.npy", std::string(9000, 'b'));
  {
    ZipWriter writer(folder / "one.zip", Overwrite::kNo);
    writer.add("a.npy", bytes_of(std::string(500, 'a')));
    writer.add_file("b.npy", folder / "b.npy");
    writer.commit();
  }
  setenv("TZ", "Asia/Tokyo", 1);
  tzset();
  {
    ZipWriter writer(folder / "two.zip", Overwrite::kNo);
    writer.add("b.npy", bytes_of(std::string(9000, 'b')));
    writer.add("a.npy", bytes_of(std::string(500, 'a')));
    writer.commit();
  }
  unsetenv("TZ");
  tzset();
  const std::string bytes = get_file(folder / "one.zip");
  EXPECT_EQ(bytes, get_file(folder / "two.zip"));
  EXPECT_EQ(bytes.substr(10, 4), std::string("\0\0\x21\0", 4));
}

TEST(ZipWriter, gives_the_usual_permissions) {
  const auto path = fresh_folder("mode") / "out.zip";
  const mode_t mask = umask(022);
  ZipWriter writer(path, Overwrite::kNo);
  writer.add("a", bytes_of("1"));
  writer.commit();
  umask(mask);
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0644U);
}

TEST(ZipWriter, leaves_nothing_behind_when_the_disk_is_full) {
  const auto folder = fresh_folder("full");
  std::string text(400'000, '\0');
  for (size_t index = 0; index < text.size(); ++index) {
    text[index] = static_cast<char>((index * index) >> 7);
  }
  {
    const core::FileSizeLimit limit(100'000);
    ZipWriter writer(folder / "out.zip", Overwrite::kNo);
    writer.add("a.png", bytes_of(text));
    try {
      writer.commit();
      ADD_FAILURE() << "written past the limit";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kIo) << error.what();
    }
  }
  EXPECT_EQ(files_in(folder), 0U);
}

TEST(ZipWriter, leaves_nothing_behind_without_commit_or_when_a_source_vanished) {
  const auto folder = fresh_folder("gone");
  put_file(folder / "source", "x");
  {
    ZipWriter writer(folder / "out.zip", Overwrite::kNo);
    writer.add("a", bytes_of("1"));
  }
  {
    ZipWriter writer(folder / "out.zip", Overwrite::kNo);
    writer.add_file("a", folder / "source");
    std::filesystem::remove(folder / "source");
    EXPECT_THROW(writer.commit(), Error);
  }
  EXPECT_EQ(files_in(folder), 0U);
}

TEST(ZipWriter, keeps_an_existing_file_unless_told) {
  const auto path = fresh_folder("exists") / "out.zip";
  put_file(path, "old");
  EXPECT_THROW(ZipWriter(path, Overwrite::kNo), Error);
  ZipWriter writer(path, Overwrite::kYes);
  writer.add("a", bytes_of("1"));
  EXPECT_EQ(get_file(path), "old");
  writer.commit();
  EXPECT_EQ(Archive::open(path)->members().size(), 1U);
}

TEST(ZipWriter, refuses_unsafe_and_repeated_names_and_an_empty_zip) {
  const auto folder = fresh_folder("names");
  ZipWriter writer(folder / "out.zip", Overwrite::kNo);
  EXPECT_THROW(writer.commit(), Error);
  ZipWriter other(folder / "other.zip", Overwrite::kNo);
  other.add("a", bytes_of("1"));
  EXPECT_THROW(other.add("a", bytes_of("2")), Error);
  EXPECT_THROW(other.add("../a", bytes_of("2")), Error);
  EXPECT_THROW(other.add_file("b", folder / "missing"), Error);
  other.commit();
  EXPECT_THROW(other.commit(), Error);
}

}  // namespace

}  // namespace volseg::archive
