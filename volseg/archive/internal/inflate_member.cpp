// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/inflate_member.h"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "volseg/core/error.h"

namespace volseg::archive::internal {

namespace {

struct DecompressorFree {
  void operator()(libdeflate_decompressor* decompressor) const noexcept {
    libdeflate_free_decompressor(decompressor);
  }
};

[[noreturn]] void throw_no_memory() {
  throw Error(ErrorKind::kLimit, "archive.read", "no memory to decompress");
}

constexpr const char* kDamaged =
    "zip-deflate: its compressed bytes are damaged; copy the zip again";
constexpr const char* kFollowed = "zip-deflate: bytes follow the end of its compressed stream";

std::string in_bytes(uint64_t count) { return std::to_string(count) + " bytes"; }

std::string expands_to_more(uint64_t declared) {
  return "zip-size: expands to more than the declared " + in_bytes(declared);
}

std::string expands_to_less(uint64_t made, uint64_t declared) {
  return "zip-size: expands to " + in_bytes(made) + "; declared are " + in_bytes(declared);
}

class InflateStream {
 public:
  InflateStream() {
    if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) {
      throw_no_memory();
    }
  }
  InflateStream(const InflateStream&) = delete;
  InflateStream& operator=(const InflateStream&) = delete;
  ~InflateStream() { inflateEnd(&stream_); }

  z_stream& get() { return stream_; }

 private:
  z_stream stream_{};
};

class PieceInflater {
 public:
  /// @param most_made_bytes  of one piece
  PieceInflater(int64_t size_bytes, const PieceVisit& visit, int64_t most_made_bytes = kPieceBytes)
      : left_bytes_(size_bytes),
        visit_(visit),
        made_(static_cast<size_t>(std::min(most_made_bytes - 1, size_bytes) + 1)) {}

  /// False once the stream ended or is damaged.
  bool feed(std::span<std::byte> input) {
    z_stream& stream = stream_.get();
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    do {
      stream.next_out = reinterpret_cast<Bytef*>(made_.data());
      stream.avail_out = static_cast<uInt>(made_.size());
      code_ = ::inflate(&stream, Z_NO_FLUSH);
      const auto got = static_cast<int64_t>(made_.size() - stream.avail_out);
      if (got > left_bytes_) {
        too_large_ = true;
        return false;
      }
      left_bytes_ -= got;
      visit_(std::span<const std::byte>(made_).first(static_cast<size_t>(got)));
    } while (code_ == Z_OK && (stream.avail_in > 0 || stream.avail_out == 0));
    return code_ == Z_OK || code_ == Z_BUF_ERROR;
  }

  [[nodiscard]] bool too_large() const { return too_large_; }
  [[nodiscard]] bool ended() const { return code_ == Z_STREAM_END; }
  [[nodiscard]] int64_t left_bytes() const { return left_bytes_; }
  [[nodiscard]] int64_t unused_bytes() { return stream_.get().avail_in; }

 private:
  InflateStream stream_;
  int64_t left_bytes_;
  const PieceVisit& visit_;
  std::vector<std::byte> made_;
  int code_ = Z_OK;
  bool too_large_ = false;
};

}  // namespace

std::string inflate_whole(std::span<const std::byte> stored, std::span<std::byte> expanded) {
  const std::unique_ptr<libdeflate_decompressor, DecompressorFree> decompressor(
      libdeflate_alloc_decompressor());
  if (decompressor == nullptr) {
    throw_no_memory();
  }
  size_t used_bytes = 0;
  size_t made_bytes = 0;
  const libdeflate_result result =
      libdeflate_deflate_decompress_ex(decompressor.get(), stored.data(), stored.size(),
                                       expanded.data(), expanded.size(), &used_bytes, &made_bytes);
  if (result == LIBDEFLATE_INSUFFICIENT_SPACE) {
    return expands_to_more(expanded.size());
  }
  if (result != LIBDEFLATE_SUCCESS) {
    return kDamaged;
  }
  if (made_bytes != expanded.size()) {
    return expands_to_less(made_bytes, expanded.size());
  }
  return used_bytes == stored.size() ? "" : kFollowed;
}

std::string inflate_pieces(const ReadOnlyFile& file, int64_t offset, int64_t stored_bytes,
                           int64_t size_bytes, const PieceVisit& visit) {
  PieceInflater inflater(size_bytes, visit);
  std::vector<std::byte> input(static_cast<size_t>(std::min(kPieceBytes, stored_bytes)));
  int64_t done_bytes = 0;
  bool more = true;
  while (more && done_bytes < stored_bytes) {
    const int64_t now_bytes = std::min(kPieceBytes, stored_bytes - done_bytes);
    const auto piece = std::span(input).first(static_cast<size_t>(now_bytes));
    file.read_at(offset + done_bytes, piece);
    more = inflater.feed(piece);
    done_bytes += now_bytes;
  }
  if (inflater.too_large()) {
    return expands_to_more(static_cast<uint64_t>(size_bytes));
  }
  if (!inflater.ended()) {
    return kDamaged;
  }
  if (inflater.left_bytes() > 0) {
    return expands_to_less(static_cast<uint64_t>(size_bytes - inflater.left_bytes()),
                           static_cast<uint64_t>(size_bytes));
  }
  return done_bytes < stored_bytes || inflater.unused_bytes() > 0 ? kFollowed : "";
}

StreamExtent inflate_to_end(const ReadOnlyFile& file, int64_t offset, int64_t most_stored_bytes,
                            int64_t most_size_bytes, const PieceVisit& visit) {
  // Many a stream that is tried ends after a few bytes.
  constexpr int64_t kMadeBytes = int64_t{1} << 15;
  int64_t piece_bytes = 512;
  PieceInflater inflater(most_size_bytes, visit, kMadeBytes);
  std::vector<std::byte> input;
  StreamExtent extent;
  bool more = true;
  while (more && extent.stored_bytes < most_stored_bytes) {
    const int64_t now_bytes = std::min(piece_bytes, most_stored_bytes - extent.stored_bytes);
    input.resize(static_cast<size_t>(now_bytes));
    file.read_at(offset + extent.stored_bytes, input);
    more = inflater.feed(input);
    extent.stored_bytes += now_bytes;
    piece_bytes = std::min(kPieceBytes, 2 * piece_bytes);
  }
  extent.stored_bytes -= inflater.unused_bytes();
  extent.size_bytes = most_size_bytes - inflater.left_bytes();
  extent.has_ended = inflater.ended() && !inflater.too_large();
  return extent;
}

}  // namespace volseg::archive::internal
