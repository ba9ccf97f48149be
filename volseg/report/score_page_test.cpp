// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/score_page.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/report/internal/html.h"
#include "volseg/report/internal/worst_cases.h"

namespace volseg::report {
namespace {

constexpr core::Shape3 kShape = {4, 5, 6};
const std::string kEvil = "</script><script>alert(1)</script>";

mask::RunMask runs(std::vector<mask::Run> list) { return {kShape, std::move(list)}; }

score::ScoreTable made_table(const std::string& name, int64_t shift) {
  const std::vector<score::CaseMasks> cases = {
      {.case_name = "case_a & <b>",
       .truth = {runs({{0, 40}}), runs({{100, 4}})},
       .prediction = {runs({{shift, 40}}), runs({})}},
      {.case_name = "case_b",
       .truth = {runs({{0, 30}}), runs({{90, 8}})},
       .prediction = {runs({{shift / 2, 30}}), runs({{91, 8}})}},
      {.case_name = "case_c",
       .truth = {runs({{10, 30}}), runs({})},
       .prediction = {runs({{10, 30}}), runs({})}}};
  score::MetricSettings settings;
  settings.groups = score::all_metric_groups();
  score::ScoreTable table = score::score_runs(cases, {"liver", kEvil}, settings);
  table.set_name = name;
  return table;
}

nlohmann::json data_of(const std::string& html) {
  const std::string begin = "id=\"scores\">";
  const size_t from = html.find(begin) + begin.size();
  std::string text = html.substr(from, html.find("</script>", from) - from);
  return nlohmann::json::parse(
      text, [](int, nlohmann::json::parse_event_t, nlohmann::json&) { return true; });
}

// 1e999 overflows in a strict parser; the page's script reads it as infinity.
std::string without_infinite(std::string html) {
  for (size_t at = html.find("1e999"); at != std::string::npos; at = html.find("1e999", at)) {
    html.replace(at, 5, "-1");
  }
  return html;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(ScorePage, holds_every_case_class_and_metric_with_its_value) {
  const score::ScoreTable table = made_table("model", 6);
  const std::string html = score_page({{table}, std::nullopt}, {});
  const nlohmann::json data = data_of(without_infinite(html));
  const nlohmann::json& set = data["sets"][0];
  ASSERT_EQ(data["metrics"].size(), table.class_metrics.size());
  ASSERT_EQ(set["cases"].size(), 3U);
  EXPECT_EQ(set["classes"][1], kEvil);
  for (size_t metric = 0; metric < table.class_metrics.size(); ++metric) {
    EXPECT_EQ(data["metrics"][metric]["key"], table.class_metrics[metric].key);
    for (size_t i = 0; i < 6; ++i) {
      const score::MetricValue& value = table.cases[i / 2].classes[i % 2].values[metric];
      const nlohmann::json& found = set["values"][metric][i];
      ASSERT_EQ(found.is_null(), !value) << table.class_metrics[metric].key << " " << i;
      if (value && std::isfinite(*value)) {
        EXPECT_NEAR(found.get<double>(), *value, 1e-4 * (1 + std::abs(*value)));
      }
    }
  }
  for (const score::Metric& metric : score::metrics_of(table.settings)) {
    EXPECT_TRUE(contains(html, internal::escape_html(metric.definition))) << metric.key;
    EXPECT_TRUE(contains(html, internal::escape_html(metric.source))) << metric.key;
  }
}

TEST(ScorePage, escapes_every_name_and_loads_nothing) {
  const std::string html = score_page({{made_table("<img src=x>", 6)}, std::nullopt}, {});
  EXPECT_FALSE(contains(html, "<script>alert"));
  EXPECT_FALSE(contains(html, "<img src=x>"));
  EXPECT_FALSE(contains(html, "case_a & <b>"));
  EXPECT_TRUE(contains(html, "default-src 'none'"));
  EXPECT_FALSE(contains(html, "http://"));
  EXPECT_FALSE(contains(html, "https://"));
}

TEST(ScorePage, says_what_failed_and_that_it_is_partial) {
  score::ScoreTable table = made_table("model", 6);
  EXPECT_FALSE(contains(score_page({{table}, std::nullopt}, {}), "The result is partial."));
  table.failed = {{"case_x", "[volume.read] <broken>"}};
  table.unmatched.truth_cases = {"case_y"};
  table.partial = true;
  const std::string html = score_page({{table}, std::nullopt}, {});
  EXPECT_TRUE(contains(html, "The result is partial."));
  EXPECT_TRUE(contains(html, "case_x"));
  EXPECT_TRUE(contains(html, "&lt;broken&gt;"));
  EXPECT_TRUE(contains(html, "case_y"));
}

TEST(ScorePage, compares_sets) {
  score::SetScores scores{{made_table("first", 6), made_table("second", 2)}, std::nullopt};
  scores.comparison = score::compare_sets(scores.sets);
  const std::string html = score_page(scores, {});
  EXPECT_TRUE(contains(html, "Ranking by Dice"));
  EXPECT_TRUE(contains(html, "second against first: Dice"));
  EXPECT_TRUE(contains(html, "case_b: first "));
  EXPECT_TRUE(contains(html, "data-choose-set=\"1\""));
}

TEST(ScorePage, refuses_options_out_of_range) {
  const score::SetScores scores{{made_table("model", 6)}, std::nullopt};
  EXPECT_THROW(static_cast<void>(score_page(scores, {.pictures = -1})), Error);
  EXPECT_THROW(static_cast<void>(score_page(scores, {.rank_by = "dise"})), Error);
  EXPECT_THROW(static_cast<void>(score_page(scores, {.predictions = {"a", "b"}})), Error);
}

TEST(ChooseWorst, spreads_over_cases_and_classes_and_skips_what_is_right) {
  const score::ScoreTable table = made_table("model", 6);
  const size_t dice = table.index_of("dice").value();
  const std::vector<internal::WorstCase> chosen = internal::choose_worst(table, dice, 10);
  ASSERT_EQ(chosen.size(), 4U);
  EXPECT_EQ(chosen[0], (internal::WorstCase{0, 1}));  // Dice 0
  EXPECT_EQ(chosen[1], (internal::WorstCase{1, 0}));  // the other case, the other class
  EXPECT_EQ(internal::choose_worst(table, dice, 1).size(), 1U);
}

}  // namespace
}  // namespace volseg::report
