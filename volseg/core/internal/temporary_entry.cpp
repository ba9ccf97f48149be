// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/internal/temporary_entry.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <vector>

#include "volseg/core/error.h"

namespace volseg::core::internal {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPartial = ".partial-";

size_t partial_at(const std::string& name) {
  return name.starts_with('.') ? name.find(kPartial) : std::string::npos;
}

std::string process_and_count() {
  static std::atomic<int> counter{0};
  return std::to_string(::getpid()) + "-" + std::to_string(counter++);
}

fs::path beside(const fs::path& path, std::string_view label) {
  return parent_of(path) /
         ("." + path.filename().string() + std::string(label) + process_and_count());
}

bool is_named(int descriptor, const fs::path& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(descriptor, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

int make_entry(const fs::path& path, EntryKind kind) {
  if (kind == EntryKind::kFile) {
    return ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  }
  if (::mkdir(path.c_str(), 0777) != 0) {
    return -1;
  }
  return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

bool is_below_temporary_folder(const fs::path& path) {
  return std::ranges::any_of(path.parent_path(), [](const fs::path& part) {
    return partial_at(part.string()) != std::string::npos;
  });
}

// A lock that can be had is the lock of a process that has ended.
void remove_unless_locked(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) {
    return;
  }
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0 && is_named(descriptor, path)) {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  ::close(descriptor);
}

bool is_temporary_of(const std::string& name, const std::string& target) {
  const std::string prefix = "." + target + std::string(kPartial);
  return name.starts_with(prefix) && name.size() > prefix.size() &&
         name.find_first_not_of("0123456789-", prefix.size()) == std::string::npos;
}

}  // namespace

void throw_errno(std::string_view operation, const fs::path& path, std::string_view what) {
  const int code = errno;
  const ErrorKind kind = code == ENOENT ? ErrorKind::kNotFound : ErrorKind::kIo;
  throw Error(
      kind, operation,
      final_name(path) + ": " + std::string(what) + ": " + std::generic_category().message(code));
}

std::string final_name(const fs::path& path) {
  fs::path result;
  for (const fs::path& part : path) {
    const std::string name = part.string();
    const size_t end = partial_at(name);
    result /= end == std::string::npos ? name : name.substr(1, end - 1);
  }
  return result.string();
}

fs::path parent_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

TemporaryEntry make_temporary(const fs::path& target, EntryKind kind) {
  remove_stale(target);
  constexpr int kMostAttempts = 1000;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    TemporaryEntry entry{.path = beside(target, kPartial)};
    entry.descriptor = make_entry(entry.path, kind);
    if (entry.descriptor < 0 && errno == EEXIST) {
      continue;
    }
    if (entry.descriptor < 0) {
      break;
    }
    static_cast<void>(::flock(entry.descriptor, LOCK_EX | LOCK_NB));
    if (is_named(entry.descriptor, entry.path)) {
      return entry;
    }
    // Another process took it for stale between its making and its lock.
    ::close(entry.descriptor);
  }
  throw_errno(kind == EntryKind::kFile ? "core.output_file" : "core.output_folder", target,
              "cannot be written");
}

fs::path name_for_replaced(const fs::path& target) { return beside(target, ".replaced-"); }

void remove_stale(const fs::path& target) noexcept {
  try {
    if (is_below_temporary_folder(target)) {
      return;
    }
    std::vector<fs::path> found;
    const std::string name = target.filename().string();
    for (const fs::directory_entry& entry : fs::directory_iterator(parent_of(target))) {
      if (is_temporary_of(entry.path().filename().string(), name)) {
        found.push_back(entry.path());
      }
    }
    std::ranges::for_each(found, remove_unless_locked);
  } catch (...) {
    // A folder that cannot be listed keeps what lies in it.
    return;
  }
}

}  // namespace volseg::core::internal
