// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/pack_csv.h"

#include <gtest/gtest.h>

#include "volseg/dataset/internal/made_dataset_test.h"

namespace volseg::dataset::internal {

namespace {

using Fields = std::vector<std::string>;

TEST(Csv, reads_quotes_line_ends_and_a_byte_order_mark) {
  const auto rows = parse_csv("\xEF\xBB\xBFimage,label\r\n\n\"a,\"\"b\"\"\nc\",d\nlast,", "t.csv");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].fields, (Fields{"image", "label"}));
  EXPECT_EQ(rows[1].fields, (Fields{"a,\"b\"\nc", "d"}));
  EXPECT_EQ(rows[1].line, 3);
  EXPECT_EQ(rows[2].fields, (Fields{"last", ""}));
  EXPECT_EQ(rows[2].line, 5);
  EXPECT_TRUE(parse_csv("", "t.csv").empty());
}

TEST(Csv, gives_written_lines_back) {
  const std::vector<Fields> lines = {{"", "b"}, {"a,b", "c\"d"}, {"e\nf", "", "\r"}};
  std::string text;
  for (const Fields& line : lines) {
    text += csv_line(line);
  }
  const auto rows = parse_csv(text, "t.csv");
  ASSERT_EQ(rows.size(), lines.size());
  for (size_t index = 0; index < lines.size(); ++index) {
    EXPECT_EQ(rows[index].fields, lines[index]);
  }
}

TEST(Csv, names_the_row_of_a_broken_quote) {
  const auto message = [](const std::string& text) {
    return refusal([&] { static_cast<void>(parse_csv(text, "t.csv")); });
  };
  EXPECT_TRUE(holds(message("a\nb\n\"c\n"), "t.csv row 3: a quoted field has no closing quote"));
  EXPECT_TRUE(holds(message("a\n\"b\"c\n"), "t.csv row 2: text follows a closing quote"));
}

}  // namespace

}  // namespace volseg::dataset::internal
