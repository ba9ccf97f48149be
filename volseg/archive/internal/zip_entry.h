// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace volseg::archive::internal {

inline constexpr uint16_t kFlagEncrypted = 1U << 0;
inline constexpr uint16_t kFlagStreamed = 1U << 3;  ///< sizes follow the data
inline constexpr uint16_t kFlagStrongEncryption = 1U << 6;
inline constexpr uint16_t kFlagUtf8 = 1U << 11;
inline constexpr uint16_t kFlagMaskedHeader = 1U << 13;
inline constexpr uint16_t kMethodStored = 0;
inline constexpr uint16_t kMethodDeflate = 8;
inline constexpr uint16_t kMethodAes = 99;

/// One entry of a zip's directory as its fields say.
struct ZipEntry {
  std::string name;          ///< its bytes; only the beginning of one over the cap
  int64_t name_bytes = 0;    ///< of the whole name
  std::string unicode_path;  ///< of the extra field 0x7075 when that belongs to `name`
  uint16_t flags = 0;
  uint16_t method = 0;
  uint32_t crc32 = 0;
  int64_t size_bytes = 0;
  int64_t stored_bytes = 0;
  int64_t local_offset = 0;
  int64_t data_offset = 0;  ///< set by check_local_headers
  bool local_sizes = true;  ///< false: the local header leaves sizes and checksum to the directory
  uint8_t system = 0;       ///< that made it; 3 and 19 keep Unix modes
  uint32_t attributes = 0;  ///< external
  int64_t index = 0;        ///< position in the directory
};

}  // namespace volseg::archive::internal
