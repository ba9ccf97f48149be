// SPDX-License-Identifier: Apache-2.0
#include <arrow/builder.h>
#include <arrow/io/memory.h>
#include <arrow/table.h>
#include <parquet/arrow/writer.h>

#include <algorithm>
#include <set>
#include <type_traits>

#include "volseg/core/error.h"
#include "volseg/core/version.h"
#include "volseg/table/internal/arrow_errors.h"
#include "volseg/table/parquet.h"

namespace volseg::table {

namespace {

using internal::check;
using internal::Context;
using internal::take;

constexpr std::string_view kOperation = "table.write_parquet";

template <typename T>
struct BuilderOf;
template <>
struct BuilderOf<std::string> {
  using type = arrow::LargeStringBuilder;
};
template <>
struct BuilderOf<int64_t> {
  using type = arrow::Int64Builder;
};
template <>
struct BuilderOf<double> {
  using type = arrow::DoubleBuilder;
};
template <>
struct BuilderOf<bool> {
  using type = arrow::BooleanBuilder;
};

template <typename T, typename Builder>
arrow::Status append(const Cell<T>& cell, Builder& builder) {
  return cell.has_value() ? builder.Append(*cell) : builder.AppendNull();
}

template <typename T>
std::shared_ptr<arrow::Array> to_array(const std::vector<Cell<T>>& cells, const Context& context) {
  typename BuilderOf<T>::type builder;
  for (const Cell<T>& cell : cells) {
    check(append(cell, builder), context);
  }
  return take(builder.Finish(), context);
}

template <typename T>
std::shared_ptr<arrow::Array> to_array(const std::vector<ListCell<T>>& cells,
                                       const Context& context) {
  const auto elements = std::make_shared<typename BuilderOf<T>::type>();
  arrow::LargeListBuilder builder(arrow::default_memory_pool(), elements,
                                  arrow::large_list(arrow::field("element", elements->type())));
  for (const ListCell<T>& cell : cells) {
    if (!cell.has_value()) {
      check(builder.AppendNull(), context);
      continue;
    }
    check(builder.Append(), context);
    for (const Cell<T>& element : *cell) {
      check(append(element, *elements), context);
    }
  }
  return take(builder.Finish(), context);
}

int64_t text_bytes(const Cell<std::string>& cell) {
  return cell.has_value() ? static_cast<int64_t>(cell->size()) : 0;
}

int64_t text_bytes(const ListCell<std::string>& cell) {
  int64_t sum = 0;
  if (cell.has_value()) {
    for (const Cell<std::string>& element : *cell) {
      sum += text_bytes(element);
    }
  }
  return sum;
}

template <typename T>
int64_t text_bytes(const T& /*cell*/) {
  return 0;
}

/// Rows of one row group, such that its text stays near 128 MiB.
int64_t rows_per_group(const Table& table) {
  constexpr int64_t kGroupBytes = int64_t{128} << 20;
  constexpr int64_t kMostRows = int64_t{1} << 20;
  int64_t sum = 0;
  for (const Column& column : table.columns) {
    std::visit(
        [&](const auto& cells) {
          for (const auto& cell : cells) {
            sum += text_bytes(cell);
          }
        },
        column.values);
  }
  const int64_t row_bytes = sum / std::max<int64_t>(table.row_count, 1) + 1;
  return std::clamp<int64_t>(kGroupBytes / row_bytes, 1, kMostRows);
}

void check_table(const Table& table) {
  std::set<std::string_view> names;
  for (const Column& column : table.columns) {
    const auto rows = std::visit([](const auto& cells) { return cells.size(); }, column.values);
    if (static_cast<int64_t>(rows) != table.row_count || !names.insert(column.name).second) {
      throw Error(ErrorKind::kUsage, kOperation,
                  "column " + column.name + ": " + std::to_string(rows) + " values; expected " +
                      std::to_string(table.row_count) + " and a name of its own");
    }
  }
  if (table.columns.empty()) {
    throw Error(ErrorKind::kUsage, kOperation, "a table without columns");
  }
}

std::shared_ptr<arrow::Table> to_arrow(const Table& table) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const Column& column : table.columns) {
    const Context context{kOperation, "column " + column.name};
    arrays.push_back(
        std::visit([&](const auto& cells) { return to_array(cells, context); }, column.values));
    check(arrays.back()->ValidateFull(), context);
    fields.push_back(arrow::field(column.name, arrays.back()->type()));
  }
  return arrow::Table::Make(arrow::schema(fields), arrays, table.row_count);
}

parquet::Compression::type compression(Codec codec) {
  switch (codec) {
    case Codec::kUncompressed:
      return parquet::Compression::UNCOMPRESSED;
    case Codec::kSnappy:
      return parquet::Compression::SNAPPY;
    case Codec::kGzip:
      return parquet::Compression::GZIP;
    case Codec::kZstd:
      return parquet::Compression::ZSTD;
  }
  return parquet::Compression::UNCOMPRESSED;
}

core::Buffer write_table(const Table& table, Codec codec, const Context& context) {
  // Few values a batch: one page must stay below 2 GiB even when each value has megabytes.
  constexpr int64_t kBatchValues = 128;
  check_table(table);
  const auto properties = parquet::WriterProperties::Builder()
                              .compression(compression(codec))
                              ->created_by("volseg version " VOLSEG_VERSION)
                              ->write_batch_size(kBatchValues)
                              ->enable_page_checksum()
                              ->build();
  const auto sink = take(arrow::io::BufferOutputStream::Create(), context);
  check(parquet::arrow::WriteTable(*to_arrow(table), arrow::default_memory_pool(), sink,
                                   rows_per_group(table), properties),
        context);
  const auto written = take(sink->Finish(), context);
  return core::Buffer::copy_of(
      std::as_bytes(std::span(written->data(), static_cast<size_t>(written->size()))));
}

}  // namespace

core::Buffer write_parquet(const Table& table, Codec codec) {
  const Context context{kOperation, "table"};
  return internal::guarded(context, [&] { return write_table(table, codec, context); });
}

}  // namespace volseg::table
