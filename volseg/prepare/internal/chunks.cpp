// SPDX-License-Identifier: Apache-2.0
#include "volseg/prepare/internal/chunks.h"

#include <blosc.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/prepare/internal/case_file.h"

namespace volseg::prepare {
namespace {

constexpr int64_t kChunkBytes = int64_t{16} << 20;
constexpr int kLevel = 5;
// LZ4 cannot shrink by more than 255.
constexpr int64_t kMostRatio = 256;

[[noreturn]] void fail(const std::string& where, size_t index, std::string_view problem) {
  throw Error(
      ErrorKind::kFormat, "prepare.load",
      fmt::format("{}, chunk {}: {}; delete the file and prepare again", where, index, problem));
}

void check_chunk(std::span<const std::byte> stored, const Chunk& chunk, const std::string& where,
                 size_t index) {
  if (hash_text(stored) != chunk.hash) {
    fail(where, index, "its checksum differs");
  }
  size_t raw_bytes = 0;
  const int status = blosc_cbuffer_validate(stored.data(), stored.size(), &raw_bytes);
  const bool sized = status == 0 && static_cast<int64_t>(raw_bytes) == chunk.raw_bytes &&
                     chunk.raw_bytes <= kChunkBytes &&
                     chunk.raw_bytes <= chunk.stored_bytes * kMostRatio;
  if (!sized) {
    fail(where, index, "its compressed size is not what its table says");
  }
}

}  // namespace

CompressedStream compress(std::span<const std::byte> bytes, int64_t element_bytes) {
  CompressedStream stream;
  const auto total = static_cast<int64_t>(bytes.size());
  for (int64_t begin = 0; begin < total; begin += kChunkBytes) {
    const int64_t raw_bytes = std::min(kChunkBytes, total - begin);
    core::Buffer piece(raw_bytes + BLOSC_MAX_OVERHEAD);
    const int stored_bytes =
        blosc_compress_ctx(kLevel, BLOSC_SHUFFLE, static_cast<size_t>(element_bytes),
                           static_cast<size_t>(raw_bytes), bytes.data() + begin, piece.data(),
                           static_cast<size_t>(piece.size_bytes()), BLOSC_LZ4_COMPNAME, 0, 1);
    if (stored_bytes <= 0) {
      throw Error(ErrorKind::kLimit, "prepare.store",
                  fmt::format("blosc cannot compress {} bytes (code {})", raw_bytes, stored_bytes));
    }
    piece.shrink(stored_bytes);
    stream.chunks.push_back({stored_bytes, raw_bytes, hash_text(piece.bytes())});
    stream.pieces.push_back(std::move(piece));
  }
  return stream;
}

core::Buffer expand(std::span<const std::byte> stored, const std::vector<Chunk>& chunks,
                    int64_t expected_bytes, const std::string& where) {
  int64_t raw_bytes = 0;
  size_t offset = 0;
  for (size_t index = 0; index < chunks.size(); ++index) {
    const auto size = static_cast<size_t>(chunks[index].stored_bytes);
    check_chunk(stored.subspan(offset, size), chunks[index], where, index);
    offset += size;
    raw_bytes += chunks[index].raw_bytes;
  }
  if (raw_bytes != expected_bytes) {
    throw Error(ErrorKind::kFormat, "prepare.load",
                fmt::format("{}: chunks hold {} bytes; its header needs {}", where, raw_bytes,
                            expected_bytes));
  }
  core::Buffer result(expected_bytes);
  offset = 0;
  int64_t written = 0;
  for (size_t index = 0; index < chunks.size(); ++index) {
    const int expanded = blosc_decompress_ctx(stored.data() + offset, result.data() + written,
                                              static_cast<size_t>(chunks[index].raw_bytes), 1);
    if (expanded != chunks[index].raw_bytes) {
      fail(where, index, "it does not expand");
    }
    offset += static_cast<size_t>(chunks[index].stored_bytes);
    written += chunks[index].raw_bytes;
  }
  return result;
}

}  // namespace volseg::prepare
