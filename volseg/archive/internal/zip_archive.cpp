// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/zip_archive.h"

#include <libdeflate.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "volseg/archive/internal/inflate_member.h"
#include "volseg/archive/internal/member_name.h"
#include "volseg/archive/internal/text_encoding.h"
#include "volseg/archive/internal/zip_defect.h"
#include "volseg/archive/internal/zip_locate.h"
#include "volseg/archive/internal/zip_member_rules.h"

namespace volseg::archive::internal {

namespace {

constexpr const char* kBadChecksum =
    "zip-crc: its bytes do not match their checksum; copy the zip again";

// Fuzzing gets past checksums, which mutated bytes never match.
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
constexpr bool kChecksChecksum = false;
#else
constexpr bool kChecksChecksum = true;
#endif

uint32_t checksum(uint32_t before, std::span<const std::byte> bytes) {
  return libdeflate_crc32(before, bytes.data(), bytes.size());
}

std::string checksum_defect(const Member& member, uint32_t crc32) {
  return !kChecksChecksum || crc32 == member.crc32 ? "" : kBadChecksum;
}

}  // namespace

ZipArchive::ZipArchive(const std::filesystem::path& path, const Limits& limits,
                       ExtraBytes extra_bytes)
    : file_(path) {
  name_ = path.filename().string();
  if (file_.size_bytes() == 0) {
    refuse_zip(path.string(), "zip-no-end-record", "an empty file; expected a zip or a folder");
  }
  LocatedZip zip;
  try {
    zip = locate_whole(file_, limits);
  } catch (const Error& error) {
    if (extra_bytes == ExtraBytes::kRefuse || error.kind() != ErrorKind::kFormat) {
      throw;
    }
    zip = locate_among_extra_bytes(file_, limits, error);
    warn_of_extra_bytes(zip.begin, zip.end);
  }
  list(std::move(zip.entries), limits);
  check_total(limits);
}

void ZipArchive::warn_of_extra_bytes(int64_t begin, int64_t end) {
  warnings_.push_back(make_problem("zip-extra-bytes", "", "a zip that is the whole file",
                                   std::to_string(begin) + " bytes before it and " +
                                       std::to_string(file_.size_bytes() - end) +
                                       " bytes behind it",
                                   "pack the dataset again"));
}

void ZipArchive::list(std::vector<ZipEntry> entries, const Limits& limits) {
  std::vector<Listed> listed;
  std::vector<std::string> folders;
  listed.reserve(entries.size());
  for (ZipEntry& entry : entries) {
    std::string name = name_of(entry);
    if (is_plain_folder(entry)) {
      folders.push_back(name.substr(0, name.size() - 1));
      continue;
    }
    if (is_left_behind(name) && name_defect(name, limits.name_bytes).empty()) {
      ignored_.push_back(std::move(name));
      continue;
    }
    if (auto problem = find_problem(entry, name, limits)) {
      problems_.push_back(*std::move(problem));
      continue;
    }
    if (auto oddity = find_oddity(entry, name)) {
      warnings_.push_back(*std::move(oddity));
    }
    listed.push_back(
        {{std::move(name), entry.size_bytes, entry.stored_bytes, entry.crc32, entry.index},
         {entry.data_offset, entry.method}});
    // With a million members the two lists of names would weigh.
    entry.name = {};
  }
  entries = {};
  std::ranges::sort(folders);
  add_unique(std::move(listed), folders);
  warn_of_alike_names();
  std::ranges::stable_sort(problems_, {}, &Problem::member);
  std::ranges::stable_sort(warnings_, {}, &Problem::member);
  std::ranges::sort(ignored_);
}

void ZipArchive::add_unique(std::vector<Listed> listed, const std::vector<std::string>& folders) {
  const auto name_of_listed = [](const Listed& one) -> const std::string& {
    return one.member.name;
  };
  std::ranges::stable_sort(listed, {}, name_of_listed);
  members_.reserve(listed.size());
  places_.reserve(listed.size());
  for (auto first = listed.begin(); first != listed.end();) {
    const std::string& name = first->member.name;
    const auto last = std::find_if(first, listed.end(),
                                   [&](const Listed& one) { return one.member.name != name; });
    const bool is_folder = std::ranges::binary_search(folders, name);
    if (last - first > 1 || is_folder) {
      problems_.push_back(make_problem(
          "zip-duplicate-name", name, "one member of this name",
          std::to_string(last - first) + (is_folder ? " and a folder of this name" : ""),
          "make the zip again with one of them"));
    } else {
      places_.push_back(first->place);
      members_.push_back(std::move(first->member));
    }
    first = last;
  }
}

void ZipArchive::warn_of_alike_names() {
  std::vector<std::pair<size_t, const Member*>> keys;
  keys.reserve(members_.size());
  for (const Member& member : members_) {
    keys.emplace_back(std::hash<std::string>{}(folded(member.name)), &member);
  }
  std::ranges::sort(keys);
  for (size_t at = 1; at < keys.size(); ++at) {
    const std::string& name = keys[at].second->name;
    const std::string& before = keys[at - 1].second->name;
    if (keys[at].first == keys[at - 1].first && folded(name) == folded(before)) {
      warnings_.push_back(make_problem("zip-names-alike", name,
                                       "names that differ in more than case or accents",
                                       "also " + escaped(before), "rename one of the files"));
    }
  }
}

void ZipArchive::check_total(const Limits& limits) const {
  int64_t left_bytes = limits.total_bytes;
  for (const Member& member : members_) {
    if (member.size_bytes > left_bytes) {
      throw Error(ErrorKind::kLimit, "archive.open",
                  file_.where() + ": zip-too-large: its members expand to more than " +
                      std::to_string(limits.total_bytes) + " bytes; split it");
    }
    left_bytes -= member.size_bytes;
  }
}

const Member& ZipArchive::known(const Member& member) const {
  const Member* found = find(member.name);
  if (found == nullptr) {
    throw Error(ErrorKind::kNotFound, "archive.read",
                name_ + ": no member " + escaped(member.name));
  }
  return *found;
}

const ZipArchive::Place& ZipArchive::place_of(const Member& member) const {
  return places_[static_cast<size_t>(&member - members_.data())];
}

void ZipArchive::check_unchanged(const Member& member) const {
  if (file_.has_changed()) {
    throw Error(ErrorKind::kFormat, "archive.read",
                name_ + " member " + escaped(member.name) +
                    ": zip-changed: the file was changed or replaced while it was open; run again");
  }
}

void ZipArchive::refuse_defect(const Member& member, const std::string& defect) const {
  if (!defect.empty()) {
    check_unchanged(member);
    throw Error(ErrorKind::kFormat, "archive.read",
                name_ + " member " + escaped(member.name) + ": " + defect);
  }
}

core::Buffer ZipArchive::read(const Member& member) const {
  const Member& wanted = known(member);
  check_unchanged(wanted);
  core::Buffer bytes(wanted.size_bytes);
  refuse_defect(wanted, read_whole(wanted, bytes));
  return bytes;
}

std::string ZipArchive::read_whole(const Member& member, core::Buffer& bytes) const {
  const Place& place = place_of(member);
  if (place.method == kMethodStored) {
    file_.read_at(place.data_offset, bytes.bytes());
  } else {
    core::Buffer stored(member.stored_bytes);
    file_.read_at(place.data_offset, stored.bytes());
    if (std::string defect = inflate_whole(stored.bytes(), bytes.bytes()); !defect.empty()) {
      return defect;
    }
  }
  return checksum_defect(member, checksum(0, bytes.bytes()));
}

void ZipArchive::read_pieces(const Member& member, const PieceVisit& visit) const {
  const Member& wanted = known(member);
  const Place& place = place_of(wanted);
  check_unchanged(wanted);
  uint32_t crc32 = 0;
  const auto pass = [&](std::span<const std::byte> piece) {
    crc32 = checksum(crc32, piece);
    visit(piece);
  };
  if (place.method == kMethodStored) {
    file_.read_pieces(place.data_offset, wanted.size_bytes, pass);
  } else {
    refuse_defect(wanted, inflate_pieces(file_, place.data_offset, wanted.stored_bytes,
                                         wanted.size_bytes, pass));
  }
  refuse_defect(wanted, checksum_defect(wanted, crc32));
}

}  // namespace volseg::archive::internal
