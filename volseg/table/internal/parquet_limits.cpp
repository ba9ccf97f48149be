// SPDX-License-Identifier: Apache-2.0
#include "volseg/table/internal/parquet_limits.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "volseg/core/error.h"

namespace volseg::table::internal {

namespace {

constexpr std::string_view kOperation = "table.read_parquet";
constexpr std::string_view kWithoutEncryption = "write the table without encryption";
constexpr int64_t kMagicBytes = 4;
constexpr int64_t kTailBytes = 8;

[[noreturn]] void refuse(ErrorKind kind, const std::string& name, const std::string& defect,
                         std::string_view way_out = "copy or write the table again") {
  throw Error(kind, kOperation, name + ": " + defect + "; " + std::string(way_out));
}

std::string_view text_at(std::span<const std::byte> bytes, int64_t offset) {
  return {reinterpret_cast<const char*>(bytes.data()) + offset, static_cast<size_t>(kMagicBytes)};
}

/// Sums that stay below a cap and refuse negative parts.
class Budget {
 public:
  Budget(int64_t cap, std::string what, const std::string& name)
      : cap_(cap), what_(std::move(what)), name_(name) {}

  void add(int64_t part) {
    if (part < 0) {
      refuse(ErrorKind::kFormat, name_, "parquet-damaged: a negative number of " + what_);
    }
    if (part > cap_ - sum_) {
      refuse(ErrorKind::kLimit, name_,
             "parquet-too-large: declares more " + what_ +
                 " than a file of this length may hold (" + std::to_string(cap_) + ")");
    }
    sum_ += part;
  }
  [[nodiscard]] int64_t sum() const { return sum_; }

 private:
  int64_t cap_;
  int64_t sum_ = 0;
  std::string what_;
  const std::string& name_;
};

void check_column_names(const parquet::FileMetaData& footer, const std::string& name) {
  if (footer.num_columns() > kMostColumns) {
    refuse(ErrorKind::kLimit, name,
           "parquet-too-large: " + std::to_string(footer.num_columns()) + " columns; the cap is " +
               std::to_string(kMostColumns),
           "leave out columns");
  }
  if (footer.num_columns() <= 0) {
    refuse(ErrorKind::kFormat, name, "parquet-damaged: no columns");
  }
  const auto* root = footer.schema()->group_node();
  std::set<std::string> names;
  for (int field = 0; field < root->field_count(); ++field) {
    if (!names.insert(root->field(field)->name()).second) {
      refuse(ErrorKind::kFormat, name,
             "parquet-damaged: two columns named \"" + root->field(field)->name() + "\"",
             "rename one");
    }
  }
}

/// Bytes [begin, end) of a column chunk.
struct ChunkRange {
  int64_t begin = 0;
  int64_t end = 0;
};

ChunkRange range_of(const parquet::ColumnChunkMetaData& chunk) {
  int64_t begin = chunk.data_page_offset();
  if (chunk.has_dictionary_page() && chunk.dictionary_page_offset() > 0) {
    begin = std::min(begin, chunk.dictionary_page_offset());
  }
  return {begin, begin + chunk.total_compressed_size()};
}

void check_ranges(std::vector<ChunkRange> ranges, const std::string& name) {
  std::ranges::sort(ranges, {}, &ChunkRange::begin);
  for (size_t index = 1; index < ranges.size(); ++index) {
    if (ranges[index].begin < ranges[index - 1].end) {
      refuse(ErrorKind::kFormat, name,
             "parquet-damaged: two column chunks overlap at byte " +
                 std::to_string(ranges[index].begin));
    }
  }
}

/// How many elements the schema says to have, read as every writer lays a footer out: field 1 a
/// number, field 2 the list. Zero for another layout, which the reader itself then judges.
/// @source Thrift compact protocol
uint64_t declared_schema_elements(std::span<const std::byte> footer) {
  size_t at = 0;
  const auto next = [&] { return at < footer.size() ? std::to_integer<uint8_t>(footer[at++]) : 0; };
  const auto number = [&] {
    uint64_t value = 0;
    int byte = 0x80;
    for (int shift = 0; shift < 63 && (byte & 0x80) != 0; shift += 7) {
      byte = next();
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
    }
    return value;
  };
  constexpr int kNumberField = 0x15;
  constexpr int kListField = 0x19;
  if (next() != kNumberField) {
    return 0;
  }
  static_cast<void>(number());
  if (next() != kListField) {
    return 0;
  }
  const int head = next();
  constexpr int kLong = 15;
  return (head >> 4) == kLong ? number() : static_cast<uint64_t>(head >> 4);
}

// The reader makes all elements before anyone can count the columns.
void check_schema_size(std::span<const std::byte> footer, const std::string& name) {
  constexpr uint64_t kElementsPerColumn = 8;
  const uint64_t elements = declared_schema_elements(footer);
  if (elements > kElementsPerColumn * kMostColumns) {
    refuse(ErrorKind::kLimit, name,
           "parquet-too-large: " + std::to_string(elements) +
               " columns and groups in its schema; the cap is " + std::to_string(kMostColumns) +
               " columns",
           "leave out columns");
  }
}

}  // namespace

int64_t expanded_cap_bytes(int64_t file_bytes) {
  constexpr int64_t kRatio = 1100;
  constexpr int64_t kAlwaysBytes = int64_t{256} << 20;
  constexpr int64_t kPlainBytes = int64_t{8} << 30;
  constexpr int64_t kPlainRatio = 64;
  const int64_t known_bytes = std::min(file_bytes, int64_t{1} << 50);
  return std::clamp(kRatio * known_bytes, kAlwaysBytes,
                    std::max(kPlainBytes, kPlainRatio * known_bytes));
}

int64_t cell_cap(int64_t file_bytes) {
  constexpr int64_t kCellsPerByte = 8;
  constexpr int64_t kAlwaysCells = int64_t{1} << 24;
  return std::max(kAlwaysCells, kCellsPerByte * std::min(file_bytes, int64_t{1} << 50));
}

int64_t check_frame(std::span<const std::byte> bytes, const std::string& name) {
  const auto size_bytes = static_cast<int64_t>(bytes.size());
  if (size_bytes < kMagicBytes + kTailBytes || text_at(bytes, 0) == "PARE") {
    const bool encrypted = size_bytes >= kMagicBytes && text_at(bytes, 0) == "PARE";
    refuse(encrypted ? ErrorKind::kUnsupported : ErrorKind::kFormat, name,
           encrypted ? "parquet-encrypted: an encrypted table"
                     : "parquet-truncated: " + std::to_string(size_bytes) +
                           " bytes; the shortest table has 12",
           encrypted ? kWithoutEncryption : "copy or write the table again");
  }
  if (text_at(bytes, 0) != "PAR1") {
    refuse(ErrorKind::kFormat, name,
           "parquet-no-magic: does not begin with PAR1; not a Parquet file",
           "write the table as Parquet");
  }
  if (text_at(bytes, size_bytes - kMagicBytes) != "PAR1") {
    refuse(ErrorKind::kFormat, name, "parquet-truncated: does not end with PAR1",
           "the file is incomplete, copy it again");
  }
  int64_t footer_bytes = 0;
  for (int64_t byte = 3; byte >= 0; --byte) {
    const auto offset = static_cast<size_t>(size_bytes - kTailBytes + byte);
    footer_bytes = (footer_bytes << 8) | std::to_integer<int64_t>(bytes[offset]);
  }
  if (footer_bytes == 0 || footer_bytes > size_bytes - kMagicBytes - kTailBytes) {
    refuse(ErrorKind::kFormat, name,
           "parquet-damaged: a footer of " + std::to_string(footer_bytes) + " bytes in a file of " +
               std::to_string(size_bytes));
  }
  check_schema_size(bytes.subspan(static_cast<size_t>(size_bytes - kTailBytes - footer_bytes),
                                  static_cast<size_t>(footer_bytes)),
                    name);
  return footer_bytes;
}

void check_footer(const parquet::FileMetaData& footer, int64_t file_bytes,
                  const std::string& name) {
  if (footer.is_encryption_algorithm_set()) {
    refuse(ErrorKind::kUnsupported, name, "parquet-encrypted: an encrypted footer",
           kWithoutEncryption);
  }
  check_column_names(footer, name);
  Budget rows(cell_cap(file_bytes), "rows", name);
  Budget cells(cell_cap(file_bytes), "cells", name);
  Budget stored(file_bytes, "compressed bytes", name);
  Budget expanded(expanded_cap_bytes(file_bytes), "uncompressed bytes", name);
  std::vector<ChunkRange> ranges;
  for (int group = 0; group < footer.num_row_groups(); ++group) {
    const auto part = footer.RowGroup(group);
    rows.add(part->num_rows());
    for (int column = 0; column < footer.num_columns(); ++column) {
      const auto chunk = part->ColumnChunk(column);
      cells.add(chunk->num_values());
      stored.add(chunk->total_compressed_size());
      expanded.add(chunk->total_uncompressed_size());
      if (chunk->num_values() == 0) {
        continue;
      }
      if (chunk->data_page_offset() < 0 || chunk->data_page_offset() > file_bytes) {
        refuse(ErrorKind::kFormat, name,
               "parquet-damaged: a column chunk at byte " +
                   std::to_string(chunk->data_page_offset()) + " of a file of " +
                   std::to_string(file_bytes));
      }
      ranges.push_back(range_of(*chunk));
    }
  }
  check_ranges(std::move(ranges), name);
  if (rows.sum() != footer.num_rows()) {
    refuse(ErrorKind::kFormat, name,
           "parquet-damaged: " + std::to_string(footer.num_rows()) +
               " rows declared; its row groups hold " + std::to_string(rows.sum()));
  }
}

}  // namespace volseg::table::internal
