// SPDX-License-Identifier: Apache-2.0
// Rows P01 to P16 of the catalogue of bad inputs: damaged Parquet files seen through `check`.
#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "volseg/dataset/internal/made_dataset_test.h"
#include "volseg/dataset/internal/raw_parquet_test.h"

namespace volseg::dataset {

namespace {

using internal::holds;
using internal::plain_text;
using internal::RawChunk;
using internal::RawElement;
using internal::RawPage;
using internal::RawParquet;
using internal::ThriftStruct;
using internal::varint;

// Every refusal names the file, a code, what was found and what to do.
std::string refusal(const RawParquet& made) {
  internal::MadeDataset dataset;
  dataset.add_image("images/a.npy").add("train.pq", made.bytes());
  const CheckReport report = internal::check_bounded(dataset);
  if (internal::count_of(report, "table-unreadable") == 0) {
    return "";
  }
  const Finding finding = internal::only(report, "table-unreadable");
  static const std::regex form(
      "((train\\.pq )?column [^:]+: )?parquet-[a-z-]+: [^;]{8,}(;[^;]+)?; "
      "(copy|write|rename|leave|the file|a sound)[^;]{4,}");
  EXPECT_TRUE(std::regex_match(finding.found, form)) << finding.found;
  EXPECT_EQ(finding.member, "train.pq");
  EXPECT_FALSE(finding.fix.empty());
  return finding.found;
}

std::string refusal_of_chunk(const RawChunk& chunk, int64_t rows = 1) {
  return refusal({.rows = rows, .chunks = {chunk}});
}

std::string refusal_of_page(const RawPage& page, int64_t codec = 0) {
  return refusal_of_chunk({.codec = codec, .pages = {page}});
}

std::string refusal_of_footer(const std::string& footer) { return refusal({.footer = footer}); }

// A page of dictionary indices behind a dictionary of one value.
std::string refusal_of_indices(const std::string& indices, int64_t values = 1) {
  return refusal_of_chunk({.values = values,
                           .pages = {{.type = 2, .bytes = plain_text("a.npy")},
                                     {.values = values, .encoding = 8, .bytes = indices}}},
                          values);
}

TEST(CheckCatalogue, P00_the_sound_file_that_the_rows_spoil_is_read) {
  EXPECT_EQ(refusal({}), "");
  EXPECT_EQ(refusal_of_indices(std::string("\x01\x02\x00", 3)), "");
}

TEST(CheckCatalogue, P01_magic) {
  EXPECT_TRUE(holds(refusal({.head = "PARX"}), "parquet-no-magic"));
  EXPECT_TRUE(holds(refusal({.tail = "PARX"}), "parquet-truncated"));
  EXPECT_TRUE(holds(refusal({.head = "PARE", .tail = "PARE"}), "parquet-encrypted"));
}

TEST(CheckCatalogue, P02_footer_length) {
  EXPECT_TRUE(holds(refusal({.footer_bytes = 0}), "a footer of 0 bytes"));
  EXPECT_TRUE(holds(refusal({.footer_bytes = 0xFFFFFFFF}), "a footer of 4294967295 bytes"));
  EXPECT_TRUE(holds(refusal({.footer_bytes = 5000}), "a footer of 5000 bytes in a file of"));
}

TEST(CheckCatalogue, P03_thrift) {
  const std::string huge = varint(0x7FFFFFFF);
  EXPECT_TRUE(holds(refusal_of_footer("\x68" + huge), "parquet-damaged"));           // a text
  EXPECT_TRUE(holds(refusal_of_footer("\x29\xFC" + huge), "parquet-damaged"));       // a list
  EXPECT_TRUE(holds(refusal_of_footer("\x6B" + huge + "\x88"), "parquet-damaged"));  // a map
  EXPECT_TRUE(holds(refusal_of_footer("\x15" + std::string(12, '\xFF')), "parquet-damaged"));
  EXPECT_TRUE(holds(refusal_of_footer("\x1E\x01"), "parquet-damaged"));
  EXPECT_TRUE(holds(refusal_of_footer(std::string(10'000, '\x1C')), "parquet-damaged"));
}

TEST(CheckCatalogue, P04_schema) {
  RawParquet made;
  for (const int64_t children : {0, 2, 1'000'000, -1}) {
    made.schema[0].children = children;
    EXPECT_TRUE(holds(refusal(made), "parquet-")) << children;
  }
  made.schema = {{.name = "schema", .repetition = {}, .children = 0}};
  EXPECT_NE(refusal(made), "");
  made.schema.clear();
  EXPECT_NE(refusal(made), "");
  const RawElement image{.name = "image", .type = 6, .converted = 0};
  made.schema = {{.name = "schema", .repetition = {}, .children = 2}, image, image};
  made.chunks = {{}, {}};
  EXPECT_TRUE(holds(refusal(made), "two columns named \"image\""));
}

RawParquet with_columns(int64_t columns) {
  RawParquet made{.rows = 0, .chunks = {}, .has_group = false};
  made.schema = {{.name = "schema", .repetition = {}, .children = columns}};
  for (int64_t column = 0; column < columns; ++column) {
    made.schema.push_back({.name = std::to_string(column), .type = 2});
  }
  return made;
}

TEST(CheckCatalogue, P04_more_columns_than_the_cap) {
  EXPECT_TRUE(holds(refusal(with_columns(5000)), "5000 columns; the cap is 4096"));
}

TEST(CheckCatalogue, P04_a_million_columns) {
  EXPECT_TRUE(holds(refusal(with_columns(1'000'000)), "1000001 columns and groups in its schema"));
}

TEST(CheckCatalogue, P05_row_counts) {
  EXPECT_NE(refusal({.rows = -1}), "");
  EXPECT_TRUE(holds(refusal({.rows = 7, .group_rows = 1}), "7 rows declared"));
  internal::MadeDataset made;
  made.add("train.pq", RawParquet{.rows = 0, .chunks = {}, .has_group = false}.bytes());
  EXPECT_EQ(internal::only(internal::check_bounded(made), "table-empty").severity,
            Severity::kError);
}

TEST(CheckCatalogue, P06_chunk_offsets) {
  for (const int64_t offset : {-5, 1'000'000'000, 100, 0, 1}) {
    EXPECT_NE(refusal_of_chunk({.data_offset = offset}), "") << offset;
  }
  RawParquet two;
  two.schema = {{.name = "schema", .repetition = {}, .children = 2},
                {.name = "image", .type = 6, .converted = 0},
                {.name = "other", .type = 6, .converted = 0}};
  two.chunks = {{}, {.path = {"other"}}};
  EXPECT_EQ(refusal(two), "");
  two.chunks[1].data_offset = 4;
  EXPECT_TRUE(holds(refusal(two), "overlap"));
  const RawPage dictionary{.type = 2, .bytes = plain_text("a.npy")};
  const RawPage indices{.encoding = 8, .bytes = std::string("\x01\x02\x00", 3)};
  EXPECT_NE(refusal_of_chunk({.pages = {indices, dictionary}}), "");
}

TEST(CheckCatalogue, P07_page_sizes) {
  const std::string value = plain_text("a.npy");
  for (const int64_t bytes : {-1, 0x7FFFFFFF, 5, 0}) {
    EXPECT_NE(refusal_of_page({.compressed_bytes = bytes, .bytes = value}), "") << bytes;
  }
  EXPECT_NE(refusal_of_page({.uncompressed_bytes = -1, .bytes = value}), "");
  constexpr int64_t kSnappy = 1;
  const std::string snappy = varint(9) + '\x20' + value;
  EXPECT_EQ(refusal_of_page({.uncompressed_bytes = 9, .bytes = snappy}, kSnappy), "");
  EXPECT_NE(refusal_of_page({.uncompressed_bytes = 100, .bytes = snappy}, kSnappy), "");
  EXPECT_NE(refusal_of_page({.uncompressed_bytes = 0x7FFFFFFF, .bytes = snappy}, kSnappy), "");
  const std::string lying = varint(0x7FFFFFFF) + '\x20' + value;
  EXPECT_NE(refusal_of_page({.uncompressed_bytes = 9, .bytes = lying}, kSnappy), "");
}

TEST(CheckCatalogue, P08_many_values_in_few_bytes) {
  constexpr int64_t kValues = 1'000'000'000;
  for (const int64_t encoding : {5, 6, 7}) {
    const std::string head = varint(128) + varint(4) + varint(kValues) + varint(0);
    RawChunk chunk{.values = kValues,
                   .pages = {{.values = kValues, .encoding = encoding, .bytes = head}}};
    EXPECT_TRUE(holds(refusal_of_chunk(chunk, kValues), "parquet-too-large")) << encoding;
    chunk.values = 1;
    EXPECT_NE(refusal_of_chunk(chunk, 1), "") << encoding;
  }
}

TEST(CheckCatalogue, P09_runs_of_indices) {
  for (const char width : {'\x21', '\x41', '\xFF'}) {
    EXPECT_NE(refusal_of_indices(width + std::string("\x02\x00", 2)), "");
  }
  EXPECT_NE(refusal_of_indices(std::string("\x01\x00\x00", 3)), "");  // a run of length 0
  EXPECT_NE(refusal_of_indices(std::string("\x01\x02\x00", 3), 5), "");
  EXPECT_NE(refusal_of_indices("\x01"), "");
}

TEST(CheckCatalogue, P10_dictionaries) {
  EXPECT_NE(refusal_of_indices("\x03\x02\x07"), "");  // index 7 of one entry
  const RawPage indices{.encoding = 8, .bytes = std::string("\x01\x02\x00", 3)};
  EXPECT_NE(refusal_of_chunk({.pages = {indices}}), "");
  const RawPage dictionary{.type = 2, .bytes = plain_text("a.npy")};
  EXPECT_NE(refusal_of_chunk({.pages = {dictionary, dictionary, indices}}), "");
  EXPECT_NE(refusal_of_chunk({.pages = {{.type = 2, .values = 0}, indices}}), "");
}

TEST(CheckCatalogue, P11_levels) {
  RawParquet made;
  made.schema[1].repetition = 1;
  const auto page = [](const std::string& levels) {
    return RawPage{.bytes = levels + plain_text("a.npy")};
  };
  made.chunks[0].pages = {page(std::string("\x02\0\0\0\x02\x01", 6))};
  EXPECT_EQ(refusal(made), "");
  made.chunks[0].pages = {page(std::string("\x02\0\0\0\x02\x03", 6))};  // above the maximum
  EXPECT_NE(refusal(made), "");
  made.schema[1].repetition = 2;
  const std::string defined("\x02\0\0\0\x02\x01", 6);
  made.chunks[0].pages = {page(defined + defined)};  // begins inside a list
  EXPECT_NE(refusal(made), "");
  EXPECT_NE(refusal_of_page({.bytes = ""}), "");  // null in a required column
}

TEST(CheckCatalogue, P12_byte_array_lengths) {
  EXPECT_NE(refusal_of_page({.bytes = std::string("\x06\0\0\0a.npy", 9)}), "");
  EXPECT_NE(refusal_of_page({.bytes = std::string("\xFF\xFF\xFF\x7F") + "a.npy"}), "");
  EXPECT_NE(refusal_of_page({.bytes = std::string("\xFF\xFF\xFF\xFF") + "a.npy"}), "");
}

TEST(CheckCatalogue, P13_codecs_and_encodings) {
  const std::string value = plain_text("a.npy");
  const auto packed = [](const std::string& bytes) {
    return RawPage{.uncompressed_bytes = 9, .bytes = bytes};
  };
  constexpr int64_t kBrotli = 4;
  constexpr int64_t kLz4Raw = 7;
  EXPECT_EQ(refusal_of_page(packed("\x0b\x04\x80" + value + "\x03"), kBrotli), "");
  EXPECT_EQ(refusal_of_page(packed("\x90" + value), kLz4Raw), "");
  const std::string lzo = refusal_of_page({.bytes = value}, 3);
  EXPECT_TRUE(holds(lzo, "parquet-unsupported") && holds(lzo, "LZO")) << lzo;
  EXPECT_TRUE(holds(refusal_of_page({.bytes = value}, 99), "parquet-unsupported"));
  EXPECT_TRUE(holds(refusal_of_page({.encoding = 42, .bytes = value}), "parquet-unsupported"));
}

TEST(CheckCatalogue, P14_page_checksum) {
  const std::string value = plain_text("a.npy");
  EXPECT_TRUE(holds(refusal_of_page({.crc = 12345, .bytes = value}), "CRC"));
}

TEST(CheckCatalogue, P15_false_statistics_are_never_used) {
  const ThriftStruct false_limits =
      ThriftStruct().text(1, "a").text(2, "z").integer(3, -5).text(5, "a").text(6, "z");
  EXPECT_EQ(refusal_of_chunk({.statistics = false_limits}), "");
}

TEST(CheckCatalogue, P16_notes_of_writers_are_ignored) {
  EXPECT_EQ(refusal({.notes = {{"pandas", "{\"columns\": [[[["}}}), "");
  EXPECT_EQ(refusal({.notes = {{"ARROW:schema", std::string(100, '\xFF')}}}), "");
  EXPECT_EQ(refusal({.notes = {{"ARROW:schema", "/////4gAAAAQAAAA"}}}), "");
  EXPECT_EQ(refusal({.notes = {{"pandas", std::string(size_t{20} << 20, 'x')}}}), "");
}

}  // namespace

}  // namespace volseg::dataset
