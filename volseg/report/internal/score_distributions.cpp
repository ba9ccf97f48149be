// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "volseg/core/text.h"
#include "volseg/report/internal/html.h"
#include "volseg/report/internal/score_page_parts.h"
#include "volseg/report/internal/strip_chart.h"
#include "volseg/report/internal/value_axis.h"
#include "volseg/report/slices.h"
#include "volseg/score/value_text.h"

namespace volseg::report::internal {

namespace {

using score::Metric;
using score::ScoreTable;

std::vector<double> all_values(const ScoreTable& table, size_t index) {
  std::vector<double> values;
  for (const score::CaseScore& scored : table.cases) {
    for (const score::ClassScore& each : scored.classes) {
      if (each.values[index]) {
        values.push_back(*each.values[index]);
      }
    }
  }
  return values;
}

StripRow row_of(const ScoreTable& table, size_t set, size_t class_index, size_t index) {
  const Metric& metric = table.class_metrics[index];
  StripRow row{.name = table.class_names[class_index], .note = "-", .values = {}};
  std::vector<double> there;
  for (const score::CaseScore& scored : table.cases) {
    const score::MetricValue& value = scored.classes[class_index].values[index];
    row.values.push_back(value);
    if (value) {
      there.push_back(*value);
    }
  }
  const auto count = std::ssize(there);
  row.data = fmt::format("data-set=\"{}\" data-metric=\"{}\" data-class=\"{}\"", set,
                         escape_html(metric.key), class_index);
  row.box = quantiles_of(std::move(there));
  if (row.box) {
    const Quantiles& box = *row.box;
    row.note = value_text(box.median, metric);
    row.box_text =
        fmt::format("{}: {}, median {}, quartiles {} and {}, 5 to 95 %: {} to {}", row.name,
                    core::counted(count, "case"), value_text(box.median, metric),
                    value_text(box.lower_quartile, metric), value_text(box.upper_quartile, metric),
                    value_text(box.percentile_5, metric), value_text(box.percentile_95, metric));
  }
  return row;
}

// Worst median first; classes without a value last.
void sort_rows(std::vector<StripRow>& rows, const Metric& metric) {
  const double sign = metric.direction == score::Direction::kLowerIsBetter ? -1 : 1;
  std::ranges::stable_sort(rows, {}, [&](const StripRow& row) {
    return row.box ? sign * row.box->median : std::numeric_limits<double>::max();
  });
}

std::string strips(const ScoreView& view, size_t set, size_t index) {
  const ScoreTable& table = view.scores.sets[set];
  const Metric& metric = view.metrics()[index];
  const std::string of = view.scores.sets.size() > 1 ? " in " + table.set_name : "";
  StripChart chart{.title = metric.name + " of every case" + of,
                   .axis_name = "",
                   .note_name = "median",
                   .axis = axis_of(metric, all_values(table, index), kStripLeft, kStripRight),
                   .rows = {},
                   .only_outliers = !view.all_points};
  chart.axis_name = axis_name(metric, chart.axis);
  for (size_t i = 0; i < table.class_names.size(); ++i) {
    chart.rows.push_back(row_of(table, set, i, index));
  }
  sort_rows(chart.rows, metric);
  return draw_strips(chart);
}

std::string scatter_dots(const ScoreTable& table, size_t set, size_t index, size_t volume,
                         const ValueAxis& across, const ValueAxis& up) {
  const Metric& metric = table.class_metrics[index];
  std::string svg;
  for (size_t k = 0; k < table.class_names.size(); ++k) {
    std::string path;
    for (const score::CaseScore& scored : table.cases) {
      const score::ClassScore& each = scored.classes[k];
      if (each.values[index] && each.values[volume]) {
        path += dot_at(across.place(*each.values[volume]), up.place(*each.values[index]));
      }
    }
    svg += path.empty() ? ""
                        : fmt::format(
                              "<path class=\"dots\" style=\"stroke:{}\" data-set=\"{}\" "
                              "data-metric=\"{}\" data-class=\"{}\" d=\"{}\"/>\n",
                              css_color(class_color(static_cast<int64_t>(k))), set,
                              escape_html(metric.key), k, path);
  }
  return svg;
}

// Where each class lies over its volume in the truth.
std::string scatter(const ScoreView& view, size_t set, size_t index, size_t volume) {
  const ScoreTable& table = view.scores.sets[set];
  const Metric& metric = view.metrics()[index];
  ChartFrame frame{.width = kStripWidth, .height = 460, .left = 60, .right = 985, .bottom = 418};
  const ValueAxis across =
      logarithmic_axis(all_values(table, volume), frame.left + 10, frame.right - 10);
  const ValueAxis up = axis_of(metric, all_values(table, index), frame.bottom - 8, frame.top + 8);
  frame.x = across.range;
  frame.y = up.range;
  ChartFrame ticks = frame;
  ticks.left = across.first;
  ticks.right = across.last;
  ticks.bottom = up.first;
  ticks.top = up.last;
  const std::string title = metric.name + " against the volume of the truth";
  std::string svg =
      open_chart(frame, title) + draw_y_axis(ticks, up.ticks()) + draw_title(frame, title);
  ticks.bottom = frame.bottom;
  svg += draw_x_axis(ticks, across.ticks(), "volume of the truth (ml), logarithmic");
  if (across.zero) {
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">absent</text>\n",
                       *across.zero, frame.bottom + 19);
  }
  return svg + scatter_dots(table, set, index, volume, across, up) + "</svg></div>\n";
}

std::string color_keys(const ScoreTable& table) {
  std::vector<ColorKey> keys;
  for (size_t k = 0; k < table.class_names.size(); ++k) {
    keys.push_back({table.class_names[k], class_color(static_cast<int64_t>(k))});
  }
  return "<div class=\"highlight\">" + html_keys(keys) + "</div>\n";
}

}  // namespace

std::string score_distributions(const ScoreView& view) {
  std::string html =
      "<p class=\"quiet\">A dot is a case; point at it to read which. Box: quartiles, line in it: "
      "median, whiskers: 5 to 95 %. The worst median stands first.</p>\n";
  if (!view.all_points) {
    html += "<p class=\"quiet\">So many cases: only those outside the whiskers are drawn.</p>\n";
  }
  for (size_t set = 0; set < view.scores.sets.size(); ++set) {
    for (const size_t index : view.shown) {
      html += html_choice(set, view.metrics()[index].key, strips(view, set, index));
    }
  }
  return html_section("Distribution of each class", html);
}

std::string score_volumes(const ScoreView& view) {
  const std::optional<size_t> volume = view.scores.sets.front().index_of("truth_volume_ml");
  if (!volume || !view.all_points) {
    return "";
  }
  const size_t index = view.scores.sets.front().index_of("dice").value_or(view.shown.front());
  std::string html;
  for (size_t set = 0; set < view.scores.sets.size(); ++set) {
    html += html_choice(set, "",
                        scatter(view, set, index, *volume) + color_keys(view.scores.sets[set]));
  }
  return html_section("Small and large structures", html);
}

}  // namespace volseg::report::internal
