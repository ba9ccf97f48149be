// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/comparison_text.h"

#include <fmt/format.h>

#include "volseg/core/text.h"
#include "volseg/score/internal/text_table.h"
#include "volseg/score/score_output.h"
#include "volseg/score/value_text.h"

namespace volseg::score::internal {

namespace {

constexpr size_t kShownNames = 10;

Cells pair_cells(const std::string& name, const MetricPair& pair, const Metric& metric) {
  const PairText text = pair_text(pair, metric);
  return {name,
          text.cases,
          text.first_mean,
          text.second_mean,
          text.mean_difference,
          text.interval,
          text.p_value,
          pair.paired ? text.better_in_first + " : " + text.better_in_second : "-"};
}

Cells pair_head(const std::string& what, const std::string& first, const std::string& second) {
  return {what, "cases", first, second, "difference", "95 % interval", "p (Wilcoxon)", "better in"};
}

std::string pair_lines(const SetPair& pair, const SetScores& scores, size_t main,
                       bool with_classes) {
  const SetComparison& comparison = *scores.comparison;
  const std::string first = printable(scores.sets[pair.first].set_name);
  const std::string second = printable(scores.sets[pair.second].set_name);
  std::vector<Cells> rows = {pair_head("metric", first, second)};
  for (size_t i = 0; i < comparison.metrics.size(); ++i) {
    if (comparison.metrics[i].headline || i == main) {
      rows.push_back(pair_cells(head_of(comparison.metrics[i]), pair.all_classes.metrics[i],
                                comparison.metrics[i]));
    }
  }
  std::string text =
      fmt::format("\n{} against {}, means of the cases over their classes\n", second, first) +
      align(rows, 1);
  if (!with_classes) {
    return text;
  }
  rows = {pair_head("class", first, second)};
  for (const ClassPair& each : pair.classes) {
    rows.push_back(
        pair_cells(printable(each.class_name), each.metrics[main], comparison.metrics[main]));
  }
  return text + fmt::format("\nEach class by {}\n", comparison.metrics[main].name) + align(rows, 1);
}

std::string ranking_lines(const SetScores& scores, size_t main) {
  const SetComparison& comparison = *scores.comparison;
  const MetricRanking& ranking = comparison.rankings[main];
  const Metric& metric = comparison.metrics[main];
  std::vector<Cells> rows = {{"set", "rank", "mean rank", head_of(metric)}};
  for (const PlacedSet& each : ranking.sets) {
    const std::string infinite = each.infinite == 0 ? "" : fmt::format(" (+{} inf)", each.infinite);
    rows.push_back({printable(scores.sets[each.set].set_name), std::to_string(each.rank),
                    each.mean_rank ? fmt::format("{:.3f}", *each.mean_rank) : "-",
                    value_text(each.mean, metric) + infinite});
  }
  return fmt::format("Ranking by {} over {} with a value in every set\n", metric.name,
                     core::counted(ranking.counted, "mask")) +
         align(rows, 1);
}

std::string left_out(const std::vector<std::string>& names, std::string_view noun) {
  return names.empty()
             ? ""
             : fmt::format("{} not scored in every set, left out: {}\n",
                           core::counted(std::ssize(names), noun),
                           printable(core::listed(names.size(), kShownNames,
                                                  [&](size_t index) { return names[index]; })));
}

}  // namespace

std::string comparison_text(const SetScores& scores, const std::string& rank_by, bool verbose) {
  const SetComparison& comparison = *scores.comparison;
  const size_t main = comparison.index_of(rank_by).value_or(0);
  std::string text = ranking_lines(scores, main);
  for (const SetPair& pair : comparison.pairs) {
    text += pair_lines(pair, scores, main, verbose || comparison.pairs.size() == 1);
  }
  text +=
      "Differences are of the cases with a finite value in both sets, second minus first; "
      "\"better in\" counts cases, first : second.\n";
  return text + left_out(comparison.left_out_cases, "case") +
         left_out(comparison.left_out_classes, "class");
}

}  // namespace volseg::score::internal
