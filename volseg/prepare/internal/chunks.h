// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "volseg/core/buffer.h"

namespace volseg::prepare {

/// One compressed piece of a stream.
struct Chunk {
  int64_t stored_bytes = 0;
  int64_t raw_bytes = 0;
  std::string hash;  ///< of the stored bytes
};

/// A stream of fixed-size elements as compressed pieces.
struct CompressedStream {
  std::vector<Chunk> chunks;
  std::vector<core::Buffer> pieces;
};

/// Byte-shuffled LZ4 in pieces of 16 MiB. @throws Error(kLimit) when the codec fails
[[nodiscard]] CompressedStream compress(std::span<const std::byte> bytes, int64_t element_bytes);

/// Checks every piece, then expands all.
/// @param stored          the pieces one after another; exactly as long as the table says
/// @param expected_bytes  of the expanded stream
/// @param where           for messages
/// @throws Error(kFormat)
[[nodiscard]] core::Buffer expand(std::span<const std::byte> stored,
                                  const std::vector<Chunk>& chunks, int64_t expected_bytes,
                                  const std::string& where);

}  // namespace volseg::prepare
