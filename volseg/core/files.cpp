// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/core/internal/temporary_entry.h"

namespace volseg::core {

namespace fs = std::filesystem;

using internal::parent_of;
using internal::throw_errno;

namespace {

class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags) : value_(::open(path.c_str(), flags | O_CLOEXEC)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (value_ >= 0) {
      ::close(value_);
    }
  }
  [[nodiscard]] int value() const { return value_; }

 private:
  int value_;
};

void sync_path(const fs::path& path, int flags) {
  const Descriptor descriptor(path, flags);
  if (descriptor.value() < 0 || ::fsync(descriptor.value()) != 0) {
    throw_errno("core.sync", path, "cannot be synced to disk");
  }
}

fs::path without_trailing_slash(const fs::path& path) {
  return path.has_filename() ? path : path.parent_path();
}

constexpr const char* kFolderMarker = ".volseg-output";

// A folder that someone else filled is never replaced, not even with --force.
void check_replaceable(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(folder, ignored)) ||
      fs::exists(folder / kFolderMarker, ignored)) {
    return;
  }
  if (!fs::is_directory(folder, ignored) || !fs::is_empty(folder, ignored)) {
    throw Error(
        ErrorKind::kIo, "core.output_folder",
        folder.string() +
            ": not a folder that volseg wrote; --force does not replace it, choose another name");
  }
}

// Exchanges two entries in one step. False where the file system cannot.
bool exchange(const fs::path& first, const fs::path& second) {
  return ::renameat2(AT_FDCWD, first.c_str(), AT_FDCWD, second.c_str(), RENAME_EXCHANGE) == 0;
}

// Never replaces. File systems without this form of renaming leave a moment between look and step.
void rename_new(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
    return;
  }
  if (errno == EINVAL || errno == ENOSYS) {
    check_output(to, Overwrite::kNo);
    if (std::rename(from.c_str(), to.c_str()) == 0) {
      return;
    }
  }
  if (errno == EEXIST) {
    check_output(to, Overwrite::kNo);
  }
  throw_errno("core.commit", to, "cannot be put in place");
}

void rename_into_place(const fs::path& from, const fs::path& to, Overwrite overwrite) {
  if (overwrite == Overwrite::kNo) {
    rename_new(from, to);
  } else if (std::rename(from.c_str(), to.c_str()) != 0) {
    throw_errno("core.commit", to, "cannot be put in place");
  }
  sync_path(parent_of(to), O_RDONLY | O_DIRECTORY);
}

// Two steps where one is not to be had; a failure puts the old folder back.
void replace_folder(const fs::path& from, const fs::path& to) {
  if (exchange(from, to)) {
    sync_path(parent_of(to), O_RDONLY | O_DIRECTORY);
    return;
  }
  const fs::path old = internal::name_for_replaced(to);
  rename_into_place(to, old, Overwrite::kNo);
  try {
    rename_into_place(from, to, Overwrite::kNo);
  } catch (...) {
    static_cast<void>(std::rename(old.c_str(), to.c_str()));
    throw;
  }
  std::error_code ignored;
  fs::remove_all(old, ignored);
}

int64_t regular_file_size(int descriptor, const fs::path& path, int64_t cap_bytes) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) {
    throw_errno("core.read_file", path, "cannot be read");
  }
  if (!S_ISREG(status.st_mode)) {
    throw Error(ErrorKind::kIo, "core.read_file", path.string() + ": not a regular file");
  }
  if (status.st_size > cap_bytes) {
    throw Error(ErrorKind::kLimit, "core.read_file",
                path.string() + ": " + std::to_string(status.st_size) + " bytes; the cap is " +
                    std::to_string(cap_bytes));
  }
  return status.st_size;
}

void fill(int descriptor, const fs::path& path, std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = ::read(descriptor, bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      throw_errno("core.read_file", path, "cannot be read");
    }
    if (got == 0) {
      throw Error(ErrorKind::kIo, "core.read_file", path.string() + ": became shorter while read");
    }
    bytes = bytes.subspan(static_cast<size_t>(got));
  }
}

Descriptor open_to_read(const fs::path& path) {
  Descriptor descriptor(path, O_RDONLY);
  if (descriptor.value() < 0) {
    throw_errno("core.read_file", path, "cannot be opened");
  }
  return descriptor;
}

}  // namespace

Buffer read_file(const fs::path& path, int64_t cap_bytes) {
  const Descriptor descriptor = open_to_read(path);
  Buffer buffer(regular_file_size(descriptor.value(), path, cap_bytes));
  fill(descriptor.value(), path, buffer.bytes());
  return buffer;
}

std::string read_text(const fs::path& path, int64_t cap_bytes) {
  const Descriptor descriptor = open_to_read(path);
  const int64_t size_bytes = regular_file_size(descriptor.value(), path, cap_bytes);
  std::string text(static_cast<size_t>(size_bytes), '\0');
  fill(descriptor.value(), path, std::as_writable_bytes(std::span(text)));
  return text;
}

void check_output(const fs::path& path, Overwrite overwrite) {
  std::error_code ignored;
  const fs::file_status found = fs::symlink_status(path, ignored);
  if (fs::is_other(found)) {
    throw Error(ErrorKind::kIo, "core.check_output",
                path.string() + ": a device, pipe or socket, which is not replaced; name a file");
  }
  if (overwrite == Overwrite::kNo && fs::exists(found)) {
    throw Error(ErrorKind::kIo, "core.check_output",
                path.string() + ": exists; choose another name or give --force to replace it");
  }
  const fs::path parent = parent_of(path);
  if (!fs::is_directory(parent, ignored)) {
    throw Error(ErrorKind::kIo, "core.check_output",
                path.string() + ": its folder " + parent.string() + " does not exist");
  }
}

void check_not_input(const fs::path& output, const fs::path& input) {
  std::error_code code;
  if (fs::equivalent(output, input, code) && !code) {
    throw Error(ErrorKind::kUsage, "core.check_output",
                output.string() + ": is an input of this command; choose another output");
  }
  constexpr std::array<std::string_view, 6> kWritten = {".csv", ".html", ".json",
                                                        ".png", ".txt",  ".zip"};
  const bool written = std::ranges::find(kWritten, output.extension().string()) != kWritten.end();
  if (written || !fs::is_regular_file(output, code) || !fs::is_directory(input, code)) {
    return;
  }
  for (fs::path folder = fs::canonical(output, code); folder.has_relative_path();
       folder = folder.parent_path()) {
    if (fs::equivalent(folder, input, code) && !code) {
      throw Error(ErrorKind::kUsage, "core.check_output",
                  output.string() + ": lies in " + input.string() +
                      ", an input of this command, and is not replaced; choose another output");
    }
  }
}

OutputFile::OutputFile(fs::path path, Overwrite overwrite)
    : path_(std::move(path)), overwrite_(overwrite) {
  check_output(path_, overwrite_);
  std::error_code ignored;
  if (fs::is_directory(path_, ignored)) {
    throw Error(ErrorKind::kIo, "core.output_file", path_.string() + ": is a folder");
  }
  auto made = internal::make_temporary(path_, internal::EntryKind::kFile);
  temporary_path_ = std::move(made.path);
  descriptor_ = made.descriptor;
}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
    ::unlink(temporary_path_.c_str());
  }
}

void OutputFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor_, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put < 0) {
      throw_errno("core.output_file", path_, "cannot be written");
    }
    bytes = bytes.subspan(static_cast<size_t>(put));
  }
}

void OutputFile::write_at(int64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t put =
        ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put < 0) {
      throw_errno("core.output_file", path_, "cannot be written");
    }
    bytes = bytes.subspan(static_cast<size_t>(put));
    offset += put;
  }
}

void OutputFile::write(std::string_view text) { write(std::as_bytes(std::span(text))); }

void OutputFile::commit() {
  if (::fsync(descriptor_) != 0) {
    throw_errno("core.sync", path_, "cannot be synced to disk");
  }
  if (overwrite_ == Overwrite::kNo) {
    check_output(path_, overwrite_);
  }
  // Closing gives up the lock, so that the name is taken before.
  rename_into_place(temporary_path_, path_, overwrite_);
  if (::close(std::exchange(descriptor_, -1)) != 0) {
    throw_errno("core.output_file", path_, "cannot be written");
  }
}

void write_file(const fs::path& path, std::span<const std::byte> bytes, Overwrite overwrite) {
  OutputFile file(path, overwrite);
  file.write(bytes);
  file.commit();
}

void write_text(const fs::path& path, std::string_view text, Overwrite overwrite) {
  write_file(path, std::as_bytes(std::span(text)), overwrite);
}

OutputFolder::OutputFolder(const fs::path& path, Overwrite overwrite)
    : path_(without_trailing_slash(path)), overwrite_(overwrite) {
  check_output(path_, overwrite_);
  std::error_code ignored;
  if (fs::exists(path_, ignored) && !fs::is_directory(path_, ignored)) {
    throw Error(ErrorKind::kIo, "core.output_folder",
                path_.string() + ": is a file; a folder is to be written, choose another name");
  }
  auto made = internal::make_temporary(path_, internal::EntryKind::kFolder);
  temporary_path_ = std::move(made.path);
  descriptor_ = made.descriptor;
}

OutputFolder::~OutputFolder() {
  std::error_code ignored;
  if (!committed_) {
    fs::remove_all(temporary_path_, ignored);
  }
  ::close(descriptor_);
}

void OutputFolder::commit() {
  write_text(temporary_path_ / kFolderMarker, "This folder was written whole by volseg.\n",
             Overwrite::kYes);
  check_replaceable(path_);
  sync_path(temporary_path_, O_RDONLY | O_DIRECTORY);
  std::error_code code;
  const bool replaces = overwrite_ == Overwrite::kYes && fs::exists(path_, code);
  if (!replaces) {
    rename_into_place(temporary_path_, path_, Overwrite::kNo);
    committed_ = true;
    return;
  }
  replace_folder(temporary_path_, path_);
  committed_ = true;
  // After an exchange the old folder has the temporary name.
  fs::remove_all(temporary_path_, code);
}

bool is_plain_file_name(std::string_view name) {
  constexpr size_t kMostBytes = 255;
  if (name.empty() || name.size() > kMostBytes || name == "." || name == "..") {
    return false;
  }
  for (const char letter : name) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '/' || letter == '\\' || code < 0x20 || code == 0x7F) {
      return false;
    }
  }
  return true;
}

}  // namespace volseg::core
