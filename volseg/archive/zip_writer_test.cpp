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

// Text that deflate shortens by references to what came long before.
std::string long_text(size_t count) {
  std::string text;
  while (text.size() < count) {
    text += "voxel " + std::to_string(text.size() / 97 * 31 % 5003) + ";";
  }
  text.resize(count);
  return text;
}

TEST(ZipWriter, gives_the_same_bytes_on_any_number_of_threads) {
  const auto folder = fresh_folder("threads");
  const std::string text = long_text(9'000'001);
  const auto write = [&](const std::string& name, int threads) {
    ZipWriter writer(folder / name, Overwrite::kNo);
    writer.add("a.npy", bytes_of(text));
    writer.add("b.npy", bytes_of(long_text(1 << 20)));
    writer.add("c.npy", bytes_of(""));
    writer.add("d.png", bytes_of(long_text(2'500'000)));
    writer.commit({.threads = threads});
    return get_file(folder / name);
  };
  const std::string one = write("one.zip", 1);
  EXPECT_EQ(one, write("three.zip", 3));
  const auto archive = Archive::open(folder / "one.zip");
  EXPECT_EQ(text_of(archive->read(*archive->find("a.npy"))), text);
  EXPECT_EQ(text_of(archive->read(*archive->find("b.npy"))), long_text(1 << 20));
  EXPECT_EQ(text_of(archive->read(*archive->find("d.png"))), long_text(2'500'000));
  EXPECT_LT(archive->find("a.npy")->stored_bytes, archive->find("a.npy")->size_bytes / 3);
}

TEST(ZipWriter, takes_members_in_pieces_of_any_length) {
  const auto path = fresh_folder("pieces") / "out.zip";
  const std::string text = long_text(2'300'000);
  ZipWriter writer(path, Overwrite::kNo);
  writer.add_pieces("a.npy", std::ssize(text), [&](const PieceVisit& visit) {
    for (size_t at = 0, length = 1; at < text.size(); at += length, length = length * 7 % 90'001) {
      visit(bytes_of(std::string_view(text).substr(at, length)));
    }
  });
  writer.commit();
  const auto archive = Archive::open(path);
  EXPECT_EQ(text_of(archive->read(*archive->find("a.npy"))), text);
  for (const int64_t size_bytes : {std::ssize(text) - 1, std::ssize(text) + 1}) {
    ZipWriter wrong(path, Overwrite::kYes);
    wrong.add_pieces("a.npy", size_bytes, [&](const PieceVisit& visit) { visit(bytes_of(text)); });
    EXPECT_THROW(wrong.commit(), Error);
  }
  EXPECT_EQ(files_in(path.parent_path()), 1U);
}

class Watcher : public core::ProgressSink {
 public:
  explicit Watcher(core::CancelToken* cancel = nullptr) : cancel_(cancel) {}
  void update(const core::ProgressEvent& event) override {
    last = event;
    if (cancel_ != nullptr) {
      cancel_->request();
    }
  }
  void message(std::string_view /*text*/) override {}
  core::ProgressEvent last;

 private:
  core::CancelToken* cancel_;
};

TEST(ZipWriter, reports_and_stops_when_told) {
  const auto folder = fresh_folder("watched");
  const std::string text = long_text(12'000'000);
  Watcher watcher;
  {
    ZipWriter writer(folder / "out.zip", Overwrite::kNo);
    writer.add("a.npy", bytes_of(text));
    writer.commit({.threads = 1, .progress = &watcher});
  }
  EXPECT_EQ(watcher.last.stage, "zip");
  EXPECT_EQ(watcher.last.done, 12);
  EXPECT_EQ(watcher.last.total, 12);
  core::CancelToken cancel;
  Watcher stopper(&cancel);
  ZipWriter writer(folder / "stopped.zip", Overwrite::kNo);
  writer.add("a.npy", bytes_of(text));
  try {
    writer.commit({.threads = 1, .progress = &stopper, .cancel = &cancel});
    ADD_FAILURE() << "not stopped";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
  }
  EXPECT_LT(stopper.last.done, 12);
  EXPECT_FALSE(std::filesystem::exists(folder / "stopped.zip"));
}

}  // namespace

}  // namespace volseg::archive
