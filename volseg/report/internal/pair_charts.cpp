// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/pair_charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "volseg/core/text.h"
#include "volseg/report/internal/html.h"
#include "volseg/report/internal/strip_chart.h"
#include "volseg/report/internal/text_table.h"
#include "volseg/report/internal/value_axis.h"
#include "volseg/score/score_output.h"
#include "volseg/score/value_text.h"

namespace volseg::report::internal {

namespace {

using score::CaseScore;
using score::Metric;
using score::MetricValue;
using score::ScoreTable;

constexpr size_t kMostNameLetters = 28;

// Positions in a table of what the comparison holds.
struct TableView {
  const ScoreTable& table;
  std::vector<const CaseScore*> cases;
  std::vector<size_t> classes;
  size_t metric = 0;

  TableView(const ScoreTable& scored, const score::SetComparison& comparison, size_t index)
      : table(scored), metric(scored.index_of(comparison.metrics[index].key).value_or(0)) {
    for (const std::string& name : comparison.case_names) {
      cases.push_back(&*std::ranges::lower_bound(scored.cases, name, {}, &CaseScore::case_name));
    }
    for (const std::string& name : comparison.class_names) {
      const auto found = std::ranges::find(scored.class_names, name);
      classes.push_back(static_cast<size_t>(found - scored.class_names.begin()));
    }
  }

  [[nodiscard]] MetricValue value(const CaseScore& scored, size_t class_index) const {
    const MetricValue& value = scored.classes[classes[class_index]].values[metric];
    return value && std::isfinite(*value) ? value : std::nullopt;
  }
  [[nodiscard]] MetricValue mean(const CaseScore& scored) const {
    double sum = 0;
    double count = 0;
    for (size_t i = 0; i < classes.size(); ++i) {
      if (const MetricValue each = value(scored, i)) {
        sum += *each;
        ++count;
      }
    }
    return count == 0 ? std::nullopt : MetricValue(sum / count);
  }
  [[nodiscard]] std::vector<MetricValue> values(std::optional<size_t> class_index) const {
    std::vector<MetricValue> list;
    for (const CaseScore* scored : cases) {
      list.push_back(class_index ? value(*scored, *class_index) : mean(*scored));
    }
    return list;
  }
};

std::vector<double> differences_of(const std::vector<StripRow>& rows) {
  std::vector<double> differences;
  for (const StripRow& row : rows) {
    for (const MetricValue& value : row.values) {
      if (value) {
        differences.push_back(*value);
      }
    }
  }
  return differences;
}

// The values behind the dots, for the script; empty where a case has none.
std::string values_text(const std::vector<MetricValue>& values) {
  std::string text;
  for (const MetricValue& value : values) {
    text += (text.empty() && &value == values.data() ? "" : ",") +
            (value ? fmt::format("{:.4g}", *value) : "");
  }
  return text;
}

StripRow difference_row(const score::SetScores& scores, const score::SetPair& pair, size_t metric,
                        std::optional<size_t> class_index) {
  const Metric& described = scores.comparison->metrics[metric];
  const score::ClassPair& compared = class_index ? pair.classes[*class_index] : pair.all_classes;
  StripRow row{.name = class_index ? compared.class_name : "mean over the classes",
               .note = "-",
               .values = {}};
  const PairedValues both = paired_values(scores, pair, metric, class_index);
  for (size_t i = 0; i < both.first.size(); ++i) {
    const bool there = both.first[i] && both.second[i];
    row.values.push_back(there ? MetricValue(*both.second[i] - *both.first[i]) : std::nullopt);
  }
  row.data = fmt::format("data-row=\"{}\" data-values=\"{}\"", escape_html(row.name),
                         values_text(row.values));
  if (const auto& paired = compared.metrics[metric].paired) {
    row.mark = paired->mean_difference;
    row.note = value_text(paired->mean_difference, described);
    row.box_text = fmt::format("{}: mean difference {}", row.name, row.note);
    if (paired->interval) {
      row.has_range = true;
      row.range = {paired->interval->low, paired->interval->high};
      row.box_text += fmt::format(", 95 % interval {} to {}", value_text(row.range[0], described),
                                  value_text(row.range[1], described));
    }
  }
  return row;
}

struct PairFrame {
  ChartFrame frame;
  ValueAxis axis;
};

PairFrame pair_frame(const Metric& metric, const PairedValues& both) {
  PairFrame result{.frame = {.width = kStripWidth,
                             .height = 330,
                             .left = kStripLeft,
                             .right = kStripRight,
                             .bottom = 296},
                   .axis = {}};
  std::vector<double> values;
  for (const auto* side : {&both.first, &both.second}) {
    for (const MetricValue& value : *side) {
      if (value) {
        values.push_back(*value);
      }
    }
  }
  result.axis = axis_of(metric, values, result.frame.bottom - 4, result.frame.top + 8);
  result.frame.y = result.axis.range;
  return result;
}

std::string joined(const score::SetScores& scores, const score::SetPair& pair, const Metric& metric,
                   const std::string& case_name, double first, double second,
                   const PairFrame& place) {
  const bool higher = metric.direction == score::Direction::kHigherIsBetter;
  const bool better = higher ? second > first : second < first;
  const char* style = first == second ? "same" : better ? "better" : "worse";
  return fmt::format(
      "<g class=\"pair {}\"><path d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"/>"
      "<title>{}: {} {}, {} {}</title></g>\n",
      style, kStripLeft + 40, place.axis.place(first), kStripRight - 40, place.axis.place(second),
      escape_html(case_name), escape_html(scores.sets[pair.first].set_name),
      value_text(first, metric), escape_html(scores.sets[pair.second].set_name),
      value_text(second, metric));
}

std::string side_name(double x, const ChartFrame& frame, const std::string& name) {
  return fmt::format(
      "<text class=\"title\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}<title>{}</title></text>\n",
      x, frame.bottom + 22, escape_html(terminal_text(name, kMostNameLetters)), escape_html(name));
}

}  // namespace

PairedValues paired_values(const score::SetScores& scores, const score::SetPair& pair,
                           size_t metric, std::optional<size_t> class_index) {
  const score::SetComparison& comparison = *scores.comparison;
  return {TableView(scores.sets[pair.first], comparison, metric).values(class_index),
          TableView(scores.sets[pair.second], comparison, metric).values(class_index)};
}

std::string draw_pair_lines(const score::SetScores& scores, const score::SetPair& pair,
                            size_t metric) {
  const Metric& described = scores.comparison->metrics[metric];
  const PairedValues both = paired_values(scores, pair, metric, std::nullopt);
  const PairFrame place = pair_frame(described, both);
  const std::string title = described.name + " of each case in both sets, mean over the classes";
  ChartFrame ticks = place.frame;
  ticks.bottom = place.axis.first;
  ticks.top = place.axis.last;
  std::string svg = open_chart(place.frame, title) + draw_y_axis(ticks, place.axis.ticks()) +
                    draw_title(place.frame, title);
  for (size_t i = 0; i < both.first.size(); ++i) {
    if (both.first[i] && both.second[i]) {
      svg += joined(scores, pair, described, scores.comparison->case_names[i], *both.first[i],
                    *both.second[i], place);
    }
  }
  const std::string& second = scores.sets[pair.second].set_name;
  return svg + side_name(kStripLeft + 40, place.frame, scores.sets[pair.first].set_name) +
         side_name(kStripRight - 40, place.frame, second) + "</svg>\n" +
         html_keys(
             {{second + " is better", {86, 180, 233}}, {second + " is worse", {235, 95, 30}}}) +
         "</div>\n";
}

std::string draw_pair_strips(const score::SetScores& scores, const score::SetPair& pair,
                             size_t metric) {
  const Metric& described = scores.comparison->metrics[metric];
  StripChart chart{.title = "Difference of " + described.name + ": " +
                            scores.sets[pair.second].set_name + " minus " +
                            scores.sets[pair.first].set_name,
                   .axis_name = "difference of " + described.name,
                   .note_name = "mean",
                   .axis = {},
                   .rows = {}};
  for (size_t i = 0; i < scores.comparison->class_names.size(); ++i) {
    chart.rows.push_back(difference_row(scores, pair, metric, i));
  }
  const double sign = described.direction == score::Direction::kLowerIsBetter ? -1 : 1;
  std::ranges::stable_sort(chart.rows, {}, [&](const StripRow& row) {
    return row.mark ? sign * *row.mark : std::numeric_limits<double>::max();
  });
  chart.rows.insert(chart.rows.begin(), difference_row(scores, pair, metric, std::nullopt));
  chart.axis = difference_axis(differences_of(chart.rows), kStripLeft, kStripRight);
  return draw_strips(chart);
}

}  // namespace volseg::report::internal
