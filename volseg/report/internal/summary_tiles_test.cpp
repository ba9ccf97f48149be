// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/summary_tiles.h"

#include <gtest/gtest.h>

namespace volseg::report::internal {
namespace {

TEST(SummaryTiles, name_known_fields_in_words_and_values_with_units) {
  const SummaryField memory{"peak_memory_bytes", "977420288", 977420288};
  EXPECT_EQ(summary_label(memory), "peak memory");
  EXPECT_EQ(summary_value(memory), "977 MB");
  const SummaryField dice{"best_dice", "0.8909", 0.8908542};
  EXPECT_EQ(summary_label(dice), "best validation Dice");
  EXPECT_EQ(summary_value(dice), "0.891");
}

TEST(SummaryTiles, read_the_unit_of_other_fields_from_their_name) {
  const SummaryField time{"prepare_time_s", "61", 61};
  EXPECT_EQ(summary_label(time), "prepare time");
  EXPECT_EQ(summary_value(time), "1 min 1 s");
  const SummaryField surface{"surface_dice", "0.5", 0.5};
  EXPECT_EQ(summary_label(surface), "surface dice");
  EXPECT_EQ(summary_value(surface), "0.500");
}

TEST(SummaryTiles, keep_the_text_of_a_field_without_a_number_or_unit) {
  EXPECT_EQ(summary_value({"training_s", "-", {}}), "-");
  EXPECT_EQ(summary_value({"steps", "450", 450}), "450");
  EXPECT_EQ(summary_label({"graphics_s", "<b>", {}}), "graphics s");
}

TEST(SummaryTiles, come_in_the_order_of_the_page_and_escaped) {
  RunRecord run;
  run.summary = {{"<x>", "<y>", {}}, {"steps", "450", 450}, {"best_dice", "0.5", 0.5}};
  const std::string html = summary_tiles(run);
  EXPECT_LT(html.find("best validation Dice"), html.find("steps"));
  EXPECT_LT(html.find("steps"), html.find("&lt;x&gt;"));
  EXPECT_NE(html.find("&lt;y&gt;"), std::string::npos);
  EXPECT_EQ(html.find("<x>"), std::string::npos);
}

}  // namespace
}  // namespace volseg::report::internal
