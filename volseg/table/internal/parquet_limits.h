// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <parquet/metadata.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace volseg::table::internal {

inline constexpr int kMostColumns = 4096;

/// Bytes that a file of `file_bytes` may expand to: 1,100 for each of its bytes, at least 256 MiB,
/// and at most 8 GiB or 64 for each byte, whichever is more.
[[nodiscard]] int64_t expanded_cap_bytes(int64_t file_bytes);

/// Rows, or cells in all columns and lists together, that a file of `file_bytes` may hold: 8 for
/// each of its bytes, at least 2^24.
[[nodiscard]] int64_t cell_cap(int64_t file_bytes);

/// Checks both magics and the length of the footer. @throws Error(kFormat), Error(kUnsupported)
/// @return bytes of the footer
int64_t check_frame(std::span<const std::byte> bytes, const std::string& name);

/// Checks what the footer declares against the length of the file.
/// @throws Error(kFormat), Error(kLimit), Error(kUnsupported)
void check_footer(const parquet::FileMetaData& footer, int64_t file_bytes, const std::string& name);

}  // namespace volseg::table::internal
