// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/read_only_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "volseg/core/error.h"

namespace volseg::archive::internal {

namespace {

[[noreturn]] void throw_io(const std::filesystem::path& path) {
  throw Error(ErrorKind::kIo, "archive.open",
              path.string() + ": cannot be read: " + std::strerror(errno));
}

bool is_same(const struct stat& first, const struct stat& second) {
  return first.st_dev == second.st_dev && first.st_ino == second.st_ino &&
         first.st_size == second.st_size && first.st_mtim.tv_sec == second.st_mtim.tv_sec &&
         first.st_mtim.tv_nsec == second.st_mtim.tv_nsec;
}

}  // namespace

ReadOnlyFile::ReadOnlyFile(const std::filesystem::path& path)
    : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ < 0) {
    throw_io(path);
  }
  if (::fstat(descriptor_, &status_) != 0) {
    const int code = errno;
    ::close(descriptor_);
    errno = code;
    throw_io(path);
  }
  size_bytes_ = status_.st_size;
}

ReadOnlyFile::~ReadOnlyFile() { ::close(descriptor_); }

void ReadOnlyFile::read_at(int64_t offset, std::span<std::byte> into) const {
  size_t done = 0;
  while (done < into.size()) {
    const ssize_t got = ::pread(descriptor_, into.data() + done, into.size() - done,
                                static_cast<off_t>(offset) + static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      throw_io(path_);
    }
    if (got == 0) {
      throw Error(ErrorKind::kFormat, "archive.read",
                  where() + ": zip-changed: the file became shorter while it was open; run again");
    }
    done += static_cast<size_t>(got);
  }
}

void ReadOnlyFile::read_pieces(int64_t offset, int64_t size_bytes, const PieceVisit& visit) const {
  core::Buffer piece(std::min(kPieceBytes, size_bytes));
  for (int64_t done = 0; done < size_bytes; done += kPieceBytes) {
    const int64_t now_bytes = std::min(kPieceBytes, size_bytes - done);
    const auto part = piece.bytes().first(static_cast<size_t>(now_bytes));
    read_at(offset + done, part);
    visit(part);
  }
}

bool ReadOnlyFile::has_changed() const {
  struct stat now {};
  struct stat named {};
  return ::fstat(descriptor_, &now) != 0 || ::stat(path_.c_str(), &named) != 0 ||
         !is_same(status_, now) || !is_same(status_, named);
}

}  // namespace volseg::archive::internal
