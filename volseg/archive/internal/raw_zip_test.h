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
};

/// A stored member with true size and checksum.
[[nodiscard]] RawMember stored_member(std::string name, const std::string& text);
/// A deflated member with true size and checksum.
[[nodiscard]] RawMember deflated_member(std::string name, const std::string& text);
/// The bytes of a zip with these members.
[[nodiscard]] std::string raw_zip(const std::vector<RawMember>& members);

/// A new empty folder below the test's temporary folder.
[[nodiscard]] std::filesystem::path fresh_folder(std::string_view label);
/// Writes bytes without any care.
void put_file(const std::filesystem::path& path, std::string_view bytes);
[[nodiscard]] std::string get_file(const std::filesystem::path& path);
[[nodiscard]] std::string text_of(const core::Buffer& buffer);
[[nodiscard]] std::span<const std::byte> bytes_of(std::string_view text);

}  // namespace volseg::archive::internal
