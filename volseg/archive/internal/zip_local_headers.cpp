// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <numeric>
#include <string>

#include "volseg/archive/internal/little_endian.h"
#include "volseg/archive/internal/member_name.h"
#include "volseg/archive/internal/read_window.h"
#include "volseg/archive/internal/zip_defect.h"
#include "volseg/archive/internal/zip_directory.h"
#include "volseg/archive/internal/zip_extra.h"

namespace volseg::archive::internal {

namespace {

using Bytes = std::span<const std::byte>;

constexpr int64_t kHeaderBytes = 30;
constexpr uint32_t kHeaderSignature = 0x04034B50;
constexpr uint32_t kDescriptorSignature = 0x08074B50;
// Hints about the strength of compression, which writers set in one place only.
constexpr uint16_t kIgnoredFlags = 0b110;

class LocalHeaders {
 public:
  LocalHeaders(const ReadOnlyFile& file, int64_t directory_offset)
      : file_(file), window_(file), directory_offset_(directory_offset) {}

  /// Returns where the member ends. @param next_offset  of the member behind it
  int64_t check(ZipEntry& entry, int64_t next_offset) {
    if (entry.local_offset > directory_offset_ - kHeaderBytes) {
      refuse(entry, "zip-inconsistent", "lies outside the file");
    }
    constexpr int64_t kNeighbourBytes = 4096;
    ahead_bytes_ = next_offset - entry.local_offset < kNeighbourBytes ? 65'536 : 512;
    const Bytes head = window_.at(entry.local_offset, kHeaderBytes, ahead_bytes_);
    if (number_at<uint32_t>(head, 0) != kHeaderSignature) {
      refuse(entry, "zip-inconsistent", "has no local header where the directory says");
    }
    const int64_t name_bytes = number_at<uint16_t>(head, 26);
    const int64_t variable_bytes = name_bytes + number_at<uint16_t>(head, 28);
    entry.data_offset = entry.local_offset + kHeaderBytes + variable_bytes;
    if (entry.data_offset > directory_offset_ ||
        entry.stored_bytes > directory_offset_ - entry.data_offset) {
      refuse(entry, "zip-inconsistent", "ends outside the file or inside the directory");
    }
    const Bytes whole = window_.at(entry.local_offset, kHeaderBytes + variable_bytes, ahead_bytes_);
    compare(entry, whole, static_cast<size_t>(name_bytes));
    return entry.data_offset + entry.stored_bytes;
  }

  /// Bytes of the data descriptor at `offset`, which must agree with the directory.
  int64_t check_descriptor(const ZipEntry& entry, int64_t offset) {
    const int64_t left_bytes = std::min<int64_t>(directory_offset_ - offset, 24);
    const Bytes bytes = window_.at(offset, left_bytes, left_bytes);
    for (const size_t signature_bytes : {4U, 0U}) {
      for (const size_t number_bytes : {4U, 8U}) {
        const size_t size_bytes = signature_bytes + 4 + 2 * number_bytes;
        if (size_bytes <= bytes.size() && fits(entry, bytes, signature_bytes, number_bytes)) {
          return static_cast<int64_t>(size_bytes);
        }
      }
    }
    refuse(entry, "zip-inconsistent", "has a data descriptor that differs from the directory");
  }

  [[noreturn]] void refuse(const ZipEntry& entry, std::string_view code,
                           const std::string& text) const {
    refuse_zip(file_.where() + " member " + escaped(entry.name), code, text + "; make it again");
  }

 private:
  static bool fits(const ZipEntry& entry, Bytes bytes, size_t signature_bytes,
                   size_t number_bytes) {
    const auto number = [&](size_t offset) {
      return number_bytes == 8 ? number_at<uint64_t>(bytes, offset)
                               : number_at<uint32_t>(bytes, offset);
    };
    return (signature_bytes == 0 || number_at<uint32_t>(bytes, 0) == kDescriptorSignature) &&
           number_at<uint32_t>(bytes, signature_bytes) == entry.crc32 &&
           number(signature_bytes + 4) == static_cast<uint64_t>(entry.stored_bytes) &&
           number(signature_bytes + 4 + number_bytes) == static_cast<uint64_t>(entry.size_bytes);
  }

  void compare(ZipEntry& entry, Bytes header, size_t name_bytes) const {
    const std::string_view name(reinterpret_cast<const char*>(header.data()) + kHeaderBytes,
                                name_bytes);
    if (static_cast<int64_t>(name_bytes) != entry.name_bytes || !name.starts_with(entry.name)) {
      refuse_difference(entry, "name");
    }
    if (((number_at<uint16_t>(header, 6) ^ entry.flags) & ~kIgnoredFlags) != 0) {
      refuse_difference(entry, "flags");
    }
    if (number_at<uint16_t>(header, 8) != entry.method) {
      refuse_difference(entry, "compression method");
    }
    const Bytes extra = header.subspan(kHeaderBytes + name_bytes);
    WideFields sizes{number_at<uint32_t>(header, 22), number_at<uint32_t>(header, 18), 0, 0};
    if (const std::string defect = widen(sizes, extra); !defect.empty()) {
      refuse(entry, "zip-inconsistent", defect + " in its local header");
    }
    const auto crc32 = number_at<uint32_t>(header, 14);
    const bool streamed = (entry.flags & kFlagStreamed) != 0;
    entry.local_sizes = !streamed || crc32 != 0 || sizes.size_bytes != 0 || sizes.stored_bytes != 0;
    if (!entry.local_sizes || (entry.flags & kFlagMaskedHeader) != 0) {
      return;
    }
    if (crc32 != entry.crc32) {
      refuse_difference(entry, "checksum");
    }
    if (sizes.size_bytes != static_cast<uint64_t>(entry.size_bytes) ||
        sizes.stored_bytes != static_cast<uint64_t>(entry.stored_bytes)) {
      refuse_difference(entry, "size");
    }
  }

  [[noreturn]] void refuse_difference(const ZipEntry& entry, const std::string& what) const {
    refuse(entry, "zip-inconsistent",
           "has another " + what + " in its local header than in the directory");
  }

  const ReadOnlyFile& file_;
  ReadWindow window_;
  int64_t directory_offset_;
  int64_t ahead_bytes_ = 0;
};

}  // namespace

MemberSpan check_local_headers(const ReadOnlyFile& file, std::vector<ZipEntry>& entries,
                               int64_t directory_offset, bool at_beginning) {
  std::vector<size_t> order(entries.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, {}, [&](size_t at) { return entries[at].local_offset; });
  LocalHeaders headers(file, directory_offset);
  int64_t end = 0;
  for (size_t place = 0; place < order.size(); ++place) {
    ZipEntry& entry = entries[order[place]];
    if (place == 0 && entry.local_offset != 0 && at_beginning) {
      headers.refuse(entry, "zip-inconsistent",
                     "is the first and does not begin at the beginning of the file; accept other "
                     "bytes before it with --allow-extra-bytes");
    }
    if (entry.local_offset < end) {
      headers.refuse(entry, "zip-overlap", "shares bytes with another member");
    }
    const bool is_last = place + 1 == order.size();
    end = headers.check(entry, is_last ? directory_offset : entries[order[place + 1]].local_offset);
    if (!entry.local_sizes) {
      end += headers.check_descriptor(entry, end);
    }
  }
  return entries.empty() ? MemberSpan{directory_offset, directory_offset}
                         : MemberSpan{entries[order.front()].local_offset, end};
}

}  // namespace volseg::archive::internal
