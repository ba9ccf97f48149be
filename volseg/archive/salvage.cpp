// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/salvage.h"

#include <algorithm>
#include <map>
#include <utility>

#include "volseg/archive/internal/inflate_member.h"
#include "volseg/archive/internal/member_name.h"
#include "volseg/archive/internal/member_walk.h"
#include "volseg/archive/internal/zip_entry.h"
#include "volseg/archive/zip_writer.h"
#include "volseg/core/error.h"

namespace volseg::archive {

namespace {

using internal::FoundMember;
using internal::ReadOnlyFile;

constexpr int64_t kMegabyte = 1'000'000;

std::vector<FoundMember> walk(const ReadOnlyFile& file, const Limits& limits,
                              const core::WorkOptions& work, bool& has_directory) {
  core::ProgressSink* sink = file.size_bytes() < 10 * kMegabyte ? nullptr : work.progress;
  core::Progress progress(sink, "salvage", file.size_bytes() / kMegabyte, "MB");
  internal::MemberWalk members(file, limits);
  std::vector<FoundMember> found;
  int64_t reported = 0;
  while (auto member = members.next()) {
    if (work.cancel != nullptr) {
      work.cancel->throw_if_requested("archive.salvage");
    }
    if (std::ssize(found) >= limits.members) {
      throw Error(
          ErrorKind::kLimit, "archive.salvage",
          file.where() + ": zip-too-many-members: the cap is " + std::to_string(limits.members));
    }
    found.push_back(*std::move(member));
    const int64_t now = members.position() / kMegabyte;
    progress.advance(now - std::exchange(reported, now));
  }
  has_directory = members.has_directory();
  return found;
}

// Keeps one of several whole members of one name and of equal bytes, and none of different ones.
void settle_names(std::vector<FoundMember>& found) {
  std::map<std::string_view, std::vector<FoundMember*>> of_name;
  for (FoundMember& member : found) {
    if (member.defect.empty()) {
      of_name[member.name].push_back(&member);
    }
  }
  for (const auto& [name, same] : of_name) {
    const bool are_equal = std::ranges::all_of(same, [&](const FoundMember* one) {
      return one->crc32 == same.front()->crc32 && one->size_bytes == same.front()->size_bytes;
    });
    for (size_t index = are_equal ? 1 : 0; same.size() > 1 && index < same.size(); ++index) {
      same[index]->defect = are_equal
                                ? "zip-duplicate-name: the same member once more"
                                : "zip-duplicate-name: " + std::to_string(same.size()) +
                                      " different members of this name; none of them is taken";
    }
  }
}

void read_pieces(const ReadOnlyFile& file, const FoundMember& member, const PieceVisit& visit) {
  if (member.method == internal::kMethodStored) {
    file.read_pieces(member.data_offset, member.stored_bytes, visit);
    return;
  }
  const std::string defect = internal::inflate_pieces(file, member.data_offset, member.stored_bytes,
                                                      member.size_bytes, visit);
  if (!defect.empty()) {
    throw Error(ErrorKind::kFormat, "archive.salvage",
                file.where() + " member " + internal::escaped(member.name) +
                    ": zip-changed: the file was changed while it was open; run again");
  }
}

void write_whole(const ReadOnlyFile& file, const std::vector<FoundMember>& found, ZipWriter& writer,
                 const core::WorkOptions& work) {
  for (const FoundMember& member : found) {
    if (member.defect.empty()) {
      writer.add_pieces(member.name, member.size_bytes,
                        [&](const PieceVisit& visit) { read_pieces(file, member, visit); });
    }
  }
  writer.commit(work);
}

}  // namespace

int64_t Salvage::whole_count() const {
  return std::ranges::count_if(members, [](const auto& one) { return one.defect.empty(); });
}

Salvage salvage_zip(const std::filesystem::path& damaged,
                    const std::optional<std::filesystem::path>& output, core::Overwrite overwrite,
                    const core::WorkOptions& work, const Limits& limits) {
  if (!std::filesystem::is_regular_file(damaged)) {
    throw Error(ErrorKind::kNotFound, "archive.salvage", damaged.string() + ": no such file");
  }
  if (output) {
    core::check_not_input(*output, damaged);
    core::check_output(*output, overwrite);
  }
  const ReadOnlyFile file(damaged);
  Salvage salvage;
  std::vector<FoundMember> found = walk(file, limits, work, salvage.has_directory);
  if (found.empty()) {
    throw Error(ErrorKind::kFormat, "archive.salvage",
                damaged.string() + ": no member of a zip found; expected a damaged zip");
  }
  settle_names(found);
  for (const FoundMember& member : found) {
    const bool is_whole = member.defect.empty();
    salvage.members.push_back({is_whole ? member.name : internal::escaped(member.name),
                               member.size_bytes, member.defect});
  }
  if (output && salvage.whole_count() == 0) {
    throw Error(ErrorKind::kFormat, "archive.salvage",
                damaged.string() + ": none of its members is whole; nothing is written");
  }
  if (output) {
    ZipWriter writer(*output, overwrite);
    write_whole(file, found, writer, work);
  }
  return salvage;
}

}  // namespace volseg::archive
