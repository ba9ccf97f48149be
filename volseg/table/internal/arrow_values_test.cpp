// SPDX-License-Identifier: Apache-2.0
#include "volseg/table/internal/arrow_values.h"

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_dict.h>
#include <arrow/array/builder_nested.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/array/util.h>
#include <arrow/util/float16.h>
#include <gtest/gtest.h>

#include "volseg/core/error.h"

namespace volseg::table::internal {

namespace {

using Text = std::vector<Cell<std::string>>;
using Integers = std::vector<Cell<int64_t>>;
using TextLists = std::vector<ListCell<std::string>>;

const Context kContext{"table.read_parquet", "t.pq column c"};

std::shared_ptr<arrow::Array> finish(arrow::ArrayBuilder& builder) {
  return take(builder.Finish(), kContext);
}

Values values_of(const std::shared_ptr<arrow::Array>& array) {
  std::optional<Values> values;
  append_values(arrow::ChunkedArray(array), kContext, values);
  return *values;
}

template <typename Builder>
std::shared_ptr<arrow::Array> text_array(Builder& builder) {
  check(builder.Append("b"), kContext);
  check(builder.AppendNull(), kContext);
  check(builder.Append(""), kContext);
  check(builder.Append("b"), kContext);
  return finish(builder);
}

template <typename Builder, typename T>
std::shared_ptr<arrow::Array> number_array(T low, T high) {
  Builder builder;
  check(builder.Append(low), kContext);
  check(builder.AppendNull(), kContext);
  check(builder.Append(high), kContext);
  return finish(builder);
}

TEST(ArrowValues, resolves_every_variant_of_text) {
  const Text expected = {"b", std::nullopt, "", "b"};
  arrow::StringBuilder plain;
  arrow::LargeStringBuilder large;
  arrow::StringViewBuilder view;
  arrow::BinaryBuilder binary;
  arrow::StringDictionaryBuilder dictionary;
  for (const auto& array : {text_array(plain), text_array(large), text_array(view),
                            text_array(binary), text_array(dictionary)}) {
    EXPECT_TRUE(is_readable(*array->type())) << array->type()->ToString();
    EXPECT_EQ(std::get<Text>(values_of(array)), expected) << array->type()->ToString();
    EXPECT_EQ(std::get<Text>(values_of(array->Slice(2))), (Text{"", "b"}));
  }
}

TEST(ArrowValues, widens_integers_and_refuses_those_past_the_end) {
  EXPECT_EQ(values_of((number_array<arrow::Int8Builder, int8_t>(-128, 127))),
            Values(Integers{-128, std::nullopt, 127}));
  EXPECT_EQ(values_of((number_array<arrow::UInt8Builder, uint8_t>(0, 255))),
            Values(Integers{0, std::nullopt, 255}));
  EXPECT_EQ(values_of((number_array<arrow::UInt16Builder, uint16_t>(0, 65535))),
            Values(Integers{0, std::nullopt, 65535}));
  EXPECT_EQ(values_of((number_array<arrow::UInt32Builder, uint32_t>(0, 4294967295U))),
            Values(Integers{0, std::nullopt, 4294967295}));
  EXPECT_EQ(values_of((number_array<arrow::UInt64Builder, uint64_t>(0, INT64_MAX))),
            Values(Integers{0, std::nullopt, INT64_MAX}));
  const auto past = number_array<arrow::UInt64Builder, uint64_t>(0, uint64_t{1} << 63);
  EXPECT_THROW(static_cast<void>(values_of(past)), Error);
}

TEST(ArrowValues, widens_half_and_single_precision) {
  const uint16_t half = arrow::util::Float16(-1.5F).bits();
  const std::vector<Cell<double>> expected = {-1.5, std::nullopt, -1.5};
  EXPECT_EQ(values_of((number_array<arrow::HalfFloatBuilder, uint16_t>(half, half))),
            Values(expected));
  EXPECT_EQ(values_of((number_array<arrow::FloatBuilder, float>(-1.5F, -1.5F))), Values(expected));
}

template <typename ListBuilder>
void expect_lists(ListBuilder& builder, arrow::StringBuilder& elements) {
  check(builder.Append(), kContext);
  check(elements.AppendValues({"a", "b"}), kContext);
  check(builder.AppendNull(), kContext);
  if constexpr (std::is_same_v<ListBuilder, arrow::FixedSizeListBuilder>) {
    EXPECT_EQ(elements.length(), 4);
  }
  check(builder.Append(), kContext);
  check(elements.Append("c"), kContext);
  check(elements.AppendNull(), kContext);
  const auto array = finish(builder);
  const TextLists expected = {{{"a", "b"}}, std::nullopt, {{"c", std::nullopt}}};
  EXPECT_TRUE(is_readable(*array->type()));
  EXPECT_EQ(values_of(array), Values(expected)) << array->type()->ToString();
  EXPECT_EQ(values_of(array->Slice(2)), Values(TextLists{expected[2]}));
}

TEST(ArrowValues, resolves_every_variant_of_lists) {
  auto* pool = arrow::default_memory_pool();
  auto elements = std::make_shared<arrow::StringBuilder>();
  arrow::ListBuilder list(pool, elements);
  expect_lists(list, *elements);
  arrow::LargeListBuilder large(pool, elements);
  expect_lists(large, *elements);
  arrow::FixedSizeListBuilder fixed(pool, elements, 2);
  expect_lists(fixed, *elements);
}

TEST(ArrowValues, resolves_dictionaries_inside_lists) {
  auto elements = std::make_shared<arrow::StringDictionaryBuilder>();
  arrow::ListBuilder builder(arrow::default_memory_pool(), elements);
  for (const char* name : {"lung", "liver", "lung"}) {
    check(builder.Append(), kContext);
    check(elements->Append(name), kContext);
  }
  EXPECT_EQ(values_of(finish(builder)), Values(TextLists{{{"lung"}}, {{"liver"}}, {{"lung"}}}));
}

TEST(ArrowValues, gives_nulls_for_the_null_type) {
  const auto array = take(arrow::MakeArrayOfNull(arrow::null(), 3), kContext);
  EXPECT_EQ(values_of(array), Values(Text(3)));
  const auto lists = take(arrow::MakeArrayOfNull(arrow::list(arrow::null()), 2), kContext);
  EXPECT_EQ(values_of(lists), Values(TextLists(2)));
}

TEST(ArrowValues, leaves_other_types_to_be_skipped) {
  for (const auto& type :
       {arrow::date32(), arrow::timestamp(arrow::TimeUnit::NANO), arrow::list(arrow::boolean()),
        arrow::list(arrow::list(arrow::utf8())), arrow::struct_({arrow::field("a", arrow::utf8())}),
        arrow::decimal128(10, 2), arrow::map(arrow::utf8(), arrow::utf8())}) {
    EXPECT_FALSE(is_readable(*type)) << type->ToString();
  }
}

}  // namespace

}  // namespace volseg::table::internal
