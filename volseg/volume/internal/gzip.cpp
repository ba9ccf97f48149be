// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/gzip.h"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "volseg/core/threads.h"
#include "volseg/volume/internal/parsed_image.h"

namespace volseg::volume::internal {

namespace {

constexpr int64_t kSlackBytes = 64 << 10;
constexpr int kCompressionLevel = 6;

using Decompressor =
    std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)>;
using Compressor = std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)>;
using Stream = std::unique_ptr<z_stream, decltype(&inflateEnd)>;

Decompressor make_decompressor(std::string_view name) {
  Decompressor decompressor(libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
  if (decompressor == nullptr) {
    refuse(ErrorKind::kLimit, name, "no memory for inflating");
  }
  return decompressor;
}

Compressor make_compressor() {
  Compressor compressor(libdeflate_alloc_compressor(kCompressionLevel),
                        &libdeflate_free_compressor);
  if (compressor == nullptr) {
    throw Error(ErrorKind::kLimit, "volume.encode", "no memory for compressing");
  }
  return compressor;
}

struct Member {
  size_t compressed_bytes = 0;
  size_t bytes = 0;
};

Member inflate_member(libdeflate_decompressor* decompressor, std::span<const std::byte> compressed,
                      std::span<std::byte> room, std::string_view name) {
  Member member;
  const libdeflate_result result =
      libdeflate_gzip_decompress_ex(decompressor, compressed.data(), compressed.size(), room.data(),
                                    room.size(), &member.compressed_bytes, &member.bytes);
  if (result == LIBDEFLATE_INSUFFICIENT_SPACE) {
    refuse(ErrorKind::kFormat, name,
           "the gzip file inflates to far more bytes than its header declares");
  }
  if (result != LIBDEFLATE_SUCCESS) {
    refuse(ErrorKind::kFormat, name,
           "the gzip data are cut or damaged (stream, checksum or length)");
  }
  return member;
}

uint32_t little_endian_at(std::span<const std::byte> bytes, size_t position) {
  uint32_t number = 0;
  for (size_t byte = 4; byte > 0; --byte) {
    number = number << 8 | std::to_integer<uint32_t>(bytes[position + byte - 1]);
  }
  return number;
}

/// A part of the file that looks like one member, and where its content goes.
struct Segment {
  std::span<const std::byte> compressed;
  int64_t begin_bytes = 0;
  int64_t size_bytes = 0;
};

/// Whether a member may begin at `position`: fixed bytes of its header have one of their values.
bool may_begin_at(std::span<const std::byte> bytes, size_t position) {
  constexpr size_t kLeastMemberBytes = 18;
  constexpr uint32_t kReservedFlags = 0xE0;
  if (bytes.size() - position < kLeastMemberBytes) {
    return false;
  }
  const auto flags = std::to_integer<uint32_t>(bytes[position + 3]);
  const auto level = std::to_integer<uint32_t>(bytes[position + 8]);
  const auto system = std::to_integer<uint32_t>(bytes[position + 9]);
  return (flags & kReservedFlags) == 0 && (level == 0 || level == 2 || level == 4) &&
         (system <= 13 || system == 255);
}

/// The members as their headers and the lengths at their ends suggest; none when the lengths do not
/// make a content of `expected_bytes` or little more. Bytes within a member may look like a header,
/// so that each part must prove itself.
std::vector<Segment> suggest_segments(std::span<const std::byte> compressed,
                                      int64_t expected_bytes) {
  constexpr std::string_view kMagic = "\x1f\x8b\x08";
  const std::string_view text(reinterpret_cast<const char*>(compressed.data()), compressed.size());
  const auto fits = [expected_bytes](int64_t bytes) {
    return bytes >= expected_bytes && bytes <= expected_bytes + kSlackBytes;
  };
  std::vector<Segment> segments;
  if (compressed.size() < 4 || fits(little_endian_at(compressed, compressed.size() - 4))) {
    return segments;
  }
  int64_t total_bytes = 0;
  size_t begin = 0;
  while (begin < compressed.size()) {
    size_t end = text.find(kMagic, begin + kMagic.size());
    while (end != std::string_view::npos && !may_begin_at(compressed, end)) {
      end = text.find(kMagic, end + 1);
    }
    end = std::min(end, compressed.size());
    const auto part = compressed.subspan(begin, end - begin);
    const int64_t size_bytes = part.size() < 18 ? 0 : little_endian_at(part, part.size() - 4);
    segments.push_back({part, total_bytes, size_bytes});
    total_bytes += size_bytes;
    begin = end;
  }
  return fits(total_bytes) && segments.size() > 1 ? segments : std::vector<Segment>();
}

bool inflate_segment(libdeflate_decompressor* decompressor, const Segment& segment,
                     std::span<std::byte> room) {
  size_t used_bytes = 0;
  size_t written_bytes = 0;
  const libdeflate_result result = libdeflate_gzip_decompress_ex(
      decompressor, segment.compressed.data(), segment.compressed.size(), room.data(), room.size(),
      &used_bytes, &written_bytes);
  return result == LIBDEFLATE_SUCCESS && used_bytes == segment.compressed.size() &&
         written_bytes == room.size();
}

/// Inflates members on all cores. Returns false when one is not what it seemed.
bool inflate_segments(const std::vector<Segment>& segments, std::span<std::byte> content,
                      std::string_view name) {
  constexpr int64_t kGrain = 8;
  std::atomic<bool> sound{true};
  const core::ThreadPool pool;
  const auto count = static_cast<int64_t>(segments.size());
  const int64_t grain = std::clamp<int64_t>(count / (int64_t{4} * pool.threads()), 1, kGrain);
  pool.for_ranges(count, grain, [&](int64_t begin, int64_t end) {
    const Decompressor decompressor = make_decompressor(name);
    for (int64_t index = begin; index < end && sound; ++index) {
      const Segment& segment = segments[static_cast<size_t>(index)];
      const auto room = content.subspan(static_cast<size_t>(segment.begin_bytes),
                                        static_cast<size_t>(segment.size_bytes));
      if (!inflate_segment(decompressor.get(), segment, room)) {
        sound = false;
      }
    }
  });
  return sound;
}

bool all_zero(std::span<const std::byte> bytes) {
  return std::ranges::all_of(bytes, [](std::byte value) { return value == std::byte{0}; });
}

}  // namespace

bool is_gzip(std::span<const std::byte> bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b};
}

void check_inflation(int64_t compressed_bytes, int64_t expected_bytes, std::string_view name) {
  if (expected_bytes / kMostInflation > compressed_bytes) {
    refuse(ErrorKind::kLimit, name,
           "the header declares a content of " + std::to_string(expected_bytes) + " bytes; " +
               std::to_string(compressed_bytes) + " compressed bytes cannot hold them");
  }
}

core::Buffer inflate_beginning(std::span<const std::byte> compressed, int64_t most_bytes,
                               std::string_view name) {
  constexpr int kGzipOnly = 16 + MAX_WBITS;
  core::Buffer beginning(most_bytes);
  z_stream state{};
  if (inflateInit2(&state, kGzipOnly) != Z_OK) {
    refuse(ErrorKind::kLimit, name, "no memory for inflating");
  }
  const Stream stream(&state, &inflateEnd);
  // zlib takes at most 32-bit counts; the beginning of a volume lies far before that.
  state.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(compressed.data()));
  state.avail_in =
      static_cast<uInt>(std::min<size_t>(compressed.size(), std::numeric_limits<uInt>::max()));
  state.next_out = reinterpret_cast<Bytef*>(beginning.data());
  state.avail_out = static_cast<uInt>(most_bytes);
  while (state.avail_out > 0 && state.avail_in > 0) {
    const int result = inflate(&state, Z_SYNC_FLUSH);
    if (result == Z_STREAM_END && state.avail_in >= 2 && state.next_in[0] == 0x1f) {
      inflateReset(&state);
    } else if (result == Z_STREAM_END) {
      break;
    } else if (result != Z_OK) {
      refuse(ErrorKind::kFormat, name, "the gzip data are cut or damaged near the beginning");
    }
  }
  beginning.shrink(most_bytes - static_cast<int64_t>(state.avail_out));
  return beginning;
}

Inflated inflate_gzip(std::span<const std::byte> compressed, int64_t expected_bytes,
                      std::string_view name) {
  const auto compressed_bytes = static_cast<int64_t>(compressed.size());
  check_inflation(compressed_bytes, expected_bytes, name);
  Inflated content{.bytes = core::Buffer(expected_bytes + kSlackBytes)};
  const std::vector<Segment> segments = suggest_segments(compressed, expected_bytes);
  if (!segments.empty() && inflate_segments(segments, content.bytes.bytes(), name)) {
    content.bytes.shrink(segments.back().begin_bytes + segments.back().size_bytes);
    return content;
  }
  const Decompressor decompressor = make_decompressor(name);
  auto room = content.bytes.bytes();
  auto rest = compressed;
  while (is_gzip(rest)) {
    const Member member = inflate_member(decompressor.get(), rest, room, name);
    rest = rest.subspan(member.compressed_bytes);
    room = room.subspan(member.bytes);
  }
  if (!all_zero(rest)) {
    refuse(ErrorKind::kFormat, name,
           std::to_string(rest.size()) + " bytes that are no gzip data follow the gzip data");
  }
  content.padding_bytes = static_cast<int64_t>(rest.size());
  content.bytes.shrink(content.bytes.size_bytes() - static_cast<int64_t>(room.size()));
  return content;
}

core::Buffer inflate_zlib(std::span<const std::byte> compressed, int64_t expected_bytes,
                          std::string_view name) {
  check_inflation(static_cast<int64_t>(compressed.size()), expected_bytes, name);
  const Decompressor decompressor = make_decompressor(name);
  core::Buffer content(expected_bytes);
  size_t used_bytes = 0;
  size_t written_bytes = 0;
  const libdeflate_result result = libdeflate_zlib_decompress_ex(
      decompressor.get(), compressed.data(), compressed.size(), content.data(),
      static_cast<size_t>(expected_bytes), &used_bytes, &written_bytes);
  if (result == LIBDEFLATE_INSUFFICIENT_SPACE ||
      (result == LIBDEFLATE_SUCCESS && written_bytes != static_cast<size_t>(expected_bytes))) {
    refuse(ErrorKind::kFormat, name,
           "the compressed data inflate to another size than the " +
               std::to_string(expected_bytes) + " bytes that the header declares");
  }
  if (result != LIBDEFLATE_SUCCESS) {
    refuse(ErrorKind::kFormat, name, "the compressed data are cut or damaged");
  }
  return content;
}

core::Buffer deflate_zlib(std::span<const std::byte> bytes) {
  const Compressor compressor = make_compressor();
  core::Buffer file(
      static_cast<int64_t>(libdeflate_zlib_compress_bound(compressor.get(), bytes.size())));
  file.shrink(static_cast<int64_t>(
      libdeflate_zlib_compress(compressor.get(), bytes.data(), bytes.size(), file.data(),
                               static_cast<size_t>(file.size_bytes()))));
  return file;
}

core::Buffer deflate_gzip(std::span<const std::byte> bytes, int64_t member_bytes) {
  const Compressor compressor = make_compressor();
  const size_t part_bytes = std::min(static_cast<size_t>(member_bytes), bytes.size());
  const size_t bound_bytes = libdeflate_gzip_compress_bound(compressor.get(), part_bytes);
  const size_t parts = part_bytes == 0 ? 1 : (bytes.size() + part_bytes - 1) / part_bytes;
  core::Buffer file(static_cast<int64_t>(parts * bound_bytes));
  size_t written_bytes = 0;
  for (size_t part = 0; part < parts; ++part) {
    const size_t begin = part * part_bytes;
    const auto piece = bytes.subspan(begin, std::min(part_bytes, bytes.size() - begin));
    written_bytes += libdeflate_gzip_compress(
        compressor.get(), piece.data(), piece.size(), file.data() + written_bytes,
        static_cast<size_t>(file.size_bytes()) - written_bytes);
  }
  file.shrink(static_cast<int64_t>(written_bytes));
  return file;
}

}  // namespace volseg::volume::internal
