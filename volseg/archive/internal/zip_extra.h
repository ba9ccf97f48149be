// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace volseg::archive::internal {

/// The 32-bit fields that a zip64 extra field widens.
struct WideFields {
  uint64_t size_bytes = 0;
  uint64_t stored_bytes = 0;
  uint64_t local_offset = 0;
  uint64_t disk = 0;
};

/// Replaces saturated fields by those of the zip64 extra field. Local headers have sizes only: give
/// offset and disk 0.
/// @return why the extra fields are unsound, such as "has two zip64 extra fields"; empty when sound
[[nodiscard]] std::string widen(WideFields& fields, std::span<const std::byte> extra);

/// The UTF-8 name of the extra field 0x7075 when its checksum is that of `name`; else empty.
[[nodiscard]] std::string unicode_path(std::string_view name, std::span<const std::byte> extra);

}  // namespace volseg::archive::internal
