// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/zip_directory.h"

#include <string>
#include <utility>

#include "volseg/archive/internal/little_endian.h"
#include "volseg/archive/internal/member_name.h"
#include "volseg/archive/internal/read_window.h"
#include "volseg/archive/internal/zip_defect.h"
#include "volseg/archive/internal/zip_extra.h"

namespace volseg::archive::internal {

namespace {

using Bytes = std::span<const std::byte>;

constexpr int64_t kEntryBytes = 46;
constexpr uint32_t kEntrySignature = 0x02014B50;
constexpr int64_t kAheadBytes = int64_t{1} << 20;

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class DirectoryReader {
 public:
  DirectoryReader(const ReadOnlyFile& file, const DirectoryPlace& place, const Limits& limits)
      : file_(file),
        window_(file),
        limits_(limits),
        shift_bytes_(place.shift_bytes),
        position_(place.offset),
        end_(place.offset + place.size_bytes) {}

  ZipEntry next(int64_t index) {
    const Bytes head = take(kEntryBytes, index);
    if (number_at<uint32_t>(head, 0) != kEntrySignature) {
      refuse(index, "does not begin with its signature; the end record counts too many");
    }
    ZipEntry entry;
    entry.index = index;
    entry.system = static_cast<uint8_t>(number_at<uint16_t>(head, 4) >> 8);
    entry.flags = number_at<uint16_t>(head, 8);
    entry.method = number_at<uint16_t>(head, 10);
    entry.crc32 = number_at<uint32_t>(head, 16);
    entry.attributes = number_at<uint32_t>(head, 38);
    WideFields fields{number_at<uint32_t>(head, 24), number_at<uint32_t>(head, 20),
                      number_at<uint32_t>(head, 42), number_at<uint16_t>(head, 34)};
    const int64_t name_bytes = number_at<uint16_t>(head, 28);
    const int64_t extra_bytes = number_at<uint16_t>(head, 30);
    const int64_t comment_bytes = number_at<uint16_t>(head, 32);
    const Bytes tail = take(name_bytes + extra_bytes + comment_bytes, index);
    set_name(entry, text_of(tail.first(static_cast<size_t>(name_bytes))));
    const Bytes extra =
        tail.subspan(static_cast<size_t>(name_bytes), static_cast<size_t>(extra_bytes));
    entry.unicode_path = unicode_path(text_of(tail.first(static_cast<size_t>(name_bytes))), extra);
    set_place(entry, fields, extra);
    return entry;
  }

  void check_end(int64_t count) const {
    if (position_ != end_) {
      refuse(count, "follows; the end record counts " + std::to_string(count) + " members only");
    }
  }

 private:
  Bytes take(int64_t size_bytes, int64_t index) {
    if (size_bytes > end_ - position_) {
      refuse(index, "passes the end of the directory");
    }
    const Bytes bytes = window_.at(position_, size_bytes, std::min(kAheadBytes, end_ - position_));
    position_ += size_bytes;
    return bytes;
  }

  void set_name(ZipEntry& entry, std::string_view name) const {
    entry.name_bytes = static_cast<int64_t>(name.size());
    entry.name = name.substr(0, static_cast<size_t>(limits_.name_bytes));
  }

  void set_place(ZipEntry& entry, WideFields fields, Bytes extra) const {
    const std::string defect = widen(fields, extra);
    if (!defect.empty()) {
      refuse(entry.index, "(" + escaped(entry.name) + ") " + defect);
    }
    if (fields.disk != 0) {
      refuse_zip(file_.where(), "zip-multi-disk", "part of a set of files; join them into one zip");
    }
    if (std::max({fields.size_bytes, fields.stored_bytes, fields.local_offset}) > INT64_MAX) {
      refuse(entry.index, "(" + escaped(entry.name) + ") has a size over 2^63");
    }
    entry.size_bytes = static_cast<int64_t>(fields.size_bytes);
    entry.stored_bytes = static_cast<int64_t>(fields.stored_bytes);
    const int64_t most_offset = file_.size_bytes() - shift_bytes_;
    if (fields.local_offset > static_cast<uint64_t>(most_offset)) {
      refuse(entry.index, "(" + escaped(entry.name) + ") lies outside the file");
    }
    entry.local_offset = static_cast<int64_t>(fields.local_offset) + shift_bytes_;
  }

  [[noreturn]] void refuse(int64_t index, const std::string& text) const {
    refuse_zip(
        file_.where(), "zip-inconsistent",
        "entry " + std::to_string(index + 1) + " of its directory " + text + "; make it again");
  }

  const ReadOnlyFile& file_;
  ReadWindow window_;
  const Limits& limits_;
  int64_t shift_bytes_;
  int64_t position_;
  int64_t end_;
};

}  // namespace

std::vector<ZipEntry> read_directory(const ReadOnlyFile& file, const DirectoryPlace& place,
                                     const Limits& limits) {
  if (place.entries > limits.members) {
    throw Error(ErrorKind::kLimit, "archive.open",
                file.where() + ": zip-too-many-members: " + std::to_string(place.entries) +
                    " members; the cap is " + std::to_string(limits.members));
  }
  DirectoryReader reader(file, place, limits);
  std::vector<ZipEntry> entries;
  entries.reserve(static_cast<size_t>(place.entries));
  for (int64_t index = 0; index < place.entries; ++index) {
    entries.push_back(reader.next(index));
  }
  reader.check_end(place.entries);
  return entries;
}

}  // namespace volseg::archive::internal
