// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "volseg/core/text.h"
#include "volseg/score/internal/comparison_text.h"
#include "volseg/score/internal/text_table.h"
#include "volseg/score/score_output.h"
#include "volseg/score/value_text.h"

namespace volseg::score {

namespace {

using internal::align;
using internal::Cells;
using internal::printable;

constexpr size_t kFewRows = 24;     // cases and classes that are all shown
constexpr size_t kWorstRows = 10;   // shown of more
constexpr size_t kShownNames = 10;  // of findings

std::vector<size_t> headline_of(const std::vector<Metric>& metrics) {
  std::vector<size_t> indices;
  for (size_t i = 0; i < metrics.size(); ++i) {
    if (metrics[i].headline) {
      indices.push_back(i);
    }
  }
  return indices;
}

// The metric of worst cases and rankings: the wanted one, else the first headline.
size_t main_metric(const std::vector<Metric>& metrics, const std::string& wanted) {
  for (size_t i = 0; i < metrics.size(); ++i) {
    if (metrics[i].key == wanted) {
      return i;
    }
  }
  const std::vector<size_t> headline = headline_of(metrics);
  return headline.empty() ? 0 : headline.front();
}

std::string interval_text(const MetricValue& low, const MetricValue& high, const Metric& metric) {
  return low && high ? value_text(low, metric) + " to " + value_text(high, metric) : "-";
}

// The mean, and how many infinite values it leaves out.
std::string mean_text(const MetricSummary& summary, const Metric& metric) {
  if (summary.infinite == 0) {
    return value_text(summary.mean, metric);
  }
  return summary.mean
             ? fmt::format("{} (+{} inf)", value_text(summary.mean, metric), summary.infinite)
             : fmt::format("{} inf", summary.infinite);
}

Cells summary_cells(const std::string& name, const ClassSummary& summary, const ScoreTable& table,
                    size_t main) {
  const MetricSummary& leading = summary.metrics[main];
  const Metric& metric = table.class_metrics[main];
  Cells cells = {name, name == "all classes" ? "" : std::to_string(leading.count),
                 mean_text(leading, metric),
                 interval_text(leading.interval_low, leading.interval_high, metric),
                 value_text(leading.median, metric)};
  for (const size_t index : headline_of(table.class_metrics)) {
    if (index != main) {
      cells.push_back(mean_text(summary.metrics[index], table.class_metrics[index]));
    }
  }
  return cells;
}

std::string summary_lines(const ScoreTable& table, size_t main) {
  Cells head = {"class", "cases", head_of(table.class_metrics[main]), "95 % interval", "median"};
  for (const size_t index : headline_of(table.class_metrics)) {
    if (index != main) {
      head.push_back(head_of(table.class_metrics[index]));
    }
  }
  std::vector<Cells> rows = {head};
  for (const ClassSummary& each : table.summary.classes) {
    rows.push_back(summary_cells(printable(each.class_name), each, table, main));
  }
  rows.push_back(summary_cells("all classes", table.summary.all_classes, table, main));
  std::string text = "Mean over cases\n" + align(rows, 1);
  for (size_t i = 0; i < table.case_metrics.size(); ++i) {
    const MetricSummary& each = table.summary.case_values[i];
    text += fmt::format("{}, mean over cases: {}\n", table.case_metrics[i].name,
                        mean_text(each, table.case_metrics[i]));
  }
  return text;
}

std::string fold_lines(const ScoreTable& table, size_t main) {
  if (table.folds.size() < 2) {
    return "";
  }
  std::vector<Cells> rows = {{"fold", "cases", head_of(table.class_metrics[main])}};
  for (const size_t index : headline_of(table.class_metrics)) {
    if (index != main) {
      rows.front().push_back(head_of(table.class_metrics[index]));
    }
  }
  for (const FoldSummary& fold : table.folds) {
    Cells& cells = rows.emplace_back(Cells{printable(fold.fold), std::to_string(fold.cases)});
    cells.push_back(mean_text(fold.all_classes.metrics[main], table.class_metrics[main]));
    for (const size_t index : headline_of(table.class_metrics)) {
      if (index != main) {
        cells.push_back(mean_text(fold.all_classes.metrics[index], table.class_metrics[index]));
      }
    }
  }
  return "\nMean of the classes in each fold\n" + align(rows, 1);
}

struct Row {
  const CaseScore* scored;
  const ClassScore* each;
};

// Higher for worse; without a value lowest.
double badness(const Row& row, const Metric& metric, size_t main) {
  const MetricValue& value = row.each->values[main];
  if (!value) {
    return -std::numeric_limits<double>::infinity();
  }
  return metric.direction == Direction::kLowerIsBetter ? *value : -*value;
}

std::vector<Row> rows_to_show(const ScoreTable& table, size_t main, bool verbose) {
  std::vector<Row> rows;
  for (const CaseScore& scored : table.cases) {
    for (const ClassScore& each : scored.classes) {
      rows.push_back({&scored, &each});
    }
  }
  if (verbose || rows.size() <= kFewRows) {
    return rows;
  }
  std::stable_sort(rows.begin(), rows.end(), [&](const Row& first, const Row& second) {
    const auto key = [&](const Row& row) {
      return std::pair(badness(row, table.class_metrics[main], main),
                       row.each->counts.truth_voxels() + row.each->counts.prediction_voxels());
    };
    return key(first) > key(second);
  });
  rows.resize(kWorstRows);
  return rows;
}

std::vector<size_t> case_columns(const ScoreTable& table) {
  std::vector<size_t> columns = headline_of(table.class_metrics);
  for (const std::string_view key : {"truth_volume_ml", "prediction_volume_ml"}) {
    if (const std::optional<size_t> index = table.index_of(key)) {
      columns.push_back(*index);
    }
  }
  return columns;
}

std::string case_lines(const ScoreTable& table, size_t main, bool verbose) {
  const std::vector<Row> shown = rows_to_show(table, main, verbose);
  const size_t all = table.cases.size() * table.class_names.size();
  std::vector<Cells> rows = {{"case", "class"}};
  for (const size_t index : case_columns(table)) {
    rows.front().push_back(head_of(table.class_metrics[index]));
  }
  for (const Row& row : shown) {
    Cells& cells =
        rows.emplace_back(Cells{printable(row.scored->case_name), printable(row.each->class_name)});
    for (const size_t index : case_columns(table)) {
      cells.push_back(value_text(row.each->values[index], table.class_metrics[index]));
    }
  }
  const std::string title =
      shown.size() == all ? "Cases"
                          : fmt::format("The {} worst of {} by {}; all with -v, --csv or --json",
                                        shown.size(), all, table.class_metrics[main].name);
  return "\n" + title + "\n" + align(rows, 2);
}

std::string statistics_lines(const ScoreTable& table) {
  std::vector<Cells> rows = {
      {"class", "metric", "cases", "mean", "SD", "95 % interval", "5 %", "median", "95 %"}};
  const auto add = [&](const std::string& name, const ClassSummary& summary) {
    for (size_t i = 0; i < table.class_metrics.size(); ++i) {
      const MetricSummary& each = summary.metrics[i];
      const Metric& metric = table.class_metrics[i];
      rows.push_back({name, head_of(metric), std::to_string(each.count), mean_text(each, metric),
                      value_text(each.standard_deviation, metric),
                      interval_text(each.interval_low, each.interval_high, metric),
                      value_text(each.percentile_5, metric), value_text(each.median, metric),
                      value_text(each.percentile_95, metric)});
    }
  };
  for (const ClassSummary& each : table.summary.classes) {
    add(printable(each.class_name), each);
  }
  add("all classes", table.summary.all_classes);
  return "\nEvery metric over cases\n" + align(rows, 2);
}

std::string definition_lines(const MetricSettings& settings, bool verbose) {
  std::vector<Cells> rows;
  for (const Metric& metric : metrics_of(settings)) {
    if (metric.headline || verbose) {
      const std::string better = metric.direction == Direction::kNone
                                     ? ""
                                     : fmt::format("; {} is better", name_of(metric.direction));
      rows.push_back({"  " + metric.short_name, metric.definition + better});
    }
  }
  std::string text = "\n" + align(rows, 2) + "\n" + describe(settings) + "\n";
  for (const std::string& rule : rules_of(settings)) {
    text += rule + "\n";
  }
  return text;
}

std::string finding_lines(const ScoreTable& table, bool verbose, const std::string& prefix) {
  std::string text;
  const size_t most = verbose ? std::numeric_limits<size_t>::max() : kShownNames;
  for (const std::string& finding : findings_of(table, most)) {
    text += prefix + printable(finding) + "\n";
  }
  for (const std::string& note : table.notes) {
    text += "note: " + prefix + printable(note) + "\n";
  }
  if (table.partial) {
    text += prefix + "The result is partial.\n";
  }
  return text;
}

// One case needs no statistics: its classes, and their mean.
std::string one_case_lines(const ScoreTable& table) {
  const std::vector<size_t> columns = case_columns(table);
  const CaseScore& scored = table.cases.front();
  std::vector<Cells> rows = {{"class"}};
  Cells last = {"all classes"};
  for (const size_t index : columns) {
    const Metric& metric = table.class_metrics[index];
    rows.front().push_back(head_of(metric));
    last.push_back(mean_text(table.summary.all_classes.metrics[index], metric));
  }
  for (const ClassScore& each : scored.classes) {
    Cells& cells = rows.emplace_back(Cells{printable(each.class_name)});
    for (const size_t index : columns) {
      cells.push_back(value_text(each.values[index], table.class_metrics[index]));
    }
  }
  rows.push_back(last);
  std::string text = "Case " + printable(scored.case_name) + "\n" + align(rows, 1);
  for (size_t i = 0; i < table.case_metrics.size(); ++i) {
    text += fmt::format("{}: {}\n", table.case_metrics[i].name,
                        value_text(scored.values[i], table.case_metrics[i]));
  }
  return text;
}

std::string set_lines(const ScoreTable& table, const TextOptions& options) {
  const size_t main = main_metric(table.class_metrics, options.rank_by);
  if (table.class_names.empty()) {
    return "No class occurs in truth or prediction.\n";
  }
  std::string text = table.cases.size() == 1
                         ? one_case_lines(table)
                         : summary_lines(table, main) + fold_lines(table, main) +
                               case_lines(table, main, options.verbose);
  return options.verbose ? text + statistics_lines(table) : text;
}

}  // namespace

std::vector<std::string> findings_of(const ScoreTable& table, size_t most_names) {
  std::vector<std::string> findings;
  const auto add = [&](const std::vector<std::string>& names, std::string_view noun,
                       std::string_view what) {
    if (!names.empty()) {
      findings.push_back(fmt::format(
          "{} {}: {}", core::counted(std::ssize(names), noun), what,
          core::listed(names.size(), most_names, [&](size_t index) { return names[index]; })));
    }
  };
  const Unmatched& unmatched = table.unmatched;
  add(unmatched.truth_cases, "case", "of the truth without a prediction, not scored");
  add(unmatched.prediction_cases, "case", "of the prediction not in the truth, not scored");
  add(unmatched.truth_classes, "class",
      "of the truth not in the prediction, scored as predicted nowhere");
  add(unmatched.prediction_classes, "class", "of the prediction not in the truth, not scored");
  for (size_t i = 0; i < std::min(table.failed.size(), most_names); ++i) {
    findings.push_back(fmt::format("case {} was not scored: {}", table.failed[i].case_name,
                                   table.failed[i].error));
  }
  if (table.failed.size() > most_names) {
    findings.push_back(fmt::format(
        "{} more were not scored",
        core::counted(std::ssize(table.failed) - static_cast<int64_t>(most_names), "case")));
  }
  return findings;
}

std::string metric_list(const MetricSettings& settings) {
  std::vector<Cells> rows = {{"group", "key", "unit", "better", "definition"}};
  for (const Metric& metric : metrics_of(settings)) {
    rows.push_back(
        {std::string(name_of(metric.group)), metric.key, metric.unit,
         metric.direction == Direction::kNone ? "-" : std::string(name_of(metric.direction)),
         metric.definition});
  }
  return align(rows, 5);
}

std::string to_text(const ScoreTable& table, const TextOptions& options) {
  return set_lines(table, options) + definition_lines(table.settings, options.verbose) +
         finding_lines(table, options.verbose, "");
}

std::string to_text(const SetScores& scores, const TextOptions& options) {
  if (!scores.comparison) {
    return to_text(scores.sets.front(), options);
  }
  std::string text;
  for (const ScoreTable& table : scores.sets) {
    if (options.verbose) {
      text += fmt::format("Set {}\n", printable(table.set_name)) + set_lines(table, options) + "\n";
    }
  }
  text += internal::comparison_text(scores, options.rank_by, options.verbose);
  text += definition_lines(scores.sets.front().settings, options.verbose);
  for (const ScoreTable& table : scores.sets) {
    text += finding_lines(table, options.verbose, printable(table.set_name) + ": ");
  }
  return text;
}

}  // namespace volseg::score
