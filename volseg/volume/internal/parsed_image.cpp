// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/parsed_image.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace volseg::volume::internal {

namespace {

constexpr int64_t kMostGuessedChannels = 8;

template <typename Word>
void reverse_words(std::span<std::byte> bytes, Word (*reverse)(Word)) {
  auto* words = reinterpret_cast<Word*>(bytes.data());
  std::transform(words, words + bytes.size() / sizeof(Word), words, reverse);
}

void reverse_bytes(std::span<std::byte> bytes, int64_t word_bytes) {
  if (word_bytes == 2) {
    reverse_words<uint16_t>(bytes, [](uint16_t word) { return __builtin_bswap16(word); });
  } else if (word_bytes == 4) {
    reverse_words<uint32_t>(bytes, [](uint32_t word) { return __builtin_bswap32(word); });
  } else if (word_bytes == 8) {
    reverse_words<uint64_t>(bytes, [](uint64_t word) { return __builtin_bswap64(word); });
  }
}

int guess_channel_axis(std::span<const int64_t> shape, std::string_view name) {
  for (const int64_t most_channels : {int64_t{1}, kMostGuessedChannels}) {
    const bool first = shape[0] <= most_channels;
    const bool last = shape[3] <= most_channels;
    if (first != last) {
      return first ? 0 : 3;
    }
  }
  refuse(ErrorKind::kFormat, name,
         "the array has shape " + shape_text(shape) +
             " and either end may be the channels; set channel_axis to 0 or 3");
}

}  // namespace

void refuse(ErrorKind kind, std::string_view name, const std::string& message) {
  throw Error(kind, "volume.read", std::string(name) + ": " + message);
}

std::string shape_text(std::span<const int64_t> shape) {
  std::string text = "(";
  for (const int64_t extent : shape) {
    text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
  }
  return text + ")";
}

int choose_channel_axis(std::span<const int64_t> shape, std::optional<int> channel_axis,
                        std::string_view name) {
  if (channel_axis && *channel_axis != 0 && *channel_axis != 3) {
    refuse(ErrorKind::kUsage, name,
           "channel_axis is " + std::to_string(*channel_axis) + "; expected 0 or 3");
  }
  if (shape.size() == 3) {
    return -1;
  }
  return channel_axis ? *channel_axis : guess_channel_axis(shape, name);
}

void set_axes(std::span<const int64_t> extents, core::Order order, Header& header) {
  const bool fortran = order == core::Order::kFortran;
  int64_t stride = 1;
  size_t spatial = fortran ? 0 : 2;
  for (size_t step = 0; step < extents.size(); ++step) {
    const size_t axis = fortran ? step : extents.size() - 1 - step;
    if (static_cast<int>(axis) == header.channel_axis) {
      header.channels = extents[axis];
      header.channel_stride = stride;
    } else {
      header.shape[spatial] = extents[axis];
      header.strides[spatial] = stride;
      spatial += fortran ? 1 : -1;
    }
    // Extents whose product does not fit are refused by declared_bytes.
    if (__builtin_mul_overflow(stride, extents[axis], &stride)) {
      stride = 0;
    }
  }
  if (header.channel_axis < 0) {
    header.channel_stride = stride;
  }
}

int64_t declared_bytes(std::span<const int64_t> extents, DataType type, std::string_view name) {
  constexpr int64_t kMostBytes = int64_t{1} << 62;
  int64_t bytes = size_bytes(type);
  for (const int64_t extent : extents) {
    if (bytes > kMostBytes / extent) {
      refuse(ErrorKind::kLimit, name, "the header declares more than 2^62 bytes of voxels");
    }
    bytes *= extent;
  }
  return bytes;
}

void check_length(ParsedImage& image, int64_t file_bytes, std::string_view name) {
  const int64_t found_bytes = std::max<int64_t>(file_bytes - image.data_offset_bytes, 0);
  if (found_bytes < image.data_bytes) {
    refuse(ErrorKind::kFormat, name,
           "the header declares " + std::to_string(image.data_bytes) +
               " bytes of voxels from byte " + std::to_string(image.data_offset_bytes) + "; " +
               std::to_string(found_bytes) +
               " bytes were found; the file is cut or its header is wrong");
  }
  image.header.trailing_bytes = found_bytes - image.data_bytes;
}

Volume finish(ParsedImage image, core::Buffer data) {
  if (image.foreign_byte_order) {
    reverse_bytes(data.bytes(), size_bytes(image.header.type));
  }
  if (image.header.type == DataType::kBool) {
    std::ranges::transform(data.bytes(), data.data(), [](std::byte value) {
      return value == std::byte{0} ? std::byte{0} : std::byte{1};
    });
  }
  return {std::move(image.header), std::move(data)};
}

Volume load(ParsedImage image, std::span<const std::byte> file) {
  const auto voxels = file.subspan(static_cast<size_t>(image.data_offset_bytes),
                                   static_cast<size_t>(image.data_bytes));
  core::Buffer data = core::Buffer::copy_of(voxels);
  return finish(std::move(image), std::move(data));
}

Volume load(ParsedImage image, core::Buffer file) {
  std::memmove(file.data(), file.data() + image.data_offset_bytes,
               static_cast<size_t>(image.data_bytes));
  file.shrink(image.data_bytes);
  return finish(std::move(image), std::move(file));
}

}  // namespace volseg::volume::internal
