// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/member_walk.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "volseg/archive/internal/inflate_member.h"
#include "volseg/archive/internal/little_endian.h"
#include "volseg/archive/internal/member_name.h"
#include "volseg/archive/internal/zip_extra.h"
#include "volseg/archive/internal/zip_member_rules.h"

namespace volseg::archive::internal {

namespace {

using Bytes = std::span<const std::byte>;

constexpr int64_t kHeaderBytes = 30;
constexpr uint32_t kHeaderSignature = 0x04034B50;
constexpr uint32_t kDirectorySignature = 0x02014B50;
constexpr uint32_t kDescriptorSignature = 0x08074B50;
constexpr uint32_t kEndSignature = 0x06054B50;
constexpr uint32_t kZip64Signature = 0x06064B50;
constexpr std::array kSignatures = {kHeaderSignature, kDirectorySignature, kDescriptorSignature,
                                    kEndSignature, kZip64Signature};
constexpr int64_t kAheadBytes = int64_t{1} << 16;

std::string in_bytes(int64_t count) { return std::to_string(count) + " bytes"; }

}  // namespace

bool MemberWalk::has_signature(int64_t offset, uint32_t signature) {
  return offset + 4 <= file_.size_bytes() &&
         number_at<uint32_t>(window_.at(offset, 4, kAheadBytes), 0) == signature;
}

bool MemberWalk::is_record(int64_t offset) {
  return offset == file_.size_bytes() ||
         std::ranges::any_of(kSignatures, [&](uint32_t one) { return has_signature(offset, one); });
}

// Moves to the next local header at or after `from`.
void MemberWalk::find_header(int64_t from) {
  is_expected_ = has_signature(from, kHeaderSignature);
  position_ = from;
  has_directory_ = has_directory_ || has_signature(from, kDirectorySignature);
  while (!is_expected_ && position_ + kHeaderBytes <= file_.size_bytes()) {
    const int64_t held_bytes = std::min(kAheadBytes, file_.size_bytes() - position_);
    const Bytes piece = window_.at(position_, held_bytes, held_bytes);
    for (size_t at = 0; at + 4 <= piece.size(); ++at) {
      if (piece[at] != std::byte{'P'} || piece[at + 1] != std::byte{'K'}) {
        continue;
      }
      const auto signature = number_at<uint32_t>(piece, at);
      has_directory_ = has_directory_ || signature == kDirectorySignature;
      if (signature == kHeaderSignature) {
        position_ += static_cast<int64_t>(at);
        return;
      }
    }
    position_ += std::max<int64_t>(1, held_bytes - 3);
  }
}

// None for bytes that look like a header by chance.
std::optional<MemberWalk::Header> MemberWalk::read_header() {
  const Bytes head = window_.at(position_, kHeaderBytes, kAheadBytes);
  Header header;
  ZipEntry& entry = header.entry;
  const int version = number_at<uint16_t>(head, 4) & 0xFF;
  entry.flags = number_at<uint16_t>(head, 6);
  entry.method = number_at<uint16_t>(head, 8);
  entry.crc32 = number_at<uint32_t>(head, 14);
  WideFields sizes{number_at<uint32_t>(head, 22), number_at<uint32_t>(head, 18), 0, 0};
  entry.name_bytes = number_at<uint16_t>(head, 26);
  const int64_t extra_bytes = number_at<uint16_t>(head, 28);
  entry.data_offset = position_ + kHeaderBytes + entry.name_bytes + extra_bytes;
  if (entry.data_offset > file_.size_bytes()) {
    return std::nullopt;
  }
  const Bytes tail = window_.at(position_ + kHeaderBytes, entry.name_bytes + extra_bytes,  //
                                kAheadBytes);
  entry.name.assign(reinterpret_cast<const char*>(tail.data()),
                    static_cast<size_t>(std::min(entry.name_bytes, limits_.name_bytes)));
  const Bytes extra = tail.subspan(static_cast<size_t>(entry.name_bytes));
  const bool is_wide =
      widen(sizes, extra).empty() && std::max(sizes.size_bytes, sizes.stored_bytes) <= INT64_MAX;
  constexpr int kNewestVersion = 63;
  const bool is_likely = is_wide && entry.name_bytes > 0 && version <= kNewestVersion &&
                         (is_plain_folder(entry) || name_defect(entry.name, 1 << 16).empty());
  if (!is_expected_ && !is_likely) {
    return std::nullopt;
  }
  header.defect = is_wide ? "" : "its header is damaged";
  entry.size_bytes = is_wide ? static_cast<int64_t>(sizes.size_bytes) : 0;
  entry.stored_bytes = is_wide ? static_cast<int64_t>(sizes.stored_bytes) : 0;
  header.is_streamed = (entry.flags & kFlagStreamed) != 0 && entry.stored_bytes == 0;
  return header;
}

MemberWalk::MemberWalk(const ReadOnlyFile& file, const Limits& limits)
    : file_(file), window_(file), limits_(limits) {
  find_header(0);
}

std::optional<FoundMember> MemberWalk::next() {
  while (position_ + kHeaderBytes <= file_.size_bytes()) {
    std::optional<Header> header = read_header();
    if (!header && is_expected_) {
      position_ = file_.size_bytes();
      return FoundMember{.name = "", .defect = "cut off in its header"};
    }
    if (!header) {
      find_header(position_ + 4);
      continue;
    }
    if (is_plain_folder(header->entry) && header->defect.empty()) {
      find_header(header->entry.data_offset);
      continue;
    }
    return take(*header);
  }
  return std::nullopt;
}

FoundMember MemberWalk::take(const Header& header) {
  const ZipEntry& entry = header.entry;
  FoundMember member{.name = name_of(entry),
                     .defect = header.defect,
                     .method = entry.method,
                     .crc32 = entry.crc32,
                     .data_offset = entry.data_offset,
                     .stored_bytes = entry.stored_bytes,
                     .size_bytes = entry.size_bytes};
  if (const auto problem = find_problem(entry, member.name, limits_); problem) {
    member.defect = problem->code + ": " + problem->found;
  }
  const bool is_sized = !header.is_streamed && header.defect.empty();
  if (is_sized) {
    take_sized(member, entry);
  } else if (member.defect.empty() && entry.method == kMethodDeflate) {
    take_streamed(member);
  } else {
    if (member.defect.empty()) {
      member.defect = "stored without its length, which the directory had";
    }
    find_header(entry.data_offset);
  }
  return member;
}

void MemberWalk::take_sized(FoundMember& member, const ZipEntry& entry) {
  const int64_t left_bytes = file_.size_bytes() - entry.data_offset;
  if (entry.stored_bytes > left_bytes) {
    member.defect =
        "cut off: " + in_bytes(left_bytes) + " of " + in_bytes(entry.stored_bytes) + " are there";
    position_ = file_.size_bytes();
    return;
  }
  uint32_t crc32 = 0;
  const PieceVisit visit = [&crc32](Bytes piece) {
    crc32 = libdeflate_crc32(crc32, piece.data(), piece.size());
  };
  if (member.defect.empty() && entry.method == kMethodStored) {
    file_.read_pieces(entry.data_offset, entry.stored_bytes, visit);
  } else if (member.defect.empty()) {
    member.defect = inflate_pieces(file_, entry.data_offset, entry.stored_bytes,  //
                                   entry.size_bytes, visit);
  }
  if (member.defect.empty() && crc32 != entry.crc32) {
    member.defect = "zip-crc: its bytes do not match their checksum";
  }
  const int64_t end = entry.data_offset + entry.stored_bytes;
  // A length of a damaged member that leads to no record is a lie.
  find_header(member.defect.empty() || is_record(end) ? end : entry.data_offset);
}

void MemberWalk::take_streamed(FoundMember& member) {
  uint32_t crc32 = 0;
  const int64_t left_bytes = file_.size_bytes() - member.data_offset;
  const StreamExtent extent = inflate_to_end(
      file_, member.data_offset, left_bytes, limits_.member_bytes,
      [&crc32](Bytes piece) { crc32 = libdeflate_crc32(crc32, piece.data(), piece.size()); });
  const int64_t end = member.data_offset + extent.stored_bytes;
  member.size_bytes = extent.size_bytes;
  member.stored_bytes = extent.stored_bytes;
  member.crc32 = crc32;
  if (!extent.has_ended) {
    member.defect = end == file_.size_bytes() ? "cut off" : "zip-deflate: its bytes are damaged";
  } else if (!fits_descriptor(member, end)) {
    member.defect = "zip-crc: its size or checksum behind the data does not match or is cut off";
  }
  find_header(end);
}

bool MemberWalk::fits_descriptor(const FoundMember& member, int64_t offset) {
  const int64_t signature_bytes = has_signature(offset, kDescriptorSignature) ? 4 : 0;
  for (const int64_t number_bytes : {4, 8}) {
    const int64_t size_bytes = signature_bytes + 4 + 2 * number_bytes;
    if (size_bytes > file_.size_bytes() - offset) {
      continue;
    }
    const Bytes bytes =
        window_.at(offset, size_bytes, kAheadBytes).subspan(static_cast<size_t>(signature_bytes));
    const auto number = [&](size_t index) {
      const size_t at = 4 + index * static_cast<size_t>(number_bytes);
      return number_bytes == 8 ? number_at<uint64_t>(bytes, at) : number_at<uint32_t>(bytes, at);
    };
    if (number_at<uint32_t>(bytes, 0) == member.crc32 &&
        number(0) == static_cast<uint64_t>(member.stored_bytes) &&
        number(1) == static_cast<uint64_t>(member.size_bytes)) {
      return true;
    }
  }
  return false;
}

}  // namespace volseg::archive::internal
