// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/raw_parquet_test.h"

#include <span>

namespace volseg::dataset::internal {

namespace {

enum ThriftType { kInt32 = 5, kInt64 = 6, kBinary = 8, kList = 9, kStruct = 12 };

uint64_t zigzag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}

std::string list_head(size_t count, int type) {
  return static_cast<char>(0xF0 | type) + varint(count);
}

std::string little_endian(uint32_t value) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) {
    bytes += static_cast<char>(value >> shift & 0xFF);
  }
  return bytes;
}

std::string bytes_of(const RawPage& page) {
  const auto size_bytes = static_cast<int64_t>(page.bytes.size());
  ThriftStruct header;
  header.integer(1, page.type, false)
      .integer(2, page.uncompressed_bytes.value_or(size_bytes), false)
      .integer(3, page.compressed_bytes.value_or(size_bytes), false);
  if (page.crc) {
    header.integer(4, *page.crc, false);
  }
  ThriftStruct part;
  part.integer(1, page.values, false).integer(2, page.encoding, false);
  if (page.type == 0) {
    part.integer(3, 3, false).integer(4, 3, false);
  }
  return header.structure(page.type == 0 ? 5 : 7, part).bytes() + page.bytes;
}

// Appends the pages of a chunk to the file and describes it.
ThriftStruct chunk_of(const RawChunk& chunk, std::string& file) {
  const auto begin = static_cast<int64_t>(file.size());
  std::optional<int64_t> dictionary = chunk.dictionary_offset;
  int64_t data = begin;
  for (const RawPage& page : chunk.pages) {
    const auto at = static_cast<int64_t>(file.size());
    if (page.type == 2 && !dictionary) {
      dictionary = at;
    }
    data = page.type == 0 && data == begin ? at : data;
    file += bytes_of(page);
  }
  const int64_t size_bytes = static_cast<int64_t>(file.size()) - begin;
  ThriftStruct description;
  description.integer(1, chunk.type, false)
      .integers(2, {0, 3})
      .texts(3, chunk.path)
      .integer(4, chunk.codec, false)
      .integer(5, chunk.values)
      .integer(6, chunk.uncompressed_bytes.value_or(size_bytes))
      .integer(7, chunk.compressed_bytes.value_or(size_bytes))
      .integer(9, chunk.data_offset.value_or(data));
  if (dictionary) {
    description.integer(11, *dictionary);
  }
  if (chunk.statistics) {
    description.structure(12, *chunk.statistics);
  }
  return ThriftStruct().integer(2, begin).structure(3, description);
}

ThriftStruct element_of(const RawElement& element) {
  ThriftStruct part;
  if (element.type) {
    part.integer(1, *element.type, false);
  }
  if (element.repetition) {
    part.integer(3, *element.repetition, false);
  }
  part.text(4, element.name);
  if (element.children) {
    part.integer(5, *element.children, false);
  }
  if (element.converted) {
    part.integer(6, *element.converted, false);
  }
  return part;
}

std::string footer_of(const RawParquet& made, const std::vector<ThriftStruct>& chunks) {
  std::vector<ThriftStruct> schema;
  for (const RawElement& element : made.schema) {
    schema.push_back(element_of(element));
  }
  std::vector<ThriftStruct> groups;
  if (made.has_group) {
    groups.push_back(ThriftStruct().structures(1, chunks).integer(2, 100).integer(
        3, made.group_rows.value_or(made.rows)));
  }
  std::vector<ThriftStruct> notes;
  for (const auto& [key, value] : made.notes) {
    notes.push_back(ThriftStruct().text(1, key).text(2, value));
  }
  return ThriftStruct()
      .integer(1, 1, false)
      .structures(2, schema)
      .integer(3, made.rows)
      .structures(4, groups)
      .structures(5, notes)
      .bytes();
}

}  // namespace

std::string varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) {
    bytes += static_cast<char>(value | 0x80);
  }
  return bytes + static_cast<char>(value);
}

std::string plain_text(const std::string& text) {
  return little_endian(static_cast<uint32_t>(text.size())) + text;
}

void ThriftStruct::begin(int field, int type) {
  bytes_ += static_cast<char>((field - last_field_) << 4 | type);
  last_field_ = field;
}

ThriftStruct& ThriftStruct::integer(int field, int64_t value, bool is_64_bit) {
  begin(field, is_64_bit ? kInt64 : kInt32);
  bytes_ += varint(zigzag(value));
  return *this;
}

ThriftStruct& ThriftStruct::text(int field, const std::string& value) {
  begin(field, kBinary);
  bytes_ += varint(value.size()) + value;
  return *this;
}

ThriftStruct& ThriftStruct::structure(int field, const ThriftStruct& value) {
  begin(field, kStruct);
  bytes_ += value.bytes();
  return *this;
}

ThriftStruct& ThriftStruct::integers(int field, const std::vector<int64_t>& values) {
  begin(field, kList);
  bytes_ += list_head(values.size(), kInt32);
  for (const int64_t value : values) {
    bytes_ += varint(zigzag(value));
  }
  return *this;
}

ThriftStruct& ThriftStruct::texts(int field, const std::vector<std::string>& values) {
  begin(field, kList);
  bytes_ += list_head(values.size(), kBinary);
  for (const std::string& value : values) {
    bytes_ += varint(value.size()) + value;
  }
  return *this;
}

ThriftStruct& ThriftStruct::structures(int field, const std::vector<ThriftStruct>& values) {
  begin(field, kList);
  bytes_ += list_head(values.size(), kStruct);
  for (const ThriftStruct& value : values) {
    bytes_ += value.bytes();
  }
  return *this;
}

core::Buffer RawParquet::bytes() const {
  std::string file = head;
  std::vector<ThriftStruct> described;
  for (const RawChunk& chunk : chunks) {
    described.push_back(chunk_of(chunk, file));
  }
  const std::string end = footer.value_or(footer_of(*this, described));
  file += end + little_endian(footer_bytes.value_or(static_cast<uint32_t>(end.size()))) + tail;
  return core::Buffer::copy_of(std::as_bytes(std::span(file)));
}

}  // namespace volseg::dataset::internal
