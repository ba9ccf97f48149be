// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/zip_archive.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "volseg/archive/internal/member_name.h"
#include "volseg/archive/internal/zip_open.h"
#include "volseg/core/error.h"

namespace volseg::archive::internal {

namespace {

constexpr zip_uint64_t kNeededFields =
    ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_CRC | ZIP_STAT_COMP_METHOD;

struct FileClose {
  void operator()(zip_file_t* file) const noexcept { zip_fclose(file); }
};

struct DecompressorFree {
  void operator()(libdeflate_decompressor* decompressor) const noexcept {
    libdeflate_free_decompressor(decompressor);
  }
};

std::string in_bytes(uint64_t count) { return std::to_string(count) + " bytes"; }

}  // namespace

ZipArchive::ZipArchive(const std::filesystem::path& path, const Limits& limits) : limits_(limits) {
  name_ = path.filename().string();
  std::error_code code;
  const auto file_bytes = static_cast<int64_t>(std::filesystem::file_size(path, code));
  if (code) {
    throw Error(ErrorKind::kIo, "archive.open", path.string() + ": " + code.message());
  }
  if (file_bytes == 0) {
    throw Error(ErrorKind::kFormat, "archive.open",
                path.string() + ": zip-no-end-record: an empty file; expected a zip or a folder");
  }
  zip_ = open_zip(path);
  list_entries(file_bytes);
}

void ZipArchive::list_entries(int64_t file_bytes) {
  const int64_t count = zip_get_num_entries(zip_.get(), ZIP_FL_UNCHANGED);
  if (count > limits_.members) {
    throw Error(ErrorKind::kLimit, "archive.open",
                name_ + ": zip-too-many-members: " + std::to_string(count) +
                    " members; the cap is " + std::to_string(limits_.members));
  }
  std::vector<Entry> entries;
  int64_t left_bytes = file_bytes;
  for (int64_t index = 0; index < count; ++index) {
    const auto position = static_cast<zip_uint64_t>(index);
    const std::string name = member_name(zip_.get(), position);
    zip_stat_t status;
    zip_stat_init(&status);
    if (zip_stat_index(zip_.get(), position, ZIP_FL_UNCHANGED, &status) != 0 ||
        (status.valid & kNeededFields) != kNeededFields) {
      throw Error(ErrorKind::kFormat, "archive.open",
                  name_ + " member " + escaped(name) + ": zip-inconsistent: no sizes");
    }
    if (status.comp_size > static_cast<zip_uint64_t>(left_bytes)) {
      throw Error(ErrorKind::kFormat, "archive.open",
                  name_ + " member " + escaped(name) +
                      ": zip-overlap: members claim more bytes than the file has");
    }
    left_bytes -= static_cast<int64_t>(status.comp_size);
    if (is_usable(status, name)) {
      entries.push_back({{name, static_cast<int64_t>(status.size),
                          static_cast<int64_t>(status.comp_size), status.crc, index},
                         status.comp_method});
    }
  }
  sort_entries(std::move(entries));
}

void ZipArchive::sort_entries(std::vector<Entry> entries) {
  const auto name_of = [](const Entry& entry) -> const std::string& { return entry.member.name; };
  std::ranges::stable_sort(entries, {}, name_of);
  for (auto first = entries.begin(); first != entries.end();) {
    const auto last = std::find_if(
        first, entries.end(), [&](const Entry& e) { return e.member.name != name_of(*first); });
    if (last - first > 1) {
      add_problem("zip-duplicate-name", name_of(*first), "one member of this name",
                  std::to_string(last - first), "make the zip again with one of them");
    } else {
      methods_.push_back(first->method);
      members_.push_back(std::move(first->member));
    }
    first = last;
  }
  std::ranges::stable_sort(problems_, {}, &Problem::member);
  std::ranges::sort(ignored_);
}

bool ZipArchive::is_usable(const zip_stat_t& status, const std::string& name) {
  const bool folder = !name.empty() && name.back() == '/';
  if (folder && status.size == 0) {
    return false;
  }
  if (const std::string defect = name_defect(name, limits_.name_bytes);
      !defect.empty() && !folder) {
    add_problem("zip-unsafe-name", name, "a plain relative name", "the name " + defect,
                "make the zip again with plain names");
    return false;
  }
  if (is_left_behind(name)) {
    ignored_.push_back(name);
    return false;
  }
  const std::string special =
      folder ? "a folder that holds data" : special_file(zip_.get(), status.index);
  if (!special.empty()) {
    add_problem("zip-not-regular", name, "a regular file", special,
                "make the zip again with the file itself");
    return false;
  }
  if ((status.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && status.encryption_method != ZIP_EM_NONE) {
    add_problem("zip-encrypted", name, "a member without a password", "an encrypted member",
                "make the zip again without a password");
    return false;
  }
  if (status.comp_method != ZIP_CM_STORE && status.comp_method != ZIP_CM_DEFLATE) {
    add_problem("zip-unsupported-method", name, "stored or deflate",
                method_name(status.comp_method), "make the zip again with deflate");
    return false;
  }
  return has_usable_size(status, name);
}

bool ZipArchive::has_usable_size(const zip_stat_t& status, const std::string& name) {
  const auto cap_bytes = static_cast<zip_uint64_t>(limits_.member_bytes);
  if (status.size > cap_bytes) {
    add_problem("zip-too-large", name, "at most " + in_bytes(cap_bytes), in_bytes(status.size),
                "split the file");
    return false;
  }
  if (status.comp_method == ZIP_CM_STORE && status.size != status.comp_size) {
    add_problem("zip-size", name, in_bytes(status.size), in_bytes(status.comp_size) + " stored",
                "make the zip again");
    return false;
  }
  if (status.size / static_cast<zip_uint64_t>(limits_.inflate_ratio) > status.comp_size) {
    add_problem("zip-ratio", name,
                "at most " + std::to_string(limits_.inflate_ratio) + " bytes from one stored byte",
                in_bytes(status.size) + " from " + std::to_string(status.comp_size),
                "make the zip again");
    return false;
  }
  return true;
}

void ZipArchive::add_problem(std::string code, const std::string& member, std::string expected,
                             std::string found, std::string fix) {
  problems_.push_back(
      {std::move(code), escaped(member), std::move(expected), std::move(found), std::move(fix)});
}

void ZipArchive::refuse(const Member& member, const std::string& defect) const {
  throw Error(ErrorKind::kFormat, "archive.read",
              name_ + " member " + escaped(member.name) + ": " + defect);
}

core::Buffer ZipArchive::read(const Member& member) const {
  const Member* known = find(member.name);
  if (known == nullptr) {
    throw Error(ErrorKind::kNotFound, "archive.read",
                name_ + ": no member " + escaped(member.name));
  }
  const int method = methods_[static_cast<size_t>(known - members_.data())];
  core::Buffer bytes = read_stored(*known);
  if (method == ZIP_CM_DEFLATE) {
    bytes = inflate(*known, bytes);
  }
  const uint32_t crc32 = libdeflate_crc32(0, bytes.data(), static_cast<size_t>(bytes.size_bytes()));
  if (crc32 != known->crc32) {
    refuse(*known, "zip-crc: its bytes do not match their checksum; copy the zip again");
  }
  return bytes;
}

core::Buffer ZipArchive::read_stored(const Member& member) const {
  core::Buffer stored(member.stored_bytes);
  const std::scoped_lock lock(mutex_);
  const std::unique_ptr<zip_file_t, FileClose> file(zip_fopen_index(
      zip_.get(), static_cast<zip_uint64_t>(member.index), ZIP_FL_COMPRESSED | ZIP_FL_UNCHANGED));
  if (file == nullptr) {
    refuse(member,
           std::string("zip-changed: cannot be read any more: ") + zip_strerror(zip_.get()));
  }
  int64_t done = 0;
  while (done < stored.size_bytes()) {
    const auto left = static_cast<zip_uint64_t>(stored.size_bytes() - done);
    const zip_int64_t got = zip_fread(file.get(), stored.data() + done, left);
    if (got <= 0) {
      refuse(member, "zip-changed: the file ends inside this member; it changed while open");
    }
    done += got;
  }
  return stored;
}

core::Buffer ZipArchive::inflate(const Member& member, const core::Buffer& stored) const {
  const std::unique_ptr<libdeflate_decompressor, DecompressorFree> decompressor(
      libdeflate_alloc_decompressor());
  if (decompressor == nullptr) {
    throw Error(ErrorKind::kLimit, "archive.read", name_ + ": no memory to decompress");
  }
  core::Buffer bytes(member.size_bytes);
  size_t used_bytes = 0;
  size_t made_bytes = 0;
  const libdeflate_result result = libdeflate_deflate_decompress_ex(
      decompressor.get(), stored.data(), static_cast<size_t>(stored.size_bytes()), bytes.data(),
      static_cast<size_t>(bytes.size_bytes()), &used_bytes, &made_bytes);
  if (result == LIBDEFLATE_INSUFFICIENT_SPACE) {
    refuse(member, "zip-size: expands to more than the declared " +
                       in_bytes(static_cast<uint64_t>(member.size_bytes)));
  }
  if (result != LIBDEFLATE_SUCCESS) {
    refuse(member, "zip-deflate: its compressed bytes are damaged; copy the zip again");
  }
  if (made_bytes != static_cast<size_t>(member.size_bytes)) {
    refuse(member, "zip-size: expands to " + in_bytes(made_bytes) + "; declared are " +
                       in_bytes(static_cast<uint64_t>(member.size_bytes)));
  }
  if (used_bytes != static_cast<size_t>(stored.size_bytes())) {
    refuse(member, "zip-deflate: bytes follow the end of its compressed stream");
  }
  return bytes;
}

}  // namespace volseg::archive::internal
