// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/zip_locate.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "volseg/archive/internal/little_endian.h"
#include "volseg/archive/internal/zip_defect.h"
#include "volseg/archive/internal/zip_directory.h"
#include "volseg/archive/internal/zip_end_record.h"

namespace volseg::archive::internal {

namespace {

class ZipSearch {
 public:
  ZipSearch(const ReadOnlyFile& file, const Limits& limits)
      : file_(file), limits_(limits), left_bytes_(2 * file.size_bytes()) {}

  /// The sound zip whose end record is the last one before `limit`.
  std::optional<LocatedZip> last_before(int64_t limit) {
    int64_t piece_end = limit;
    while (piece_end >= kEndRecordBytes) {
      const int64_t piece_begin = std::max<int64_t>(0, piece_end - kPieceBytes);
      std::vector<std::byte> piece(static_cast<size_t>(piece_end - piece_begin));
      file_.read_at(piece_begin, piece);
      for (int64_t at = std::ssize(piece) - kEndRecordBytes; at >= 0; --at) {
        const auto record = std::span<const std::byte>(piece).subspan(static_cast<size_t>(at));
        if (number_at<uint32_t>(record, 0) != kEndSignature) {
          continue;
        }
        if (auto zip = zip_of(piece_begin + at, record)) {
          return zip;
        }
      }
      // A record may lie across the border of two pieces.
      piece_end = piece_begin == 0 ? 0 : piece_begin + kEndRecordBytes - 1;
    }
    return std::nullopt;
  }

 private:
  std::optional<LocatedZip> zip_of(int64_t position, std::span<const std::byte> record) {
    const auto place = directory_of_record(file_, position, record);
    if (!place) {
      return std::nullopt;
    }
    // Forged records could have one directory read again and again.
    left_bytes_ -= place->size_bytes + kEndRecordBytes;
    if (left_bytes_ < 0) {
      refuse_zip(file_.where(), "zip-ambiguous", "too many end records; make it again");
    }
    try {
      LocatedZip zip{.entries = read_directory(file_, *place, limits_),
                     .end = end_of_record(position, record)};
      const MemberSpan span = check_local_headers(file_, zip.entries, place->offset, false);
      zip.begin = span.begin;
      return span.end == place->offset ? std::optional(std::move(zip)) : std::nullopt;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kFormat) {
        throw;
      }
      return std::nullopt;
    }
  }

  const ReadOnlyFile& file_;
  const Limits& limits_;
  int64_t left_bytes_;
};

}  // namespace

LocatedZip locate_whole(const ReadOnlyFile& file, const Limits& limits) {
  const DirectoryPlace place = find_directory(file);
  LocatedZip zip{.entries = read_directory(file, place, limits), .end = file.size_bytes()};
  check_local_headers(file, zip.entries, place.offset);
  return zip;
}

LocatedZip locate_among_extra_bytes(const ReadOnlyFile& file, const Limits& limits,
                                    const Error& whole) {
  if (whole.message().find("zip-ambiguous") != std::string::npos) {
    throw Error(whole);
  }
  ZipSearch search(file, limits);
  std::optional<LocatedZip> zip = search.last_before(file.size_bytes());
  if (!zip) {
    throw Error(whole);
  }
  if (search.last_before(zip->begin)) {
    refuse_zip(file.where(), "zip-ambiguous",
               "several zips behind one another; --allow-extra-bytes accepts one with other bytes "
               "around it, take the zips apart");
  }
  return *std::move(zip);
}

}  // namespace volseg::archive::internal
