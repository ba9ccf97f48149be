// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "volseg/prepare/case_store.h"

namespace volseg::prepare {

/// Version of the file format and of what preparing does; part of each case's key.
inline constexpr int64_t kCaseFormatVersion = 1;

/// 16 hexadecimal digits of the XXH3-64 of `bytes`.
[[nodiscard]] std::string hash_text(std::span<const std::byte> bytes);

/// Writes a case file, replacing an older one. @throws Error(kIo)
void write_case(const std::filesystem::path& path, const PreparedCase& prepared,
                std::string_view key);

/// @throws Error(kNotFound), Error(kIo); Error(kFormat) when a byte is not as written
[[nodiscard]] PreparedCase read_case(const std::filesystem::path& path);

/// The key of a case file; none when there is no file or its header is damaged.
[[nodiscard]] std::optional<std::string> key_of_case(const std::filesystem::path& path);

/// True when the file can be read whole and no byte has changed.
[[nodiscard]] bool is_sound_case(const std::filesystem::path& path);

}  // namespace volseg::prepare
