// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "volseg/core/buffer.h"

namespace volseg::dataset::internal {

/// A struct in Thrift's compact protocol, field by field in ascending order.
class ThriftStruct {
 public:
  ThriftStruct& integer(int field, int64_t value, bool is_64_bit = true);
  ThriftStruct& text(int field, const std::string& value);
  ThriftStruct& structure(int field, const ThriftStruct& value);
  ThriftStruct& integers(int field, const std::vector<int64_t>& values);
  ThriftStruct& texts(int field, const std::vector<std::string>& values);
  ThriftStruct& structures(int field, const std::vector<ThriftStruct>& values);
  /// The encoding with its stop byte.
  [[nodiscard]] std::string bytes() const { return bytes_ + '\0'; }

 private:
  void begin(int field, int type);
  std::string bytes_;
  int last_field_ = 0;
};

[[nodiscard]] std::string varint(uint64_t value);
/// A value of the plain encoding of byte arrays: four bytes of length, then the text.
[[nodiscard]] std::string plain_text(const std::string& text);

/// One element of a Parquet schema.
struct RawElement {
  std::string name;
  std::optional<int64_t> type = {};       ///< 2 = INT64, 6 = BYTE_ARRAY
  std::optional<int64_t> repetition = 0;  ///< 0 required, 1 optional, 2 repeated
  std::optional<int64_t> children = {};
  std::optional<int64_t> converted = {};  ///< 0 = UTF8, 3 = LIST
};

/// One page; sizes are those of `bytes` unless they are given.
struct RawPage {
  int64_t type = 0;  ///< 0 data, 2 dictionary
  std::optional<int64_t> uncompressed_bytes = {};
  std::optional<int64_t> compressed_bytes = {};
  std::optional<int64_t> crc = {};
  int64_t values = 1;
  int64_t encoding = 0;
  std::string bytes;
};

/// One column chunk; offsets and sizes are the true ones unless they are given.
struct RawChunk {
  int64_t type = 6;
  std::vector<std::string> path = {"image"};
  int64_t codec = 0;
  int64_t values = 1;
  std::optional<int64_t> uncompressed_bytes = {};
  std::optional<int64_t> compressed_bytes = {};
  std::optional<int64_t> data_offset = {};
  std::optional<int64_t> dictionary_offset = {};
  std::optional<ThriftStruct> statistics = {};
  std::vector<RawPage> pages = {{.bytes = plain_text("a.npy")}};
};

/// A Parquet file byte by byte; as made, a sound table with the one image a.npy.
struct RawParquet {
  std::string head = "PAR1";
  std::string tail = "PAR1";
  std::vector<RawElement> schema = {{.name = "schema", .repetition = {}, .children = 1},
                                    {.name = "image", .type = 6, .converted = 0}};
  int64_t rows = 1;
  std::optional<int64_t> group_rows = {};
  std::vector<RawChunk> chunks = {{}};
  bool has_group = true;
  std::vector<std::pair<std::string, std::string>> notes = {};
  std::optional<std::string> footer = {};     ///< in place of the true one
  std::optional<uint32_t> footer_bytes = {};  ///< in place of its length

  [[nodiscard]] core::Buffer bytes() const;
};

}  // namespace volseg::dataset::internal
