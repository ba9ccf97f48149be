// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "volseg/report/internal/html.h"
#include "volseg/report/internal/score_page_parts.h"
#include "volseg/score/value_text.h"

namespace volseg::report::internal {

namespace {

using score::ClassSummary;
using score::Metric;
using score::MetricSummary;
using score::ScoreTable;

std::string mean_text(const MetricSummary& summary, const Metric& metric) {
  const std::string mean = value_text(summary.mean, metric);
  return summary.infinite == 0 ? mean : fmt::format("{} (+{} inf)", mean, summary.infinite);
}

std::vector<Cell> overview_row(const ScoreView& view, const std::string& name,
                               const ClassSummary& summary) {
  std::vector<Cell> row{{name}};
  for (const size_t index : view.shown) {
    row.push_back({mean_text(summary.metrics[index], view.metrics()[index]), true});
  }
  return row;
}

std::string overview(const ScoreView& view, const ScoreTable& table) {
  std::vector<std::string> heads{"class"};
  for (const size_t index : view.shown) {
    heads.push_back(head_of(view.metrics()[index]));
  }
  std::vector<std::vector<Cell>> rows;
  for (const ClassSummary& each : table.summary.classes) {
    rows.push_back(overview_row(view, each.class_name, each));
  }
  return html_table(heads, rows, {overview_row(view, "all classes", table.summary.all_classes)});
}

std::vector<Cell> statistics_row(const std::string& name, const MetricSummary& summary,
                                 const Metric& metric, const std::string& count) {
  const std::string interval =
      summary.interval_low && summary.interval_high
          ? fmt::format("{} to {}", value_text(summary.interval_low, metric),
                        value_text(summary.interval_high, metric))
          : "-";
  return {{name},
          {count, true},
          {std::to_string(summary.infinite), true},
          {value_text(summary.mean, metric), true},
          {interval, true},
          {value_text(summary.standard_deviation, metric), true},
          {value_text(summary.percentile_5, metric), true},
          {value_text(summary.median, metric), true},
          {value_text(summary.percentile_95, metric), true}};
}

std::string statistics(const ScoreView& view, const ScoreTable& table, size_t index) {
  const Metric& metric = view.metrics()[index];
  std::vector<std::vector<Cell>> rows;
  for (const ClassSummary& each : table.summary.classes) {
    rows.push_back(statistics_row(each.class_name, each.metrics[index], metric,
                                  std::to_string(each.metrics[index].count)));
  }
  const MetricSummary& all = table.summary.all_classes.metrics[index];
  return "<h3>" + escape_html(head_of(metric)) + " of each class over the cases</h3>\n" +
         html_table({"class", "cases", "infinite", "mean", "95 % interval of the mean", "SD", "5 %",
                     "median", "95 %"},
                    rows, {statistics_row("all classes", all, metric, std::to_string(all.count))});
}

std::string folds(const ScoreView& view, const ScoreTable& table) {
  if (table.folds.size() < 2) {
    return "";
  }
  std::vector<std::string> heads{"fold", "cases"};
  for (const size_t index : view.shown) {
    heads.push_back(head_of(view.metrics()[index]));
  }
  std::vector<std::vector<Cell>> rows;
  for (const score::FoldSummary& fold : table.folds) {
    std::vector<Cell> row = overview_row(view, fold.fold, fold.all_classes);
    row.insert(row.begin() + 1, {std::to_string(fold.cases), true});
    rows.push_back(std::move(row));
  }
  return "<h3>Mean of the classes in each fold</h3>\n" + html_table(heads, rows);
}

std::string case_values(const ScoreTable& table) {
  std::vector<std::vector<Cell>> rows;
  for (size_t i = 0; i < table.case_metrics.size(); ++i) {
    const Metric& metric = table.case_metrics[i];
    const MetricSummary& all = table.summary.case_values[i];
    rows.push_back(statistics_row(head_of(metric), all, metric, std::to_string(all.count)));
  }
  return rows.empty() ? ""
                      : "<h3>Metrics of whole cases</h3>\n" +
                            html_table({"metric", "cases", "infinite", "mean",
                                        "95 % interval of the mean", "SD", "5 %", "median", "95 %"},
                                       rows);
}

}  // namespace

std::string score_summaries(const ScoreView& view) {
  std::string html;
  for (size_t set = 0; set < view.scores.sets.size(); ++set) {
    const ScoreTable& table = view.scores.sets[set];
    html += html_choice(set, "", "<h3>Means over the cases</h3>\n" + overview(view, table));
    for (const size_t index : view.shown) {
      html += html_choice(set, view.metrics()[index].key, statistics(view, table, index));
    }
    html += html_choice(set, "", folds(view, table) + case_values(table));
  }
  return html_section("Classes", html);
}

}  // namespace volseg::report::internal
