// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "volseg/core/buffer.h"

namespace volseg::volume::internal {

/// Bytes that one compressed byte can become at most; deflate itself ends at 1032.
inline constexpr int64_t kMostInflation = 1100;

[[nodiscard]] bool is_gzip(std::span<const std::byte> bytes);

/// @throws Error(kLimit) when the compressed bytes cannot hold a content of `expected_bytes`
void check_inflation(int64_t compressed_bytes, int64_t expected_bytes, std::string_view name);

/// At most the first `most_bytes` of what a gzip file holds; its end is not checked.
/// @throws Error(kFormat) on damage within that part
[[nodiscard]] core::Buffer inflate_beginning(std::span<const std::byte> compressed,
                                             int64_t most_bytes, std::string_view name);

/// What a whole gzip file holds.
struct Inflated {
  core::Buffer bytes;
  int64_t padding_bytes = 0;  ///< zero bytes after the last member
};

/// Inflates all members and verifies their checksums and lengths.
/// @param expected_bytes  size that the content's own header implies; little more than it is
/// allocated
/// @throws Error(kFormat) on damage, other bytes after the last member, or a content far above
///         `expected_bytes`; Error(kLimit) when the compressed bytes cannot hold `expected_bytes`
[[nodiscard]] Inflated inflate_gzip(std::span<const std::byte> compressed, int64_t expected_bytes,
                                    std::string_view name);

/// Inflates one zlib stream of exactly `expected_bytes`; bytes after it are ignored.
/// @throws Error(kFormat) on damage or another size; Error(kLimit) as inflate_gzip
[[nodiscard]] core::Buffer inflate_zlib(std::span<const std::byte> compressed,
                                        int64_t expected_bytes, std::string_view name);

/// One zlib stream.
[[nodiscard]] core::Buffer deflate_zlib(std::span<const std::byte> bytes);

/// A gzip file without name and time, so that equal bytes give an equal file; several members above
/// `member_bytes`.
[[nodiscard]] core::Buffer deflate_gzip(std::span<const std::byte> bytes,
                                        int64_t member_bytes = int64_t{1} << 31);

}  // namespace volseg::volume::internal
