// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "volseg/archive/archive.h"
#include "volseg/archive/internal/read_only_file.h"

namespace volseg::archive::internal {

/// Expands a deflate stream that must fill `expanded` exactly.
/// @return the defect, such as "zip-size: expands to more than the declared 5 bytes"; empty when
///         sound. @throws Error(kLimit) without memory
[[nodiscard]] std::string inflate_whole(std::span<const std::byte> stored,
                                        std::span<std::byte> expanded);

/// Expands the deflate stream of `stored_bytes` at `offset` of a file piece by piece; nothing past
/// `size_bytes` is given to `visit`.
/// @return as inflate_whole
[[nodiscard]] std::string inflate_pieces(const ReadOnlyFile& file, int64_t offset,
                                         int64_t stored_bytes, int64_t size_bytes,
                                         const PieceVisit& visit);

/// How far a deflate stream of unknown length goes.
struct StreamExtent {
  int64_t stored_bytes = 0;  ///< read, up to the end or the damage
  int64_t size_bytes = 0;    ///< given to `visit`
  bool has_ended = false;    ///< by its own last block, within the caps
};

/// Expands the stream at `offset` up to its own end, at most these numbers of bytes.
[[nodiscard]] StreamExtent inflate_to_end(const ReadOnlyFile& file, int64_t offset,
                                          int64_t most_stored_bytes, int64_t most_size_bytes,
                                          const PieceVisit& visit);

}  // namespace volseg::archive::internal
