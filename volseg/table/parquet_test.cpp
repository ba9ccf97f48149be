// SPDX-License-Identifier: Apache-2.0
#include "volseg/table/parquet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "volseg/core/error.h"

namespace volseg::table {

namespace {

using Text = std::vector<Cell<std::string>>;
using Integers = std::vector<Cell<int64_t>>;
using Reals = std::vector<Cell<double>>;
using Truths = std::vector<Cell<bool>>;
using TextLists = std::vector<ListCell<std::string>>;
using IntegerLists = std::vector<ListCell<int64_t>>;
using RealLists = std::vector<ListCell<double>>;

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();

Table every_type() {
  Table table;
  table.row_count = 4;
  table.columns = {
      {"image", "", Text{"a.npy", std::nullopt, "", "\xC3\xA4 \xF0\x9F\xAB\x81"}},
      {"fold", "", Integers{0, kLowest, std::nullopt, kHighest}},
      {"weight", "", Reals{0.5, std::nullopt, -1e300, std::numeric_limits<double>::infinity()}},
      {"checked", "", Truths{true, false, std::nullopt, true}},
      {"class_id", "",
       TextLists{{{"lung", "liver"}}, std::nullopt, {{}}, {{std::nullopt, "1 2 5 3"}}}},
      {"shape", "", IntegerLists{{{5, 6, 7}}, {{}}, std::nullopt, {{std::nullopt, kHighest}}}},
      {"spacing_mm", "", RealLists{{{0.7, 0.8, 5.0}}, std::nullopt, {{std::nullopt}}, {{}}}}};
  return table;
}

/// The refusal of a table, which must be one of ours; empty when it was read.
std::string refusal(std::span<const std::byte> bytes) {
  try {
    static_cast<void>(read_parquet(bytes, "train.pq"));
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

std::string refusal(const std::string& text) { return refusal(std::as_bytes(std::span(text))); }

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Parquet, gives_back_every_type_with_every_codec) {
  const Table table = every_type();
  for (const Codec codec : {Codec::kUncompressed, Codec::kSnappy, Codec::kGzip, Codec::kZstd}) {
    const Table read = read_parquet(write_parquet(table, codec).bytes(), "train.pq");
    EXPECT_EQ(read.row_count, 4);
    EXPECT_TRUE(read.skipped_columns.empty());
    ASSERT_EQ(read.columns.size(), table.columns.size());
    for (size_t column = 0; column < table.columns.size(); ++column) {
      EXPECT_EQ(read.columns[column].name, table.columns[column].name);
      EXPECT_EQ(read.columns[column].values, table.columns[column].values) << column;
    }
  }
}

TEST(Parquet, names_types_as_the_file_does) {
  const Table read = read_parquet(write_parquet(every_type()).bytes(), "train.pq");
  EXPECT_EQ(read.find("image")->type_name, "string");
  EXPECT_EQ(read.find("class_id")->type_name, "list<element: string>");
  EXPECT_EQ(read.find("shape")->type_name, "list<element: int64>");
  EXPECT_EQ(read.find("absent"), nullptr);
}

TEST(Parquet, appends_the_rows_of_several_row_groups) {
  constexpr int64_t kRows = 5;
  Table table;
  table.row_count = kRows;
  Text names;
  TextLists masks;
  for (int64_t row = 0; row < kRows; ++row) {
    names.emplace_back("case " + std::to_string(row));
    masks.push_back({{std::string(size_t{30} << 20, static_cast<char>('0' + row)), "1 2"}});
  }
  table.columns = {{"image", "", names}, {"rle_mask", "", masks}};
  const Table read = read_parquet(write_parquet(table).bytes(), "train.pq");
  EXPECT_EQ(read.row_count, kRows);
  EXPECT_TRUE(read.columns[0].values == table.columns[0].values);
  EXPECT_TRUE(read.columns[1].values == table.columns[1].values);
}

TEST(Parquet, keeps_a_table_without_rows) {
  Table table;
  table.columns = {{"image", "", Text{}}, {"class_id", "", TextLists{}}};
  const Table read = read_parquet(write_parquet(table).bytes(), "train.pq");
  EXPECT_EQ(read.row_count, 0);
  EXPECT_EQ(read.columns.size(), 2U);
}

TEST(Parquet, writes_the_same_bytes_for_the_same_table) {
  const core::Buffer one = write_parquet(every_type());
  const core::Buffer two = write_parquet(every_type());
  EXPECT_TRUE(std::ranges::equal(one.bytes(), two.bytes()));
}

TEST(Parquet, refuses_to_write_what_is_no_table) {
  EXPECT_THROW(static_cast<void>(write_parquet(Table{})), Error);
  Table uneven;
  uneven.row_count = 2;
  uneven.columns = {{"a", "", Integers{1, 2}}, {"b", "", Integers{1}}};
  EXPECT_THROW(static_cast<void>(write_parquet(uneven)), Error);
  uneven.columns[1] = {"a", "", Integers{1, 2}};
  EXPECT_THROW(static_cast<void>(write_parquet(uneven)), Error);
  uneven.columns[1] = {"b", "", Text{"\xFF\xFE", "x"}};
  EXPECT_THROW(static_cast<void>(write_parquet(uneven)), Error);
}

TEST(Parquet, names_what_is_not_a_table) {
  EXPECT_TRUE(holds(refusal(std::string()), "[table.read_parquet] train.pq: parquet-truncated"));
  EXPECT_TRUE(holds(refusal("image,class_id,rle_mask\n"), "parquet-no-magic"));
  EXPECT_TRUE(holds(refusal("PARE" + std::string(20, '\0') + "PARE"), "parquet-encrypted"));
  EXPECT_TRUE(holds(refusal("PAR1" + std::string(20, '\0')), "parquet-truncated"));
  EXPECT_TRUE(holds(refusal("PAR1" + std::string(20, '\0') + "PAR1"), "footer of 0 bytes"));
  EXPECT_TRUE(holds(refusal("PAR1" + std::string(20, '\xFF') + "PAR1"), "footer of 4294967295"));
  EXPECT_TRUE(holds(refusal("PAR1" + std::string(20, '\x7F') + std::string("\x08\0\0\0PAR1", 8)),
                    "parquet-damaged"));
}

TEST(Parquet, refuses_a_file_cut_at_any_length) {
  const core::Buffer whole = write_parquet(every_type());
  for (int64_t length = 0; length < whole.size_bytes(); ++length) {
    EXPECT_NE(refusal(whole.bytes().first(static_cast<size_t>(length))), "") << length;
  }
}

TEST(Parquet, reads_or_refuses_but_never_crashes_on_flipped_bits) {
  const core::Buffer whole = write_parquet(every_type());
  core::Buffer flipped = core::Buffer::copy_of(whole.bytes());
  constexpr int64_t kStep = 5;
  int refused = 0;
  for (int64_t bit = 0; bit < whole.size_bytes() * 8; bit += kStep) {
    const std::byte mask{static_cast<unsigned char>(1 << (bit % 8))};
    flipped.data()[bit / 8] ^= mask;
    refused += refusal(flipped.bytes()).empty() ? 0 : 1;
    flipped.data()[bit / 8] ^= mask;
  }
  EXPECT_GT(refused, 100);
}

}  // namespace

}  // namespace volseg::table
