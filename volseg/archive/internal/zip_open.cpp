// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/zip_open.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <string_view>
#include <utility>

#include "volseg/core/error.h"

namespace volseg::archive::internal {

namespace {

class ZipError {
 public:
  explicit ZipError(int code) { zip_error_init_with_code(&error_, code); }
  ZipError(const ZipError&) = delete;
  ZipError& operator=(const ZipError&) = delete;
  ~ZipError() { zip_error_fini(&error_); }
  [[nodiscard]] std::string text() { return zip_error_strerror(&error_); }

 private:
  zip_error_t error_{};
};

bool begins_like_zip(const std::filesystem::path& path) {
  std::array<char, 4> head{};
  std::ifstream(path, std::ios::binary).read(head.data(), head.size());
  return std::string_view(head.data(), head.size()) == "PK\x03\x04";
}

std::pair<ErrorKind, std::string> explain(int code, const std::filesystem::path& path) {
  switch (code) {
    case ZIP_ER_NOZIP:
      if (begins_like_zip(path)) {
        return {ErrorKind::kFormat,
                "zip-truncated: begins as a zip but has no end record; the file is incomplete, "
                "copy it again"};
      }
      return {ErrorKind::kFormat, "zip-no-end-record: not a zip file; expected a zip or a folder"};
    case ZIP_ER_EOF:
      return {ErrorKind::kFormat, "zip-truncated: the file is incomplete, copy it again"};
    case ZIP_ER_MULTIDISK:
      return {ErrorKind::kFormat, "zip-multi-disk: part of a set of files; join them into one zip"};
    case ZIP_ER_OPEN:
    case ZIP_ER_READ:
    case ZIP_ER_SEEK:
    case ZIP_ER_TELL:
      return {ErrorKind::kIo, std::string("cannot be read: ") + std::strerror(errno)};
    case ZIP_ER_MEMORY:
      return {ErrorKind::kLimit, "zip-too-many-members: no memory for its index"};
    default:
      return {ErrorKind::kFormat, "zip-inconsistent: " + ZipError(code).text() +
                                      "; its directory contradicts its members, make it again"};
  }
}

uint32_t little_endian(const char* bytes) {
  uint32_t value = 0;
  for (int byte = 3; byte >= 0; --byte) {
    value = (value << 8) | static_cast<unsigned char>(bytes[byte]);
  }
  return value;
}

// libzip allows other bytes between directory and end record, such as a second archive.
void check_directory_place(zip_t* zip, const std::filesystem::path& path) {
  constexpr int64_t kEndRecordBytes = 22;
  int comment_bytes = 0;
  zip_get_archive_comment(zip, &comment_bytes, ZIP_FL_ENC_RAW);
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const int64_t end_record = static_cast<int64_t>(file.tellg()) - comment_bytes - kEndRecordBytes;
  std::array<char, kEndRecordBytes> record{};
  file.seekg(end_record).read(record.data(), record.size());
  const uint32_t size_bytes = little_endian(record.data() + 12);
  const uint32_t offset = little_endian(record.data() + 16);
  if (size_bytes == UINT32_MAX || offset == UINT32_MAX) {
    return;
  }
  const int64_t directory_end = int64_t{offset} + size_bytes;
  std::array<char, 4> next{};
  file.seekg(directory_end).read(next.data(), next.size());
  const bool zip64 = std::string_view(next.data(), next.size()) == "PK\x06\x06";
  if (!file || (directory_end != end_record && !zip64)) {
    throw Error(ErrorKind::kFormat, "archive.open",
                path.string() +
                    ": zip-inconsistent: other bytes lie between its directory and "
                    "its end record; make it again");
  }
}

}  // namespace

ZipHandle open_zip(const std::filesystem::path& path) {
  int code = ZIP_ER_OK;
  ZipHandle zip(zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code));
  if (zip == nullptr && code == ZIP_ER_EXISTS) {
    // libzip looks for repeated names after every other check; they are findings, not a refusal.
    zip.reset(zip_open(path.c_str(), ZIP_RDONLY, &code));
  }
  if (zip == nullptr) {
    const auto [kind, text] = explain(code, path);
    throw Error(kind, "archive.open", path.string() + ": " + text);
  }
  check_directory_place(zip.get(), path);
  return zip;
}

std::string member_name(zip_t* zip, zip_uint64_t index) {
  const char* raw = zip_get_name(zip, index, ZIP_FL_ENC_RAW);
  const char* decoded = zip_get_name(zip, index, ZIP_FL_ENC_GUESS);
  if (raw == nullptr || decoded == nullptr) {
    return {};
  }
  // libzip decodes control characters to symbols, so they are looked for before.
  const bool has_control = std::any_of(raw, raw + std::strlen(raw),
                                       [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  return has_control ? raw : decoded;
}

std::string special_file(zip_t* zip, zip_uint64_t index) {
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  if (zip_file_get_external_attributes(zip, index, 0, &system, &attributes) != 0) {
    return "unreadable attributes";
  }
  if (system != ZIP_OPSYS_UNIX && system != ZIP_OPSYS_OS_X) {
    return {};
  }
  const mode_t type = (attributes >> 16) & S_IFMT;
  if (type == 0 || type == S_IFREG) {
    return {};
  }
  if (type == S_IFLNK) {
    return "a symbolic link";
  }
  return type == S_IFDIR ? "a folder that holds data" : "a special file";
}

std::string method_name(int method) {
  static const std::map<int, std::string> names = {
      {1, "shrink"}, {6, "implode"}, {9, "deflate64"}, {12, "bzip2"}, {14, "lzma"},
      {93, "zstd"},  {95, "xz"},     {97, "wavpack"},  {98, "ppmd"},  {99, "aes"}};
  const auto found = names.find(method);
  const std::string number = std::to_string(method);
  return found == names.end() ? "method " + number : found->second + " (" + number + ")";
}

}  // namespace volseg::archive::internal
