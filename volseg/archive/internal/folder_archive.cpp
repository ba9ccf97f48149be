// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/folder_archive.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "volseg/archive/internal/member_name.h"
#include "volseg/archive/internal/read_only_file.h"
#include "volseg/core/error.h"
#include "volseg/core/files.h"

namespace volseg::archive::internal {

namespace fs = std::filesystem;

FolderArchive::FolderArchive(fs::path path, const Limits& limits)
    : path_(std::move(path)), limits_(limits) {
  const fs::path plain = path_.has_filename() ? path_ : path_.parent_path();
  name_ = plain.filename().string();
  try {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path_)) {
      add(entry);
    }
  } catch (const fs::filesystem_error& error) {
    throw Error(ErrorKind::kIo, "archive.open",
                error.path1().string() + ": cannot be listed: " + error.code().message());
  }
  std::ranges::sort(members_, {}, &Member::name);
  std::ranges::sort(problems_, {}, &Problem::member);
  std::ranges::sort(ignored_);
  for (size_t position = 0; position < members_.size(); ++position) {
    members_[position].index = static_cast<int64_t>(position);
  }
}

void FolderArchive::add(const fs::directory_entry& entry) {
  const fs::file_status status = entry.symlink_status();
  if (fs::is_directory(status)) {
    return;
  }
  const std::string name = entry.path().lexically_relative(path_).generic_string();
  if (is_left_behind(name)) {
    ignored_.push_back(name);
    return;
  }
  if (const std::string defect = name_defect(name, limits_.name_bytes); !defect.empty()) {
    add_problem("folder-unsafe-name", name, "a plain relative name", "the name " + defect,
                "rename the file");
    return;
  }
  if (!fs::is_regular_file(status)) {
    add_problem("folder-not-regular", name, "a regular file",
                fs::is_symlink(status) ? "a symbolic link" : "a special file",
                "replace it by the file itself");
    return;
  }
  const auto size_bytes = static_cast<int64_t>(entry.file_size());
  if (size_bytes > limits_.member_bytes) {
    add_problem("folder-too-large", name, "at most " + std::to_string(limits_.member_bytes),
                std::to_string(size_bytes) + " bytes", "split the file");
    return;
  }
  if (static_cast<int64_t>(members_.size()) >= limits_.members) {
    throw Error(ErrorKind::kLimit, "archive.open",
                path_.string() + ": folder-too-many-members: over " +
                    std::to_string(limits_.members) + " files; name a smaller folder");
  }
  members_.push_back({name, size_bytes, size_bytes, 0, 0});
}

void FolderArchive::add_problem(std::string code, const std::string& member, std::string expected,
                                std::string found, std::string fix) {
  problems_.push_back(
      {std::move(code), escaped(member), std::move(expected), std::move(found), std::move(fix)});
}

const Member& FolderArchive::known(const Member& member) const {
  const Member* found = find(member.name);
  if (found == nullptr) {
    throw Error(ErrorKind::kNotFound, "archive.read",
                name_ + ": no member " + escaped(member.name));
  }
  return *found;
}

void FolderArchive::check_size(const Member& member, int64_t found_bytes) const {
  if (found_bytes != member.size_bytes) {
    throw Error(ErrorKind::kFormat, "archive.read",
                name_ + " member " + escaped(member.name) +
                    ": folder-changed: " + std::to_string(found_bytes) + " bytes; it had " +
                    std::to_string(member.size_bytes) + " when the folder was opened");
  }
}

core::Buffer FolderArchive::read(const Member& member) const {
  const Member& wanted = known(member);
  core::Buffer bytes = core::read_file(path_ / wanted.name, limits_.member_bytes);
  check_size(wanted, bytes.size_bytes());
  return bytes;
}

void FolderArchive::read_pieces(const Member& member, const PieceVisit& visit) const {
  const Member& wanted = known(member);
  const ReadOnlyFile file(path_ / wanted.name);
  check_size(wanted, file.size_bytes());
  file.read_pieces(0, wanted.size_bytes, visit);
}

}  // namespace volseg::archive::internal
