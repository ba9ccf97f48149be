// SPDX-License-Identifier: Apache-2.0
#include "volseg/table/internal/arrow_values.h"

#include <arrow/util/float16.h>

#include <type_traits>
#include <utility>

namespace volseg::table::internal {

namespace {

using arrow::Type;

enum class Kind { kNone, kText, kInteger, kReal, kTruth };

Kind kind_of(const arrow::DataType& type) {
  switch (type.id()) {
    case Type::NA:
    case Type::STRING:
    case Type::LARGE_STRING:
    case Type::STRING_VIEW:
    case Type::BINARY:
    case Type::LARGE_BINARY:
    case Type::BINARY_VIEW:
      return Kind::kText;
    case Type::INT8:
    case Type::INT16:
    case Type::INT32:
    case Type::INT64:
    case Type::UINT8:
    case Type::UINT16:
    case Type::UINT32:
    case Type::UINT64:
      return Kind::kInteger;
    case Type::HALF_FLOAT:
    case Type::FLOAT:
    case Type::DOUBLE:
      return Kind::kReal;
    case Type::BOOL:
      return Kind::kTruth;
    case Type::DICTIONARY:
      return kind_of(*static_cast<const arrow::DictionaryType&>(type).value_type());
    default:
      return Kind::kNone;
  }
}

bool is_list(const arrow::DataType& type) {
  return type.id() == Type::LIST || type.id() == Type::LARGE_LIST ||
         type.id() == Type::FIXED_SIZE_LIST;
}

const arrow::DataType& element_type(const arrow::DataType& type) { return *type.field(0)->type(); }

int64_t checked_integer(uint64_t value, const Context& context) {
  if (value > static_cast<uint64_t>(INT64_MAX)) {
    throw Error(ErrorKind::kFormat, context.operation,
                context.where + ": parquet-integer-range: " + std::to_string(value) +
                    "; integers end at 9223372036854775807");
  }
  return static_cast<int64_t>(value);
}

template <typename T, typename ArrayType>
T value_at(const ArrayType& array, int64_t index, const Context& context) {
  if constexpr (std::is_same_v<T, std::string>) {
    return std::string(array.GetView(index));
  } else if constexpr (std::is_same_v<ArrayType, arrow::HalfFloatArray>) {
    return arrow::util::Float16::FromBits(array.Value(index)).ToDouble();
  } else if constexpr (std::is_same_v<ArrayType, arrow::UInt64Array>) {
    return checked_integer(array.Value(index), context);
  } else {
    return static_cast<T>(array.Value(index));
  }
}

template <typename T, typename ArrayType>
void append_plain(const arrow::Array& array, int64_t begin, int64_t end, const Context& context,
                  std::vector<Cell<T>>& out) {
  const auto& typed = static_cast<const ArrayType&>(array);
  for (int64_t index = begin; index < end; ++index) {
    out.push_back(typed.IsNull(index) ? Cell<T>() : Cell<T>(value_at<T>(typed, index, context)));
  }
}

template <typename T>
void append_cells(const arrow::Array& array, int64_t begin, int64_t end, const Context& context,
                  std::vector<Cell<T>>& out);

template <typename T>
void append_dictionary(const arrow::DictionaryArray& array, int64_t begin, int64_t end,
                       const Context& context, std::vector<Cell<T>>& out) {
  std::vector<Cell<T>> entries;
  append_cells(*array.dictionary(), 0, array.dictionary()->length(), context, entries);
  for (int64_t index = begin; index < end; ++index) {
    out.push_back(array.IsNull(index)
                      ? Cell<T>()
                      : entries.at(static_cast<size_t>(array.GetValueIndex(index))));
  }
}

template <typename T>
using Append = void (*)(const arrow::Array&, int64_t, int64_t, const Context&,
                        std::vector<Cell<T>>&);

Append<std::string> text_append(Type::type id) {
  switch (id) {
    case Type::STRING:
    case Type::BINARY:
      return append_plain<std::string, arrow::BinaryArray>;
    case Type::LARGE_STRING:
    case Type::LARGE_BINARY:
      return append_plain<std::string, arrow::LargeBinaryArray>;
    case Type::STRING_VIEW:
    case Type::BINARY_VIEW:
      return append_plain<std::string, arrow::BinaryViewArray>;
    default:
      return nullptr;
  }
}

Append<int64_t> integer_append(Type::type id) {
  switch (id) {
    case Type::INT8:
      return append_plain<int64_t, arrow::Int8Array>;
    case Type::INT16:
      return append_plain<int64_t, arrow::Int16Array>;
    case Type::INT32:
      return append_plain<int64_t, arrow::Int32Array>;
    case Type::INT64:
      return append_plain<int64_t, arrow::Int64Array>;
    case Type::UINT8:
      return append_plain<int64_t, arrow::UInt8Array>;
    case Type::UINT16:
      return append_plain<int64_t, arrow::UInt16Array>;
    case Type::UINT32:
      return append_plain<int64_t, arrow::UInt32Array>;
    case Type::UINT64:
      return append_plain<int64_t, arrow::UInt64Array>;
    default:
      return nullptr;
  }
}

Append<double> real_append(Type::type id) {
  switch (id) {
    case Type::HALF_FLOAT:
      return append_plain<double, arrow::HalfFloatArray>;
    case Type::FLOAT:
      return append_plain<double, arrow::FloatArray>;
    case Type::DOUBLE:
      return append_plain<double, arrow::DoubleArray>;
    default:
      return nullptr;
  }
}

template <typename T>
Append<T> append_for(Type::type id) {
  if constexpr (std::is_same_v<T, std::string>) {
    return text_append(id);
  } else if constexpr (std::is_same_v<T, int64_t>) {
    return integer_append(id);
  } else if constexpr (std::is_same_v<T, double>) {
    return real_append(id);
  } else {
    return id == Type::BOOL ? append_plain<bool, arrow::BooleanArray> : nullptr;
  }
}

template <typename T>
void append_cells(const arrow::Array& array, int64_t begin, int64_t end, const Context& context,
                  std::vector<Cell<T>>& out) {
  const Type::type id = array.type_id();
  if (id == Type::NA) {
    out.resize(out.size() + static_cast<size_t>(end - begin));
  } else if (id == Type::DICTIONARY) {
    append_dictionary(static_cast<const arrow::DictionaryArray&>(array), begin, end, context, out);
  } else {
    append_for<T>(id)(array, begin, end, context, out);
  }
}

template <typename T, typename ListArray>
void append_lists(const arrow::Array& array, const Context& context,
                  std::vector<ListCell<T>>& out) {
  const auto& lists = static_cast<const ListArray&>(array);
  std::vector<Cell<T>> elements;
  append_cells(*lists.values(), 0, lists.values()->length(), context, elements);
  for (int64_t index = 0; index < lists.length(); ++index) {
    ListCell<T>& cell = out.emplace_back();
    if (lists.IsNull(index)) {
      continue;
    }
    const auto first = elements.begin() + lists.value_offset(index);
    const auto last = first + lists.value_length(index);
    cell.emplace(std::make_move_iterator(first), std::make_move_iterator(last));
  }
}

template <typename T>
void append_chunk(const arrow::Array& chunk, const Context& context,
                  std::vector<ListCell<T>>& out) {
  if (chunk.type_id() == Type::LIST) {
    append_lists<T, arrow::ListArray>(chunk, context, out);
  } else if (chunk.type_id() == Type::LARGE_LIST) {
    append_lists<T, arrow::LargeListArray>(chunk, context, out);
  } else {
    append_lists<T, arrow::FixedSizeListArray>(chunk, context, out);
  }
}

template <typename T>
void append_chunk(const arrow::Array& chunk, const Context& context, std::vector<Cell<T>>& out) {
  append_cells(chunk, 0, chunk.length(), context, out);
}

template <typename Column>
void append_chunks(const arrow::ChunkedArray& array, const Context& context,
                   std::optional<Values>& out) {
  auto& column = std::get<Column>(out ? *out : out.emplace(Column()));
  for (const auto& chunk : array.chunks()) {
    append_chunk(*chunk, context, column);
  }
}

template <typename T>
void append_cells_or_lists(const arrow::ChunkedArray& array, const Context& context,
                           std::optional<Values>& out) {
  if (is_list(*array.type())) {
    append_chunks<std::vector<ListCell<T>>>(array, context, out);
  } else {
    append_chunks<std::vector<Cell<T>>>(array, context, out);
  }
}

}  // namespace

bool is_readable(const arrow::DataType& type) {
  if (!is_list(type)) {
    return kind_of(type) != Kind::kNone;
  }
  const Kind kind = kind_of(element_type(type));
  return kind == Kind::kText || kind == Kind::kInteger || kind == Kind::kReal;
}

std::string plain_type_name(const arrow::DataType& type) {
  constexpr std::string_view kLarge = "large_";
  std::string name = type.ToString();
  for (size_t at = name.find(kLarge); at != std::string::npos; at = name.find(kLarge, at)) {
    name.erase(at, kLarge.size());
  }
  return name;
}

int64_t count_cells(const arrow::ChunkedArray& array) {
  int64_t count = array.length();
  for (const auto& chunk : array.chunks()) {
    for (const auto& child : chunk->data()->child_data) {
      count += child->length;
    }
  }
  return count;
}

void append_values(const arrow::ChunkedArray& array, const Context& context,
                   std::optional<Values>& out) {
  const arrow::DataType& type = *array.type();
  switch (kind_of(is_list(type) ? element_type(type) : type)) {
    case Kind::kInteger:
      return append_cells_or_lists<int64_t>(array, context, out);
    case Kind::kReal:
      return append_cells_or_lists<double>(array, context, out);
    case Kind::kTruth:
      return append_chunks<std::vector<Cell<bool>>>(array, context, out);
    default:
      return append_cells_or_lists<std::string>(array, context, out);
  }
}

}  // namespace volseg::table::internal
