// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace volseg::archive::internal {

/// A member as it is written.
struct WrittenMember {
  std::string name;
  uint16_t method = 0;
  uint32_t crc32 = 0;
  int64_t size_bytes = 0;
  int64_t stored_bytes = 0;
  int64_t local_offset = 0;
  bool wide = false;  ///< has 64-bit sizes
};

/// Records of a zip with one fixed time, 1980-01-01, and regular files of mode 0644.
/// @source APPNOTE.TXT 6.3.10, section 4.3
[[nodiscard]] std::string local_header(const WrittenMember& member);
[[nodiscard]] std::string directory_entry(const WrittenMember& member);
/// The end record, and before it the zip64 record and its locator where numbers need them.
[[nodiscard]] std::string end_records(int64_t members, int64_t directory_offset,
                                      int64_t directory_bytes);

}  // namespace volseg::archive::internal
