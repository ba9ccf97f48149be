// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/archive.h"

#include <algorithm>

#include "volseg/archive/internal/folder_archive.h"
#include "volseg/archive/internal/zip_archive.h"
#include "volseg/core/error.h"

namespace volseg::archive {

namespace {

bool is_zip_name(const std::string& name) {
  std::string end = name.size() < 4 ? "" : name.substr(name.size() - 4);
  std::ranges::transform(end, end.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
  });
  return end == ".zip";
}

std::unique_ptr<Archive> open_folder(const std::filesystem::path& path, const Limits& limits,
                                     ExtraBytes extra_bytes) {
  auto folder = std::make_unique<internal::FolderArchive>(path, limits);
  const auto& members = folder->members();
  if (members.size() == 1 && folder->problems().empty() && is_zip_name(members[0].name)) {
    return std::make_unique<internal::ZipArchive>(path / members[0].name, limits, extra_bytes);
  }
  return folder;
}

}  // namespace

std::unique_ptr<Archive> Archive::open(const std::filesystem::path& path, const Limits& limits,
                                       ExtraBytes extra_bytes) {
  std::error_code code;
  const auto status = std::filesystem::status(path, code);
  if (status.type() == std::filesystem::file_type::not_found) {
    throw Error(ErrorKind::kNotFound, "archive.open", path.string() + ": no such file or folder");
  }
  if (code) {
    throw Error(ErrorKind::kIo, "archive.open", path.string() + ": " + code.message());
  }
  if (std::filesystem::is_directory(status)) {
    return open_folder(path, limits, extra_bytes);
  }
  if (!std::filesystem::is_regular_file(status)) {
    throw Error(ErrorKind::kIo, "archive.open",
                path.string() + ": neither a regular file nor a folder");
  }
  return std::make_unique<internal::ZipArchive>(path, limits, extra_bytes);
}

const Member* Archive::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(members_, name, {}, &Member::name);
  return found != members_.end() && found->name == name ? &*found : nullptr;
}

}  // namespace volseg::archive
