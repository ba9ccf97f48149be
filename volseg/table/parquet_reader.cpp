// SPDX-License-Identifier: Apache-2.0
#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/memory_pool.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/file_reader.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "volseg/table/internal/arrow_errors.h"
#include "volseg/table/internal/arrow_values.h"
#include "volseg/table/internal/parquet_limits.h"
#include "volseg/table/parquet.h"

namespace volseg::table {

namespace {

using internal::check;
using internal::Context;
using internal::take;

constexpr std::string_view kOperation = "table.read_parquet";

/// Every allocation of a list in the footer is bounded by the footer's own bytes.
parquet::ReaderProperties reader_properties(arrow::MemoryPool* pool, int64_t footer_bytes) {
  constexpr int64_t kMostFooterEntries = int64_t{1} << 26;
  const auto cap = static_cast<int32_t>(std::min(footer_bytes, kMostFooterEntries));
  parquet::ReaderProperties properties(pool);
  properties.set_thrift_string_size_limit(cap);
  properties.set_thrift_container_size_limit(cap);
  properties.set_page_checksum_verification(true);
  return properties;
}

// Types come from Parquet alone: what pandas or Arrow noted beside them may be damaged or
// contradict.
void forget_arrow_schema(const parquet::FileMetaData& footer) {
  const auto& notes = footer.key_value_metadata();
  if (notes != nullptr && notes->Contains("ARROW:schema")) {
    static_cast<void>(const_cast<arrow::KeyValueMetadata&>(*notes).Delete("ARROW:schema"));
  }
}

std::unique_ptr<parquet::arrow::FileReader> open_reader(std::span<const std::byte> bytes,
                                                        arrow::MemoryPool* pool,
                                                        const Context& context) {
  const int64_t footer_bytes = internal::check_frame(bytes, context.where);
  const auto size_bytes = static_cast<int64_t>(bytes.size());
  auto input = std::make_shared<arrow::io::BufferReader>(
      std::make_shared<arrow::Buffer>(reinterpret_cast<const uint8_t*>(bytes.data()), size_bytes));
  auto file =
      parquet::ParquetFileReader::Open(std::move(input), reader_properties(pool, footer_bytes));
  internal::check_footer(*file->metadata(), size_bytes, context.where);
  forget_arrow_schema(*file->metadata());
  parquet::ArrowReaderProperties properties(false);
  properties.set_pre_buffer(false);
  // 64-bit offsets: the text of one row group may pass 2 GiB.
  properties.set_binary_type(arrow::Type::LARGE_BINARY);
  return take(parquet::arrow::FileReader::Make(pool, std::move(file), properties), context);
}

// Rows that are read at once, so that a column of long texts is not held twice.
int64_t rows_at_once(const parquet::FileMetaData& footer) {
  constexpr double kBytesAtOnce = 16e6;
  constexpr int64_t kFewestRows = 1;
  double bytes = 1;
  for (int group = 0; group < footer.num_row_groups(); ++group) {
    bytes += static_cast<double>(footer.RowGroup(group)->total_byte_size());
  }
  const double rows = kBytesAtOnce / bytes * static_cast<double>(footer.num_rows());
  return std::max(kFewestRows, static_cast<int64_t>(rows));
}

Values read_column(parquet::arrow::FileReader& reader, int field, int64_t most_rows,
                   int64_t& cells_left, const Context& context) {
  const parquet::FileMetaData& footer = *reader.parquet_reader()->metadata();
  std::unique_ptr<parquet::arrow::ColumnReader> column;
  check(reader.GetColumn(field, &column), context);
  std::optional<Values> values;
  int64_t rows = 0;
  do {
    const int64_t wanted = std::min(most_rows, footer.num_rows() - rows);
    std::shared_ptr<arrow::ChunkedArray> array;
    check(column->NextBatch(wanted, &array), context);
    check(array->ValidateFull(), context);
    cells_left -= internal::count_cells(*array);
    if (cells_left < 0) {
      check(arrow::Status::OutOfMemory("more cells than a file of this length may hold"), context);
    }
    internal::append_values(*array, context, values);
    rows += array->length();
    if (array->length() != wanted) {
      check(arrow::Status::Invalid(rows, " rows instead of ", footer.num_rows()), context);
    }
  } while (rows < footer.num_rows());
  return *std::move(values);
}

Table read_table(std::span<const std::byte> bytes, const Context& context) {
  const auto size_bytes = static_cast<int64_t>(bytes.size());
  // A proxy counts this file alone; pages and growing arrays lie beside the values. Arrow's default
  // pool keeps what is freed.
  constexpr int64_t kWorkingCopies = 4;
  arrow::ProxyMemoryPool own_pool(arrow::system_memory_pool());
  arrow::CappedMemoryPool pool(&own_pool,
                               kWorkingCopies * internal::expanded_cap_bytes(size_bytes));
  const auto reader = open_reader(bytes, &pool, context);
  std::shared_ptr<arrow::Schema> schema;
  check(reader->GetSchema(&schema), context);
  Table table;
  table.row_count = reader->parquet_reader()->metadata()->num_rows();
  const int64_t most_rows = rows_at_once(*reader->parquet_reader()->metadata());
  int64_t cells_left = internal::cell_cap(size_bytes);
  for (int field = 0; field < schema->num_fields(); ++field) {
    const std::string& name = schema->field(field)->name();
    const arrow::DataType& type = *schema->field(field)->type();
    const std::string type_name = internal::plain_type_name(type);
    if (!internal::is_readable(type)) {
      table.skipped_columns.emplace_back(name, type_name);
      continue;
    }
    const Context column{kOperation, context.where + " column " + name};
    table.columns.push_back(
        {name, type_name, read_column(*reader, field, most_rows, cells_left, column)});
  }
  return table;
}

}  // namespace

Table read_parquet(std::span<const std::byte> bytes, std::string_view name) {
  const Context context{kOperation, std::string(name)};
  return internal::guarded(context, [&] { return read_table(bytes, context); });
}

}  // namespace volseg::table
