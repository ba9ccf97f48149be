// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "volseg/core/text.h"
#include "volseg/report/internal/html.h"
#include "volseg/report/internal/pair_charts.h"
#include "volseg/report/internal/score_page_parts.h"
#include "volseg/score/value_text.h"

namespace volseg::report::internal {

namespace {

using score::Metric;
using score::SetComparison;
using score::SetPair;

constexpr size_t kMostPairs = 6;  // with charts and tables of classes

const std::string& name_of_set(const ScoreView& view, size_t set) {
  return view.scores.sets[set].set_name;
}

std::string ranking_table(const ScoreView& view, size_t index) {
  const SetComparison& comparison = *view.scores.comparison;
  const Metric& metric = comparison.metrics[index];
  const score::MetricRanking& ranking = comparison.rankings[index];
  std::vector<std::vector<Cell>> rows;
  for (const score::PlacedSet& each : ranking.sets) {
    rows.push_back({{name_of_set(view, each.set)},
                    {std::to_string(each.rank), true},
                    {each.mean_rank ? fmt::format("{:.3f}", *each.mean_rank) : "-", true},
                    {value_text(each.mean, metric), true},
                    {std::to_string(each.infinite), true}});
  }
  return fmt::format("<h3>Ranking by {}, over {} with a value in every set</h3>\n",
                     escape_html(metric.name), core::counted(ranking.counted, "mask")) +
         html_table({"set", "rank", "mean rank", "mean " + head_of(metric), "infinite"}, rows);
}

std::vector<Cell> pair_row(const std::string& name, const score::MetricPair& pair,
                           const Metric& metric) {
  const score::PairText text = score::pair_text(pair, metric);
  return {{name},
          {text.cases, true},
          {text.first_mean, true},
          {text.second_mean, true},
          {text.mean_difference, true},
          {text.interval, true},
          {text.p_value, true},
          {text.better_in_first, true},
          {text.better_in_second, true}};
}

std::string pair_table(const ScoreView& view, const SetPair& pair, size_t index) {
  const SetComparison& comparison = *view.scores.comparison;
  const Metric& metric = comparison.metrics[index];
  const std::string& first = name_of_set(view, pair.first);
  const std::string& second = name_of_set(view, pair.second);
  std::vector<std::vector<Cell>> rows;
  for (const score::ClassPair& each : pair.classes) {
    rows.push_back(pair_row(each.class_name, each.metrics[index], metric));
  }
  return html_table(
      {"class", "cases", "mean of " + first, "mean of " + second, "difference", "95 % interval",
       "p (Wilcoxon)", "better in " + first, "better in " + second},
      rows, {pair_row("cases over their classes", pair.all_classes.metrics[index], metric)});
}

std::string pair_part(const ScoreView& view, const SetPair& pair, size_t index) {
  return fmt::format("<h3>{} against {}: {}</h3>\n", escape_html(name_of_set(view, pair.second)),
                     escape_html(name_of_set(view, pair.first)),
                     escape_html(head_of(view.scores.comparison->metrics[index]))) +
         draw_pair_lines(view.scores, pair, index) + draw_pair_strips(view.scores, pair, index) +
         pair_table(view, pair, index);
}

std::string left_out(const std::vector<std::string>& names, std::string_view noun) {
  if (names.empty()) {
    return "";
  }
  return fmt::format("<p class=\"quiet\">{} not scored in every set, left out: {}</p>\n",
                     core::counted(std::ssize(names), noun),
                     escape_html(core::listed(names.size(), names.size(),
                                              [&](size_t index) { return names[index]; })));
}

// With many sets only the pairs with the best one.
std::vector<const SetPair*> pairs_to_show(const ScoreView& view) {
  const SetComparison& comparison = *view.scores.comparison;
  const size_t main = comparison.index_of(view.main_metric().key).value_or(0);
  const size_t best = comparison.rankings[main].sets.front().set;
  std::vector<const SetPair*> pairs;
  for (const SetPair& pair : comparison.pairs) {
    if (comparison.pairs.size() <= kMostPairs || pair.first == best || pair.second == best) {
      pairs.push_back(&pair);
    }
  }
  return pairs;
}

}  // namespace

std::string score_comparison(const ScoreView& view) {
  if (!view.scores.comparison) {
    return "";
  }
  const SetComparison& comparison = *view.scores.comparison;
  const std::vector<const SetPair*> pairs = pairs_to_show(view);
  std::string html = left_out(comparison.left_out_cases, "case") +
                     left_out(comparison.left_out_classes, "class") +
                     "<p class=\"quiet\">Differences are of the cases with a finite value in both "
                     "sets, second minus first. Bar: 95 % interval of the mean difference.</p>\n";
  if (pairs.size() < comparison.pairs.size()) {
    html +=
        "<p class=\"quiet\">Of so many sets, the pairs with the best one; the JSON file has all "
        "pairs.</p>\n";
  }
  for (const size_t shown : view.shown) {
    const Metric& metric = view.metrics()[shown];
    const std::optional<size_t> index = comparison.index_of(metric.key);
    if (!index) {
      continue;
    }
    std::string part = ranking_table(view, *index);
    for (const SetPair* pair : pairs) {
      part += pair_part(view, *pair, *index);
    }
    html += html_choice(std::nullopt, metric.key, part);
  }
  return html_section("Comparison of the sets", html);
}

}  // namespace volseg::report::internal
