// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/zip_member_rules.h"

#include <sys/stat.h>

#include <array>
#include <map>
#include <utility>

#include "volseg/archive/internal/member_name.h"
#include "volseg/archive/internal/text_encoding.h"

namespace volseg::archive::internal {

namespace {

constexpr const char* kMakeAgain = "make the zip again";

std::string in_bytes(int64_t count) { return std::to_string(count) + " bytes"; }

/// "bzip2 (12)".
std::string method_name(uint16_t method) {
  static const std::map<int, std::string> names = {{1, "shrink"}, {6, "implode"},  {9, "deflate64"},
                                                   {12, "bzip2"}, {14, "lzma"},    {93, "zstd"},
                                                   {95, "xz"},    {97, "wavpack"}, {98, "ppmd"}};
  const auto found = names.find(method);
  const std::string number = std::to_string(method);
  return found == names.end() ? "method " + number : found->second + " (" + number + ")";
}

/// "a symbolic link" and the like, when the Unix mode says that the member is no regular file.
std::string special_file(const ZipEntry& entry) {
  constexpr uint8_t kUnix = 3;
  constexpr uint8_t kMacOs = 19;
  if (!entry.name.empty() && entry.name.back() == '/') {
    return "a folder that holds data";
  }
  if (entry.system != kUnix && entry.system != kMacOs) {
    return {};
  }
  const mode_t type = (entry.attributes >> 16) & S_IFMT;
  if (type == 0 || type == S_IFREG) {
    return {};
  }
  if (type == S_IFLNK) {
    return "a symbolic link";
  }
  return type == S_IFDIR ? "a folder that holds data" : "a special file";
}

std::string encryption(const ZipEntry& entry) {
  if (entry.method == kMethodAes) {
    return "an encrypted member (AES)";
  }
  if ((entry.flags & (kFlagStrongEncryption | kFlagMaskedHeader)) != 0) {
    return "an encrypted member (strong encryption)";
  }
  return (entry.flags & kFlagEncrypted) != 0 ? "an encrypted member" : "";
}

bool has_utf8_name(const ZipEntry& entry) { return is_utf8(entry.name); }

std::optional<Problem> find_name_problem(const ZipEntry& entry, const std::string& name,
                                         const Limits& limits) {
  std::string defect = name_defect(name, limits.name_bytes);
  if (entry.name_bytes > limits.name_bytes) {
    defect = "has " + in_bytes(entry.name_bytes);
  }
  if (!defect.empty() && special_file(entry).empty()) {
    return make_problem("zip-unsafe-name", name, "a plain relative name", "the name " + defect,
                        "make the zip again with plain names");
  }
  if (!entry.unicode_path.empty() && entry.unicode_path != name) {
    return make_problem("zip-name-conflict", name, "one name",
                        "its Unicode path is " + escaped(entry.unicode_path), kMakeAgain);
  }
  return std::nullopt;
}

std::optional<Problem> find_size_problem(const ZipEntry& entry, const std::string& name,
                                         const Limits& limits) {
  if (entry.size_bytes > limits.member_bytes) {
    return make_problem("zip-too-large", name, "at most " + in_bytes(limits.member_bytes),
                        in_bytes(entry.size_bytes), "split the file");
  }
  if (entry.method == kMethodStored && entry.size_bytes != entry.stored_bytes) {
    return make_problem("zip-size", name, in_bytes(entry.size_bytes),
                        in_bytes(entry.stored_bytes) + " stored", kMakeAgain);
  }
  if (entry.method == kMethodStored && !entry.local_sizes && entry.size_bytes > 0) {
    return make_problem("zip-size", name, "a stored member whose local header has its size",
                        "no size there", kMakeAgain);
  }
  if (entry.size_bytes / limits.inflate_ratio > entry.stored_bytes) {
    return make_problem(
        "zip-ratio", name,
        "at most " + std::to_string(limits.inflate_ratio) + " bytes from one stored byte",
        in_bytes(entry.size_bytes) + " from " + std::to_string(entry.stored_bytes), kMakeAgain);
  }
  return std::nullopt;
}

}  // namespace

Problem make_problem(std::string code, const std::string& member, std::string expected,
                     std::string found, std::string fix) {
  return {std::move(code), escaped(member), std::move(expected), std::move(found), std::move(fix)};
}

std::string name_of(const ZipEntry& entry) {
  if (has_utf8_name(entry)) {
    return entry.name;
  }
  const bool has_path = !entry.unicode_path.empty() && is_utf8(entry.unicode_path);
  return has_path ? entry.unicode_path : from_code_page_437(entry.name);
}

bool is_plain_folder(const ZipEntry& entry) {
  return !entry.name.empty() && entry.name.back() == '/' && entry.size_bytes == 0;
}

std::optional<Problem> find_problem(const ZipEntry& entry, const std::string& name,
                                    const Limits& limits) {
  if (auto problem = find_name_problem(entry, name, limits)) {
    return problem;
  }
  if (const std::string special = special_file(entry); !special.empty()) {
    return make_problem("zip-not-regular", name, "a regular file", special,
                        "make the zip again with the file itself");
  }
  if (const std::string found = encryption(entry); !found.empty()) {
    return make_problem("zip-encrypted", name, "a member without a password", found,
                        "make the zip again without a password");
  }
  if (entry.method != kMethodStored && entry.method != kMethodDeflate) {
    return make_problem("zip-unsupported-method", name, "stored or deflate",
                        method_name(entry.method), "make the zip again with deflate");
  }
  return find_size_problem(entry, name, limits);
}

std::optional<Problem> find_oddity(const ZipEntry& entry, const std::string& name) {
  if (has_utf8_name(entry)) {
    return std::nullopt;
  }
  const bool is_marked = (entry.flags & kFlagUtf8) != 0;
  return make_problem("zip-name-encoding", name, "a name in UTF-8",
                      is_marked
                          ? "bytes that are marked as UTF-8 and are not; read as code page 437"
                      : entry.unicode_path.empty() ? "a name in code page 437"
                                                   : "another encoding beside the Unicode path",
                      kMakeAgain);
}

}  // namespace volseg::archive::internal
