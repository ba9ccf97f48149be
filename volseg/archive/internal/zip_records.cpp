// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/zip_records.h"

#include <algorithm>

#include "volseg/archive/internal/zip_entry.h"

namespace volseg::archive::internal {

namespace {

constexpr uint16_t kVersion = 20;
constexpr uint16_t kWideVersion = 45;
constexpr uint16_t kMadeOnUnix = 3U << 8;
constexpr uint32_t kDate1980January1 = 0x21U << 16;
constexpr uint32_t kRegularFile0644 = 0100644U << 16;
constexpr uint16_t kWideExtra = 1;

class Record {
 public:
  explicit Record(uint32_t signature) { add<uint32_t>(signature); }

  template <typename Number>
  Record& add(Number value) {
    for (size_t byte = 0; byte < sizeof(Number); ++byte) {
      text_ += static_cast<char>((static_cast<uint64_t>(value) >> (8 * byte)) & 0xFF);
    }
    return *this;
  }
  /// The value, or all ones where it stands elsewhere in 64 bits.
  template <typename Number>
  Record& add_narrow(int64_t value) {
    const uint64_t most = Number(-1);
    return add<Number>(static_cast<Number>(std::min<uint64_t>(static_cast<uint64_t>(value), most)));
  }
  Record& add_text(const std::string& text) {
    text_ += text;
    return *this;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

bool is_ascii(const std::string& name) {
  return std::ranges::all_of(name, [](char letter) { return static_cast<uint8_t>(letter) < 0x80; });
}

// From the flags to the sizes, as both headers have it.
void add_shared(Record& record, const WrittenMember& member) {
  record.add<uint16_t>(is_ascii(member.name) ? 0 : kFlagUtf8)
      .add<uint16_t>(member.method)
      .add<uint32_t>(kDate1980January1)
      .add<uint32_t>(member.crc32)
      .add<uint32_t>(member.wide ? UINT32_MAX : static_cast<uint32_t>(member.stored_bytes))
      .add<uint32_t>(member.wide ? UINT32_MAX : static_cast<uint32_t>(member.size_bytes))
      .add<uint16_t>(static_cast<uint16_t>(member.name.size()));
}

}  // namespace

std::string local_header(const WrittenMember& member) {
  Record record(0x04034B50);
  record.add<uint16_t>(member.wide ? kWideVersion : kVersion);
  add_shared(record, member);
  record.add<uint16_t>(member.wide ? 20 : 0).add_text(member.name);
  if (member.wide) {
    record.add<uint16_t>(kWideExtra)
        .add<uint16_t>(16)
        .add<int64_t>(member.size_bytes)
        .add<int64_t>(member.stored_bytes);
  }
  return record.text();
}

std::string directory_entry(const WrittenMember& member) {
  const bool far = member.local_offset >= int64_t{UINT32_MAX};
  const int extra_bytes = (member.wide ? 16 : 0) + (far ? 8 : 0);
  const uint16_t version = member.wide || far ? kWideVersion : kVersion;
  Record record(0x02014B50);
  record.add<uint16_t>(kMadeOnUnix | version).add<uint16_t>(version);
  add_shared(record, member);
  record.add<uint16_t>(static_cast<uint16_t>(extra_bytes > 0 ? extra_bytes + 4 : 0))
      .add<uint16_t>(0)
      .add<uint16_t>(0)
      .add<uint16_t>(0)
      .add<uint32_t>(kRegularFile0644)
      .add_narrow<uint32_t>(member.local_offset)
      .add_text(member.name);
  if (extra_bytes > 0) {
    record.add<uint16_t>(kWideExtra).add<uint16_t>(static_cast<uint16_t>(extra_bytes));
  }
  if (member.wide) {
    record.add<int64_t>(member.size_bytes).add<int64_t>(member.stored_bytes);
  }
  if (far) {
    record.add<int64_t>(member.local_offset);
  }
  return record.text();
}

std::string end_records(int64_t members, int64_t directory_offset, int64_t directory_bytes) {
  std::string text;
  if (members >= UINT16_MAX || std::max(directory_offset, directory_bytes) >= UINT32_MAX) {
    constexpr int64_t kBytesAfter = 44;
    Record wide(0x06064B50);
    wide.add<int64_t>(kBytesAfter)
        .add<uint16_t>(kMadeOnUnix | kWideVersion)
        .add<uint16_t>(kWideVersion)
        .add<uint32_t>(0)
        .add<uint32_t>(0)
        .add<int64_t>(members)
        .add<int64_t>(members)
        .add<int64_t>(directory_bytes)
        .add<int64_t>(directory_offset);
    Record locator(0x07064B50);
    locator.add<uint32_t>(0).add<int64_t>(directory_offset + directory_bytes).add<uint32_t>(1);
    text = wide.text() + locator.text();
  }
  Record end(0x06054B50);
  end.add<uint16_t>(0)
      .add<uint16_t>(0)
      .add_narrow<uint16_t>(members)
      .add_narrow<uint16_t>(members)
      .add_narrow<uint32_t>(directory_bytes)
      .add_narrow<uint32_t>(directory_offset)
      .add<uint16_t>(0);
  return text + end.text();
}

}  // namespace volseg::archive::internal
