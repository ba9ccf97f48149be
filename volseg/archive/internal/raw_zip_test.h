// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/core/buffer.h"

namespace volseg::archive::internal {

/// One member of a zip that a test makes by hand, with any lie in its fields.
struct RawMember {
  std::string name;
  std::string stored;   ///< bytes as they lie in the zip
  uint32_t size = 0;    ///< declared uncompressed size
  uint32_t crc32 = 0;   ///< declared checksum
  uint16_t method = 0;  ///< 0 stored, 8 deflate
  uint16_t flags = 0;   ///< general purpose bits
  uint32_t unix_mode = 0100644;
  std::string extra = {};        ///< extra fields in the directory
  std::string local_extra = {};  ///< extra fields in the local header
  bool local_sizes = true;       ///< false: checksum and sizes are 0 in the local header
  std::string descriptor = {};   ///< bytes behind the data
};

/// A stored member with true size and checksum.
[[nodiscard]] RawMember stored_member(std::string name, const std::string& text);
/// A deflated member with true size and checksum.
[[nodiscard]] RawMember deflated_member(std::string name, const std::string& text);
/// The bytes of a zip with these members.
[[nodiscard]] std::string raw_zip(const std::vector<RawMember>& members,
                                  const std::string& comment = {});
/// The same with a zip64 end record and saturated fields in the end record.
[[nodiscard]] std::string raw_zip64(const std::vector<RawMember>& members);

/// `value` in little-endian bytes.
[[nodiscard]] std::string little_endian(uint64_t value, int bytes);
/// One extra field.
[[nodiscard]] std::string extra_field(uint16_t id, const std::string& content);
/// `zip` with `value` written at `offset`.
[[nodiscard]] std::string patched(std::string zip, size_t offset, uint64_t value, int bytes);
/// Where the first directory entry, the end record and the zip64 end record begin.
[[nodiscard]] size_t directory_of(const std::string& zip);
[[nodiscard]] size_t end_record_of(const std::string& zip);
[[nodiscard]] size_t zip64_record_of(const std::string& zip);

/// A new empty folder below the test's temporary folder.
[[nodiscard]] std::filesystem::path fresh_folder(std::string_view label);
/// Writes bytes without any care.
void put_file(const std::filesystem::path& path, std::string_view bytes);
[[nodiscard]] std::string get_file(const std::filesystem::path& path);
[[nodiscard]] std::string text_of(const core::Buffer& buffer);
[[nodiscard]] std::span<const std::byte> bytes_of(std::string_view text);

}  // namespace volseg::archive::internal
