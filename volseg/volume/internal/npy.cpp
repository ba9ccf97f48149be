// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/npy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "volseg/volume/internal/npy_header.h"

namespace volseg::volume::internal {

namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr int64_t kPrefixBytes = 8;
constexpr int64_t kMostHeaderBytes = 64 << 10;

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Where the dictionary lies in the file.
struct TextRange {
  int64_t begin_bytes;
  int64_t size_bytes;
};

TextRange find_dictionary(std::span<const std::byte> file, std::string_view name) {
  const auto at = [&file](size_t index) { return std::to_integer<uint32_t>(file[index]); };
  const auto file_bytes = static_cast<int64_t>(file.size());
  const uint32_t version = file_bytes < kPrefixBytes ? 0 : at(6);
  if (version < 1 || version > 3 || at(7) != 0) {
    refuse(ErrorKind::kFormat, name, "not a .npy of version 1.0, 2.0 or 3.0, or cut in its header");
  }
  const int64_t length_bytes = version == 1 ? 2 : 4;
  const int64_t begin_bytes = kPrefixBytes + length_bytes;
  int64_t declared_bytes = 0;
  for (int64_t index = begin_bytes - 1; index >= kPrefixBytes && begin_bytes <= file_bytes;
       --index) {
    declared_bytes = declared_bytes * 256 + at(static_cast<size_t>(index));
  }
  if (declared_bytes > kMostHeaderBytes || declared_bytes > file_bytes - begin_bytes) {
    refuse(ErrorKind::kFormat, name,
           "the .npy header declares a length of " + std::to_string(declared_bytes) +
               " bytes; the file has " + std::to_string(file_bytes) +
               " bytes and headers have at most 65536");
  }
  return {begin_bytes, declared_bytes};
}

[[noreturn]] void refuse_descr(std::string_view descr, char kind, std::string_view name) {
  const std::string array = "the array has type '" + std::string(descr) + "', ";
  const std::string advice = "; volseg reads bool, integers of 8 to 64 bits and floats of 16 to 64";
  switch (kind) {
    case 'O':
      refuse(ErrorKind::kUnsupported, name,
             array + "Python objects in a pickle, which is never unpickled" + advice);
    case 'S':
    case 'U':
    case 'a':
      refuse(ErrorKind::kUnsupported, name, array + "strings" + advice);
    case 'c':
      refuse(ErrorKind::kUnsupported, name, array + "complex numbers" + advice);
    case 'M':
    case 'm':
      refuse(ErrorKind::kUnsupported, name, array + "dates or durations" + advice);
    case 'V':
      refuse(ErrorKind::kUnsupported, name, array + "raw or structured records" + advice);
    case 'f':
      refuse(ErrorKind::kUnsupported, name, array + "floats of another width" + advice);
    default:
      refuse(ErrorKind::kFormat, name, array + "which is none of NumPy's" + advice);
  }
}

struct NamedType {
  std::string_view code;
  DataType type;
};

constexpr std::array<NamedType, 12> kTypes{{{"b1", DataType::kBool},
                                            {"u1", DataType::kUint8},
                                            {"i1", DataType::kInt8},
                                            {"u2", DataType::kUint16},
                                            {"i2", DataType::kInt16},
                                            {"u4", DataType::kUint32},
                                            {"i4", DataType::kInt32},
                                            {"u8", DataType::kUint64},
                                            {"i8", DataType::kInt64},
                                            {"f2", DataType::kFloat16},
                                            {"f4", DataType::kFloat32},
                                            {"f8", DataType::kFloat64}}};

void read_type(std::string_view descr, ParsedImage& image, std::string_view name) {
  constexpr std::string_view kOrders = "<>=|";
  const bool has_order = !descr.empty() && kOrders.find(descr[0]) != std::string_view::npos;
  const std::string_view code = has_order ? descr.substr(1) : descr;
  const char kind = code.empty() ? ' ' : code[0];
  const auto* found = std::ranges::find(kTypes, code, &NamedType::code);
  if (found == kTypes.end()) {
    refuse_descr(descr, kind, name);
  }
  image.header.type = found->type;
  const bool wide = size_bytes(found->type) > 1;
  if (wide && (!has_order || descr[0] == '|')) {
    refuse(ErrorKind::kFormat, name, "type '" + std::string(descr) + "' has no byte order");
  }
  const char native = std::endian::native == std::endian::little ? '<' : '>';
  image.foreign_byte_order = wide && descr[0] != native && descr[0] != '=';
}

void check_shape(const std::vector<int64_t>& shape, std::string_view name) {
  if (shape.size() != 3 && shape.size() != 4) {
    refuse(ErrorKind::kUnsupported, name,
           "the array has shape " + shape_text(shape) + "; expected 3 axes, or 4 with channels");
  }
  if (std::ranges::find(shape, 0) != shape.end()) {
    refuse(ErrorKind::kFormat, name,
           "the array has shape " + shape_text(shape) + "; extents are at least 1");
  }
}

}  // namespace

bool is_npy(std::span<const std::byte> bytes) { return text_of(bytes).starts_with(kMagic); }

ParsedImage parse_npy(std::span<const std::byte> file, std::string_view name,
                      std::optional<int> channel_axis) {
  const TextRange range = find_dictionary(file, name);
  const std::string_view text = text_of(
      file.subspan(static_cast<size_t>(range.begin_bytes), static_cast<size_t>(range.size_bytes)));
  const NpyDictionary dictionary = parse_npy_dictionary(text, name);
  ParsedImage image;
  read_type(dictionary.descr, image, name);
  check_shape(dictionary.shape, name);
  image.header.channel_axis = choose_channel_axis(dictionary.shape, channel_axis, name);
  image.data_offset_bytes = range.begin_bytes + range.size_bytes;
  image.data_bytes = declared_bytes(dictionary.shape, image.header.type, name);
  check_length(image, static_cast<int64_t>(file.size()), name);
  set_axes(dictionary.shape, dictionary.fortran_order ? core::Order::kFortran : core::Order::kC,
           image.header);
  return image;
}

}  // namespace volseg::volume::internal
