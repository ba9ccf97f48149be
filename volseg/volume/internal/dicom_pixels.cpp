// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "volseg/volume/internal/dicom_elements.h"
#include "volseg/volume/internal/dicom_slice.h"
#include "volseg/volume/internal/open_jpeg_codec.h"
#include "volseg/volume/internal/parsed_image.h"
#include "volseg/volume/internal/visit_type.h"

namespace volseg::volume::internal {

namespace {

using Bytes = std::span<const std::byte>;

constexpr std::string_view kRle = "1.2.840.10008.1.2.5";
constexpr std::string_view kJpegFamily = "1.2.840.10008.1.2.4.";

uint32_t byte_at(Bytes bytes, size_t position) {
  return position < bytes.size() ? std::to_integer<uint32_t>(bytes[position]) : 0;
}

uint32_t big_endian_at(Bytes bytes, size_t position, size_t size) {
  uint32_t number = 0;
  for (size_t index = 0; index < size; ++index) {
    number = number << 8 | byte_at(bytes, position + index);
  }
  return number;
}

[[noreturn]] void fail(const DicomSlice& slice, const std::string& what) {
  refuse(ErrorKind::kFormat, name_of(slice), "the pixels of the DICOM file are damaged: " + what);
}

void copy_plain(Bytes pixels, bool big_endian, const DicomSlice& slice,
                std::span<std::byte> target) {
  const size_t begin = static_cast<size_t>(slice.frame) * target.size();
  if (begin > pixels.size() || pixels.size() - begin < target.size()) {
    fail(slice, "there are too few");
  }
  std::ranges::copy(pixels.subspan(begin, target.size()), target.begin());
  const auto width = static_cast<size_t>(slice.bits_allocated / 8);
  if (big_endian != (std::endian::native == std::endian::big)) {
    for (size_t at = 0; at + width <= target.size(); at += width) {
      std::ranges::reverse(target.subspan(at, width));
    }
  }
}

/// Expands one byte plane of DICOM's run-length encoding (Part 5, annex G).
void expand_plane(Bytes packed, const DicomSlice& slice, std::span<std::byte> target, size_t first,
                  size_t step) {
  const size_t count = target.size() / step;
  size_t written = 0;
  size_t position = 0;
  while (written < count) {
    if (position + 1 >= packed.size()) {
      fail(slice, "a run-length segment ends early");
    }
    const uint32_t control = byte_at(packed, position++);
    if (control == 128) {
      continue;
    }
    const bool repeated = control > 128;
    const size_t length = repeated ? 257 - control : control + 1;
    if (length > count - written || (!repeated && length > packed.size() - position)) {
      fail(slice, "a run passes the end of its segment or image");
    }
    for (size_t index = 0; index < length; ++index) {
      target[(written + index) * step + first] = packed[position + (repeated ? 0 : index)];
    }
    written += length;
    position += repeated ? 1 : length;
  }
}

void expand_runs(Bytes frame, const DicomSlice& slice, std::span<std::byte> target) {
  constexpr size_t kHeaderBytes = 64;
  const auto planes = static_cast<size_t>(slice.bits_allocated / 8);
  const auto word = [&](size_t index) {
    uint32_t value = 0;
    std::memcpy(&value, frame.data() + 4 * index, sizeof value);
    return std::endian::native == std::endian::little ? value : __builtin_bswap32(value);
  };
  if (frame.size() < kHeaderBytes || word(0) != planes) {
    fail(slice,
         "the run-length header is cut or has another number of segments than bytes a pixel");
  }
  for (size_t plane = 0; plane < planes; ++plane) {
    const size_t begin = word(plane + 1);
    const size_t end = plane + 1 < planes ? word(plane + 2) : frame.size();
    if (begin < kHeaderBytes || begin > end || end > frame.size()) {
      fail(slice, "the offsets of the run-length segments are out of order or outside");
    }
    // The first segment holds the most significant bytes.
    const bool little = std::endian::native == std::endian::little;
    const size_t byte = little ? planes - 1 - plane : plane;
    expand_plane(frame.subspan(begin, end - begin), slice, target, byte, planes);
  }
}

/// Size and depth that a code stream declares; zeros when there is no such header.
struct CodeStream {
  uint32_t rows = 0;
  uint32_t columns = 0;
  uint32_t components = 0;
  uint32_t bits = 0;
};

CodeStream describe_jpeg2000(Bytes stream) {
  return {.rows = big_endian_at(stream, 12, 4) - big_endian_at(stream, 20, 4),
          .columns = big_endian_at(stream, 8, 4) - big_endian_at(stream, 16, 4),
          .components = big_endian_at(stream, 40, 2),
          .bits = (byte_at(stream, 42) & 0x7FU) + 1};
}

/// Whether a segment of Huffman tables holds whole tables that can be built.
bool has_sound_tables(Bytes segment) {
  constexpr size_t kLengths = 16;
  size_t position = 0;
  while (position < segment.size()) {
    uint32_t symbols = 0;
    uint32_t left = 1;
    for (size_t length = 1; length <= kLengths; ++length) {
      const uint32_t count = byte_at(segment, position + length);
      if (count > 2 * left) {
        return false;
      }
      left = 2 * left - count;
      symbols += count;
    }
    position += 1 + kLengths + symbols;
  }
  return position == segment.size();
}

/// Whether a scan is of the one component that the frame declares.
bool is_scan_of(Bytes scan, Bytes frame) {
  return frame.size() == 9 && byte_at(frame, 7) == 0x11 && scan.size() == 6 &&
         byte_at(scan, 0) == 1 && byte_at(scan, 1) == byte_at(frame, 6);
}

CodeStream code_stream_of(Bytes frame) {
  return {.rows = big_endian_at(frame, 1, 2),
          .columns = big_endian_at(frame, 3, 2),
          .components = byte_at(frame, 5),
          .bits = byte_at(frame, 0)};
}

/// The frame header of a JPEG or JPEG-LS stream whose segments follow each other without a gap up
/// to its scan, as the decoder ends the program on others; zeros for those.
CodeStream describe_jpeg(Bytes stream) {
  Bytes frame;
  for (size_t position = 2; position + 4 <= stream.size();) {
    const uint32_t marker = byte_at(stream, position + 1);
    const size_t length = big_endian_at(stream, position + 2, 2);
    if (byte_at(stream, position) != 0xFF || length < 2 || length > stream.size() - position - 2) {
      return {};
    }
    const Bytes segment = stream.subspan(position + 4, length - 2);
    const bool is_table = marker == 0xC4;
    const bool is_frame =
        ((marker & 0xF0U) == 0xC0 && !is_table && marker != 0xC8 && marker != 0xCC) ||
        marker == 0xF7;
    if ((is_table && !has_sound_tables(segment)) || (is_frame && !frame.empty())) {
      return {};
    }
    frame = is_frame ? segment : frame;
    if (marker == 0xDA) {
      return is_scan_of(segment, frame) ? code_stream_of(frame) : CodeStream{};
    }
    position += 2 + length;
  }
  return {};
}

/// A decoder trusts the stream's own size, so that it must be the file's before it is called.
void check_code_stream(Bytes stream, const DicomSlice& slice) {
  const bool is_2000 = big_endian_at(stream, 0, 4) == 0xFF4FFF51;
  if (!is_2000 && big_endian_at(stream, 0, 2) != 0xFFD8) {
    fail(slice, "the compressed pixels are no JPEG stream");
  }
  const CodeStream found = is_2000 ? describe_jpeg2000(stream) : describe_jpeg(stream);
  const bool narrow = found.bits <= 8;
  if (found.rows != slice.rows || found.columns != slice.columns || found.components != 1 ||
      found.bits > slice.bits_allocated || narrow != (slice.bits_allocated == 8)) {
    fail(slice, "the JPEG stream declares " + std::to_string(found.rows) + " x " +
                    std::to_string(found.columns) + " pixels of " + std::to_string(found.bits) +
                    " bits in " + std::to_string(found.components) +
                    " components, unlike the header of the file");
  }
}

void decode_jpeg(Bytes stream, const DicomSlice& slice, const std::string& transfer_syntax,
                 std::span<std::byte> target) {
  check_code_stream(stream, slice);
  if (!open_jpeg_codec()(slice, stream, transfer_syntax.c_str(), target)) {
    fail(slice, "the JPEG stream cannot be decoded");
  }
}

/// Where a frame begins and ends among the fragments, as offset tables count.
struct FramePlace {
  int64_t begin = 0;
  int64_t end = std::numeric_limits<int64_t>::max();
};

int64_t little_endian_at(Bytes table, size_t position, size_t size) {
  uint64_t number = 0;
  for (size_t index = size; index > 0; --index) {
    number = number << 8 | byte_at(table, position + index - 1);
  }
  return static_cast<int64_t>(number);
}

/// By a table with one offset for each frame; nothing when it has another size.
std::optional<FramePlace> place_in(Bytes table, size_t width, const DicomSlice& slice) {
  if (table.size() != static_cast<size_t>(slice.frames) * width) {
    return std::nullopt;
  }
  const size_t position = static_cast<size_t>(slice.frame) * width;
  FramePlace place{.begin = little_endian_at(table, position, width)};
  if (position + width < table.size()) {
    place.end = little_endian_at(table, position + width, width);
  }
  return place;
}

/// Which fragments make up a frame: all of the only frame, one for each frame, or by a table.
std::vector<Bytes> fragments_of(const DicomElements& elements, const DicomSlice& slice) {
  const std::vector<DicomFragment>& all = elements.fragments().fragments;
  if (slice.frames > 1 && std::ssize(all) == slice.frames) {
    return {all[static_cast<size_t>(slice.frame)].bytes};
  }
  std::optional<FramePlace> place = FramePlace{};
  if (slice.frames > 1) {
    place = place_in(elements.fragments().offset_table, 4, slice);
    place = place ? place : place_in(elements.bytes(DicomTag::kExtendedOffsets), 8, slice);
  }
  if (!place) {
    refuse(ErrorKind::kUnsupported, slice.member,
           std::to_string(slice.frames) + " frames lie in " + std::to_string(all.size()) +
               " fragments and no table says which; decompress the file");
  }
  std::vector<Bytes> own;
  auto fragment = std::ranges::lower_bound(all, place->begin, {}, &DicomFragment::offset);
  for (; fragment != all.end() && fragment->offset < place->end; ++fragment) {
    own.push_back(fragment->bytes);
  }
  return own;
}

core::Buffer joined(const std::vector<Bytes>& fragments) {
  size_t size = 0;
  for (const Bytes fragment : fragments) {
    size += fragment.size();
  }
  core::Buffer whole(static_cast<int64_t>(size));
  std::byte* end = whole.data();
  for (const Bytes fragment : fragments) {
    end = std::ranges::copy(fragment, end).out;
  }
  return whole;
}

/// Bits above the stored ones may hold overlays; they become the sign or nothing.
template <typename Stored>
void clear_unused_bits(const DicomSlice& slice, std::span<std::byte> target) {
  const auto shift = static_cast<int>(slice.bits_allocated - slice.bits_stored);
  auto* first = reinterpret_cast<Stored*>(target.data());
  std::transform(first, first + target.size() / sizeof(Stored), first, [shift](Stored value) {
    const auto raised =
        static_cast<Stored>(static_cast<std::make_unsigned_t<Stored>>(value) << shift);
    return static_cast<Stored>(raised >> shift);
  });
}

}  // namespace

void read_dicom_pixels(const DicomElements& elements, const DicomSlice& slice,
                       std::span<std::byte> target) {
  const std::string& syntax = elements.transfer_syntax();
  if (elements.fragments().fragments.empty()) {
    copy_plain(elements.pixels(), elements.big_endian(), slice, target);
  } else if (syntax == kRle) {
    const core::Buffer frame = joined(fragments_of(elements, slice));
    expand_runs(frame.bytes(), slice, target);
  } else if (syntax.starts_with(kJpegFamily)) {
    const core::Buffer stream = joined(fragments_of(elements, slice));
    decode_jpeg(stream.bytes(), slice, syntax, target);
  } else {
    refuse(ErrorKind::kUnsupported, slice.member,
           "the pixels are compressed by a method that volseg does not read; decompress the file");
  }
  if (slice.bits_stored < slice.bits_allocated) {
    visit_type(pixel_type_of(slice), [&]<typename Stored>() {
      if constexpr (std::is_integral_v<Stored>) {
        clear_unused_bits<Stored>(slice, target);
      }
    });
  }
}

}  // namespace volseg::volume::internal
