// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/zip_extra.h"

#include <libdeflate.h>

#include <array>
#include <optional>

#include "volseg/archive/internal/little_endian.h"

namespace volseg::archive::internal {

namespace {

constexpr uint16_t kZip64 = 0x0001;
constexpr uint16_t kUnicodePath = 0x7075;

using Bytes = std::span<const std::byte>;

/// Calls `visit(id, content)` for each field; false when one passes the end.
template <typename Visit>
bool for_each_field(Bytes extra, const Visit& visit) {
  while (extra.size() >= 4) {
    const auto id = number_at<uint16_t>(extra, 0);
    const size_t content_bytes = number_at<uint16_t>(extra, 2);
    if (content_bytes > extra.size() - 4) {
      return false;
    }
    visit(id, extra.subspan(4, content_bytes));
    extra = extra.subspan(4 + content_bytes);
  }
  return true;
}

struct Slot {
  uint64_t* value;
  uint64_t saturated;
  size_t bytes;
};

uint64_t value_at(Bytes content, size_t offset, const Slot& slot) {
  return slot.bytes == 8 ? number_at<uint64_t>(content, offset)
                         : number_at<uint32_t>(content, offset);
}

/// Some writers give every field, saturated or not; the others must then agree.
bool fill_all(const std::array<Slot, 4>& slots, Bytes content) {
  size_t offset = 0;
  for (const Slot& slot : slots) {
    if (offset == content.size()) {
      return *slot.value != slot.saturated;
    }
    if (slot.bytes > content.size() - offset) {
      return false;
    }
    const uint64_t wide = value_at(content, offset, slot);
    if (*slot.value != slot.saturated && *slot.value != wide) {
      return false;
    }
    *slot.value = wide;
    offset += slot.bytes;
  }
  return offset == content.size();
}

std::string fill(WideFields& fields, Bytes content) {
  const std::array<Slot, 4> slots = {{{&fields.size_bytes, UINT32_MAX, 8},
                                      {&fields.stored_bytes, UINT32_MAX, 8},
                                      {&fields.local_offset, UINT32_MAX, 8},
                                      {&fields.disk, UINT16_MAX, 4}}};
  size_t needed_bytes = 0;
  for (const Slot& slot : slots) {
    needed_bytes += *slot.value == slot.saturated ? slot.bytes : 0;
  }
  if (content.size() < needed_bytes) {
    return "has a zip64 extra field that is too short";
  }
  if (content.size() > needed_bytes) {
    return fill_all(slots, content) ? "" : "has a zip64 extra field that contradicts its sizes";
  }
  size_t offset = 0;
  for (const Slot& slot : slots) {
    if (*slot.value == slot.saturated) {
      *slot.value = value_at(content, offset, slot);
      offset += slot.bytes;
    }
  }
  return {};
}

}  // namespace

std::string widen(WideFields& fields, Bytes extra) {
  std::optional<Bytes> zip64;
  bool repeated = false;
  const bool whole = for_each_field(extra, [&](uint16_t id, Bytes content) {
    if (id == kZip64) {
      repeated = repeated || zip64.has_value();
      zip64 = content;
    }
  });
  if (!whole) {
    return "has an extra field that passes its end";
  }
  if (repeated) {
    return "has two zip64 extra fields";
  }
  if (zip64) {
    return fill(fields, *zip64);
  }
  if (fields.size_bytes == UINT32_MAX || fields.stored_bytes == UINT32_MAX ||
      fields.local_offset == UINT32_MAX) {
    return "has a size of 0xFFFFFFFF and no zip64 extra field";
  }
  return {};
}

std::string unicode_path(std::string_view name, Bytes extra) {
  constexpr size_t kHeadBytes = 5;
  std::string path;
  for_each_field(extra, [&](uint16_t id, Bytes content) {
    if (id == kUnicodePath && content.size() > kHeadBytes && content[0] == std::byte{1} &&
        number_at<uint32_t>(content, 1) == libdeflate_crc32(0, name.data(), name.size())) {
      path.assign(reinterpret_cast<const char*>(content.data()) + kHeadBytes,
                  content.size() - kHeadBytes);
    }
  });
  return path;
}

}  // namespace volseg::archive::internal
