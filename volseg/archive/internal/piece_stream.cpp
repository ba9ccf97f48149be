// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/piece_stream.h"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <span>
#include <utility>

#include "volseg/archive/internal/member_name.h"
#include "volseg/archive/internal/read_only_file.h"
#include "volseg/archive/internal/zip_entry.h"
#include "volseg/core/error.h"

namespace volseg::archive::internal {

namespace {

constexpr int kDeflateLevel = 6;
constexpr size_t kWindowBytes = 32'768;
constexpr int64_t kMegabyte = 1'000'000;
// A smaller zip is there at once.
constexpr int64_t kReportedBytes = 10 * kMegabyte;
// Deflate may lengthen what it cannot shorten, by less than this.
constexpr int64_t kNarrowBytes = 0xF000'0000;

class DeflateStream {
 public:
  DeflateStream() {
    if (deflateInit2(&stream_, kDeflateLevel, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
      throw Error(ErrorKind::kLimit, "archive.write", "no memory to compress");
    }
  }
  DeflateStream(const DeflateStream&) = delete;
  DeflateStream& operator=(const DeflateStream&) = delete;
  ~DeflateStream() { deflateEnd(&stream_); }

  z_stream& get() { return stream_; }

 private:
  z_stream stream_{};
};

Bytef* bytes_of(const std::vector<std::byte>& bytes) {
  return reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
}

// A part of one deflate stream: it refers back to `before` and ends on a byte.
void deflate_piece(const std::vector<std::byte>& before, const std::vector<std::byte>& bytes,
                   bool is_last, std::vector<std::byte>& stored) {
  DeflateStream stream;
  z_stream& state = stream.get();
  if (!before.empty()) {
    deflateSetDictionary(&state, bytes_of(before), static_cast<uInt>(before.size()));
  }
  constexpr size_t kFlushBytes = 16;
  stored.resize(deflateBound(&state, static_cast<uLong>(bytes.size())) + kFlushBytes);
  state.next_in = bytes_of(bytes);
  state.avail_in = static_cast<uInt>(bytes.size());
  state.next_out = bytes_of(stored);
  state.avail_out = static_cast<uInt>(stored.size());
  const int code = ::deflate(&state, is_last ? Z_FINISH : Z_SYNC_FLUSH);
  if (code != (is_last ? Z_STREAM_END : Z_OK) || state.avail_in > 0 || state.avail_out == 0) {
    throw Error(ErrorKind::kIo, "archive.write", "zlib cannot compress; report this as a bug");
  }
  stored.resize(stored.size() - state.avail_out);
}

}  // namespace

PieceStream::PieceStream(core::OutputFile& output, int64_t total_bytes,
                         const core::WorkOptions& work)
    : output_(output),
      work_(work),
      pool_(work.threads),
      progress_(total_bytes < kReportedBytes ? nullptr : work.progress, "zip",
                total_bytes / kMegabyte, "MB"),
      pieces_(static_cast<size_t>(std::max(2, 2 * pool_.threads()))) {}

void PieceStream::begin(const std::string& name, uint16_t method, int64_t size_bytes) {
  members_.push_back({.name = name,
                      .method = method,
                      .size_bytes = size_bytes,
                      .wide = size_bytes >= kNarrowBytes});
  taken_bytes_ = 0;
}

PieceStream::Piece& PieceStream::open_piece() {
  if (is_open_) {
    return pieces_[held_ - 1];
  }
  if (held_ == pieces_.size()) {
    flush();
  }
  Piece& piece = pieces_[held_++];
  is_open_ = true;
  piece.member = members_.size() - 1;
  piece.is_first = taken_bytes_ == 0;
  piece.bytes.clear();
  if (piece.is_first) {
    piece.before.clear();
  }
  return piece;
}

void PieceStream::close_piece(bool is_last) {
  Piece& piece = pieces_[held_ - 1];
  piece.is_last = is_last;
  is_open_ = false;
  if (is_last) {
    return;
  }
  const size_t count = std::min(kWindowBytes, piece.bytes.size());
  std::vector<std::byte> window(piece.bytes.end() - static_cast<ptrdiff_t>(count),
                                piece.bytes.end());
  if (held_ == pieces_.size()) {
    flush();
  }
  pieces_[held_].before = std::move(window);
}

void PieceStream::take(std::span<const std::byte> bytes) {
  const auto most_bytes = static_cast<size_t>(kPieceBytes);
  while (!bytes.empty()) {
    if (is_open_ && pieces_[held_ - 1].bytes.size() == most_bytes) {
      close_piece(false);
    }
    Piece& piece = open_piece();
    const size_t count = std::min(bytes.size(), most_bytes - piece.bytes.size());
    piece.bytes.insert(piece.bytes.end(), bytes.begin(),
                       bytes.begin() + static_cast<ptrdiff_t>(count));
    bytes = bytes.subspan(count);
    taken_bytes_ += static_cast<int64_t>(count);
    if (taken_bytes_ > members_.back().size_bytes) {
      refuse_size(taken_bytes_);
    }
  }
}

void PieceStream::end() {
  if (taken_bytes_ != members_.back().size_bytes) {
    refuse_size(taken_bytes_);
  }
  open_piece();
  close_piece(true);
}

void PieceStream::refuse_size(int64_t found_bytes) const {
  const WrittenMember& member = members_.back();
  throw Error(ErrorKind::kFormat, "archive.write",
              escaped(member.name) + ": " + std::to_string(found_bytes) + " bytes; it had " +
                  std::to_string(member.size_bytes) + " before; it changed, run again");
}

void PieceStream::encode(Piece& piece) const {
  piece.crc32 = libdeflate_crc32(0, piece.bytes.data(), piece.bytes.size());
  if (members_[piece.member].method == kMethodDeflate) {
    deflate_piece(piece.before, piece.bytes, piece.is_last, piece.stored);
  }
}

void PieceStream::flush() {
  if (work_.cancel != nullptr) {
    work_.cancel->throw_if_requested("archive.write");
  }
  pool_.for_each(
      static_cast<int64_t>(held_),
      [this](int64_t index) { encode(pieces_[static_cast<size_t>(index)]); }, work_.cancel);
  int64_t flushed_bytes = 0;
  for (size_t index = 0; index < held_; ++index) {
    put(pieces_[index]);
    flushed_bytes += std::ssize(pieces_[index].bytes);
  }
  held_ = 0;
  const int64_t before = reported_bytes_ / kMegabyte;
  reported_bytes_ += flushed_bytes;
  if (reported_bytes_ / kMegabyte > before) {
    progress_.advance(reported_bytes_ / kMegabyte - before);
  }
}

// A header whose numbers follow later is written again when they are known.
void PieceStream::put(const Piece& piece) {
  WrittenMember& member = members_[piece.member];
  const std::vector<std::byte>& stored =
      member.method == kMethodDeflate ? piece.stored : piece.bytes;
  const auto length = static_cast<z_off_t>(piece.bytes.size());
  member.crc32 = static_cast<uint32_t>(crc32_combine(member.crc32, piece.crc32, length));
  member.stored_bytes += std::ssize(stored);
  if (piece.is_first) {
    member.local_offset = offset_;
    const std::string header = local_header(member);
    write(std::as_bytes(std::span(header)));
  }
  write(stored);
  if (piece.is_last && !piece.is_first) {
    const std::string header = local_header(member);
    output_.write_at(member.local_offset, std::as_bytes(std::span(header)));
  }
}

void PieceStream::write(std::span<const std::byte> bytes) {
  output_.write(bytes);
  offset_ += std::ssize(bytes);
}

void PieceStream::finish() {
  flush();
  const int64_t directory_offset = offset_;
  std::string directory;
  for (const WrittenMember& member : members_) {
    directory += directory_entry(member);
  }
  directory += end_records(std::ssize(members_), directory_offset, std::ssize(directory));
  write(std::as_bytes(std::span(directory)));
}

}  // namespace volseg::archive::internal
