// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/zip_end_record.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "volseg/archive/internal/little_endian.h"
#include "volseg/archive/internal/zip_defect.h"

namespace volseg::archive::internal {

namespace {

constexpr int64_t kMostCommentBytes = 65'535;
constexpr int64_t kLocatorBytes = 20;
constexpr int64_t kZip64RecordBytes = 56;
constexpr int64_t kEntryBytes = 46;
constexpr uint32_t kLocatorSignature = 0x07064B50;
constexpr uint32_t kZip64Signature = 0x06064B50;
constexpr uint32_t kLocalSignature = 0x04034B50;

struct Defect {
  std::string code;
  std::string text;
};

struct EndFields {
  uint64_t disk = 0;
  uint64_t directory_disk = 0;
  uint64_t entries_here = 0;
  uint64_t entries = 0;
  uint64_t size_bytes = 0;
  uint64_t offset = 0;
};

EndFields fields_of(std::span<const std::byte> record) {
  return {number_at<uint16_t>(record, 4),  number_at<uint16_t>(record, 6),
          number_at<uint16_t>(record, 8),  number_at<uint16_t>(record, 10),
          number_at<uint32_t>(record, 12), number_at<uint32_t>(record, 16)};
}

EndFields zip64_fields_of(std::span<const std::byte> record) {
  return {number_at<uint32_t>(record, 16), number_at<uint32_t>(record, 20),
          number_at<uint64_t>(record, 24), number_at<uint64_t>(record, 32),
          number_at<uint64_t>(record, 40), number_at<uint64_t>(record, 48)};
}

bool agrees(uint64_t narrow, uint64_t saturated, uint64_t wide) {
  return narrow == saturated || narrow == wide;
}

bool agrees(const EndFields& narrow, const EndFields& wide) {
  return agrees(narrow.disk, UINT16_MAX, wide.disk) &&
         agrees(narrow.directory_disk, UINT16_MAX, wide.directory_disk) &&
         agrees(narrow.entries_here, UINT16_MAX, wide.entries_here) &&
         agrees(narrow.entries, UINT16_MAX, wide.entries) &&
         agrees(narrow.size_bytes, UINT32_MAX, wide.size_bytes) &&
         agrees(narrow.offset, UINT32_MAX, wide.offset);
}

/// One end record that reaches the end of the file, read until its first defect.
class Candidate {
 public:
  /// @param may_shift  offsets may count from where the archive begins, after other bytes
  Candidate(const ReadOnlyFile& file, int64_t position, std::span<const std::byte> record,
            bool may_shift = false)
      : file_(file),
        position_(position),
        may_shift_(may_shift),
        directory_end_(position),
        fields_(fields_of(record)) {
    if (read_zip64() && check_disks()) {
      check_place();
    }
  }

  [[nodiscard]] const std::optional<Defect>& defect() const { return defect_; }
  [[nodiscard]] DirectoryPlace place() const {
    return {static_cast<int64_t>(fields_.offset) + shift_bytes_,
            static_cast<int64_t>(fields_.size_bytes), static_cast<int64_t>(fields_.entries),
            shift_bytes_};
  }

 private:
  bool fail(std::string code, std::string text) {
    defect_ = Defect{std::move(code), std::move(text)};
    return false;
  }

  bool read_zip64() {
    std::array<std::byte, kLocatorBytes> locator{};
    if (position_ < kLocatorBytes) {
      return true;
    }
    file_.read_at(position_ - kLocatorBytes, locator);
    if (number_at<uint32_t>(locator, 0) != kLocatorSignature) {
      return true;
    }
    if (number_at<uint32_t>(locator, 4) != 0 || number_at<uint32_t>(locator, 16) > 1) {
      return fail("zip-multi-disk", "part of a set of files; join them into one zip");
    }
    const auto offset = number_at<uint64_t>(locator, 8);
    const int64_t last = position_ - kLocatorBytes - kZip64RecordBytes;
    if (last < 0 || offset > static_cast<uint64_t>(last)) {
      return fail("zip-inconsistent",
                  "its zip64 locator points outside the file's records; make it again");
    }
    // Writers put the record directly before its locator.
    return read_zip64_record(may_shift_ ? last : static_cast<int64_t>(offset));
  }

  bool read_zip64_record(int64_t offset) {
    std::array<std::byte, kZip64RecordBytes> record{};
    file_.read_at(offset, record);
    const auto rest_bytes = static_cast<uint64_t>(position_ - kLocatorBytes - offset - 12);
    if (number_at<uint32_t>(record, 0) != kZip64Signature ||
        number_at<uint64_t>(record, 4) != rest_bytes) {
      return fail("zip-inconsistent",
                  "its zip64 locator does not point at a zip64 end record; make it again");
    }
    const EndFields wide = zip64_fields_of(record);
    if (!agrees(fields_, wide)) {
      return fail("zip-inconsistent",
                  "its zip64 end record and its end record disagree; make it again");
    }
    fields_ = wide;
    directory_end_ = offset;
    return true;
  }

  bool check_disks() {
    if (fields_.disk != 0 || fields_.directory_disk != 0 ||
        fields_.entries_here != fields_.entries) {
      return fail("zip-multi-disk", "part of a set of files; join them into one zip");
    }
    return true;
  }

  bool check_place() {
    const auto end = static_cast<uint64_t>(directory_end_);
    if (fields_.offset > end || fields_.size_bytes > end - fields_.offset) {
      return fail("zip-inconsistent",
                  "its end record places the directory outside the file; copy or make it again");
    }
    const uint64_t gap = end - fields_.offset - fields_.size_bytes;
    if (may_shift_) {
      shift_bytes_ = static_cast<int64_t>(gap);
    } else if (gap > 0) {
      return fail("zip-inconsistent",
                  "other bytes (" + std::to_string(gap) +
                      ") lie before the archive or between its directory and its end record; "
                      "make it again, or accept bytes before it with --allow-extra-bytes");
    }
    if (fields_.entries > fields_.size_bytes / kEntryBytes) {
      return fail("zip-inconsistent", "its end record counts " + std::to_string(fields_.entries) +
                                          " members, more than its directory holds; make it again");
    }
    return true;
  }

  const ReadOnlyFile& file_;
  int64_t position_;
  bool may_shift_;
  int64_t shift_bytes_ = 0;
  int64_t directory_end_;
  EndFields fields_;
  std::optional<Defect> defect_;
};

[[noreturn]] void refuse_without_record(const ReadOnlyFile& file) {
  std::array<std::byte, 4> head{};
  if (file.size_bytes() >= static_cast<int64_t>(head.size())) {
    file.read_at(0, head);
  }
  if (number_at<uint32_t>(head, 0) == kLocalSignature) {
    refuse_zip(
        file.where(), "zip-truncated",
        "begins as a zip but has no end record; the file is incomplete, copy it again, or take "
        "what is whole with `volseg salvage`");
  }
  refuse_zip(file.where(), "zip-no-end-record", "not a zip file; expected a zip or a folder");
}

[[noreturn]] void refuse_other_length(const ReadOnlyFile& file, int64_t record_end) {
  if (record_end > file.size_bytes()) {
    refuse_zip(file.where(), "zip-truncated",
               "its comment is cut off; the file is incomplete, copy it again");
  }
  refuse_zip(file.where(), "zip-inconsistent",
             std::to_string(file.size_bytes() - record_end) +
                 " bytes follow its end record; remove them, make it again, or accept them with "
                 "--allow-extra-bytes");
}

}  // namespace

int64_t end_of_record(int64_t position, std::span<const std::byte> record) {
  return position + kEndRecordBytes + number_at<uint16_t>(record, 20);
}

std::optional<DirectoryPlace> directory_of_record(const ReadOnlyFile& file, int64_t position,
                                                  std::span<const std::byte> record) {
  if (end_of_record(position, record) > file.size_bytes()) {
    return std::nullopt;
  }
  const Candidate candidate(file, position, record, true);
  return candidate.defect() ? std::nullopt : std::optional(candidate.place());
}

DirectoryPlace find_directory(const ReadOnlyFile& file) {
  const int64_t tail_bytes = std::min(file.size_bytes(), kEndRecordBytes + kMostCommentBytes);
  const int64_t tail_offset = file.size_bytes() - tail_bytes;
  std::vector<std::byte> tail(static_cast<size_t>(tail_bytes));
  file.read_at(tail_offset, tail);
  std::vector<Candidate> candidates;
  int64_t last_record_end = -1;
  for (int64_t at = tail_bytes - kEndRecordBytes; at >= 0; --at) {
    const auto record = std::span<const std::byte>(tail).subspan(static_cast<size_t>(at));
    if (number_at<uint32_t>(record, 0) != kEndSignature) {
      continue;
    }
    const int64_t record_end = end_of_record(tail_offset + at, record);
    last_record_end = std::max(last_record_end, record_end);
    if (record_end == file.size_bytes()) {
      candidates.emplace_back(file, tail_offset + at, record);
    }
  }
  if (candidates.empty()) {
    last_record_end < 0 ? refuse_without_record(file) : refuse_other_length(file, last_record_end);
  }
  const auto is_sound = [](const Candidate& candidate) { return !candidate.defect(); };
  const auto sound = std::ranges::count_if(candidates, is_sound);
  if (sound > 1) {
    refuse_zip(file.where(), "zip-ambiguous",
               std::to_string(sound) + " end records fit; make it again without a comment");
  }
  if (sound == 0) {
    const Defect& defect = *candidates.front().defect();
    refuse_zip(file.where(), defect.code, defect.text);
  }
  return std::ranges::find_if(candidates, is_sound)->place();
}

}  // namespace volseg::archive::internal
