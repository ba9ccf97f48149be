// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "volseg/core/text.h"
#include "volseg/report/internal/html.h"
#include "volseg/report/internal/score_page_parts.h"
#include "volseg/score/value_text.h"

namespace volseg::report::internal {

namespace {

using score::MetricGroup;
using score::ScoreTable;

std::string tiles(const ScoreView& view) {
  std::vector<Tile> tiles;
  const auto sets = view.scores.sets.size();
  const ScoreTable& first = view.scores.sets.front();
  if (sets > 1) {
    tiles.push_back({std::to_string(sets), "sets of predictions"});
  }
  for (const ScoreTable& table : view.scores.sets) {
    const std::string of = sets > 1 ? " of " + table.set_name : "";
    tiles.push_back({std::to_string(table.cases.size()),
                     (table.cases.size() == 1 ? "case scored" : "cases scored") + of});
    if (!table.failed.empty() || !table.unmatched.truth_cases.empty()) {
      tiles.push_back({std::to_string(table.failed.size() + table.unmatched.truth_cases.size()),
                       "cases of the truth not scored" + of});
    }
  }
  tiles.push_back({std::to_string(first.class_names.size()),
                   first.class_names.size() == 1 ? "class" : "classes"});
  for (const size_t index : view.shown) {
    if (sets == 1 || index == view.shown.front()) {
      for (const ScoreTable& table : view.scores.sets) {
        const score::Metric& metric = view.metrics()[index];
        tiles.push_back({score::value_text(table.mean(metric.key), metric),
                         "mean " + head_of(metric) + (sets > 1 ? " of " + table.set_name : "")});
      }
    }
  }
  return html_tiles(tiles);
}

std::string partial_banner(const ScoreView& view) {
  if (!score::is_partial(view.scores)) {
    return "";
  }
  return "<p class=\"alarm\"><b>The result is partial.</b> A case failed, or a case or class of "
         "the truth has no prediction; the list below names each.</p>\n";
}

std::string findings(const ScoreView& view) {
  std::string items;
  for (const ScoreTable& table : view.scores.sets) {
    const std::string of = view.scores.sets.size() > 1 ? table.set_name + ": " : "";
    std::vector<std::string> lines = score::findings_of(table, std::numeric_limits<size_t>::max());
    for (const std::string& note : table.notes) {
      lines.push_back("note: " + note);
    }
    for (const std::string& line : lines) {
      items += "<li>" + escape_html(of + line) + "</li>\n";
    }
  }
  return items.empty() ? "" : "<ul class=\"findings\">" + items + "</ul>\n";
}

std::string tolerances(const score::MetricSettings& settings) {
  std::string text = fmt::format("{:g} mm", settings.tolerance_mm);
  for (const auto& [name, tolerance_mm] : settings.class_tolerances_mm) {
    text += fmt::format(", {} {:g} mm", name, tolerance_mm);
  }
  return text;
}

std::vector<std::vector<Cell>> setting_rows(const score::MetricSettings& settings) {
  std::vector<std::string> groups;
  for (const MetricGroup group : settings.groups) {
    groups.emplace_back(score::name_of(group));
  }
  std::vector<std::vector<Cell>> rows = {
      {{"metrics"}, {fmt::format("{}", fmt::join(groups, ", "))}},
      {{"class absent on both sides"}, {std::string(score::name_of(settings.when_absent))}}};
  if (settings.has(MetricGroup::kSurface)) {
    rows.push_back({{"surface"}, {std::string(score::name_of(settings.surface))}});
    rows.push_back({{"tolerance of surface Dice"}, {tolerances(settings)}});
    rows.push_back({{"percentile of distances"}, {fmt::format("{:g}", settings.percentile)}});
  }
  if (settings.has(MetricGroup::kLesions)) {
    rows.push_back({{"neighbours in a lesion"},
                    {std::to_string(score::neighbours_of(settings.lesion_connectivity))}});
    rows.push_back({{"IoU above which lesions match"},
                    {fmt::format("{:g}", settings.lesion_threshold_fraction)}});
    rows.push_back(
        {{"smallest lesion"},
         {fmt::format("{}, {:g} ml", core::counted(settings.smallest_lesion_voxels, "voxel"),
                      settings.smallest_lesion_ml)}});
  }
  rows.push_back({{"seed of intervals"}, {std::to_string(settings.seed)}});
  return rows;
}

std::string compared_table(const ScoreView& view) {
  std::vector<std::vector<Cell>> rows;
  if (!view.options.truth.empty()) {
    rows.push_back({{"truth"}, {view.options.truth.string()}});
  }
  for (size_t i = 0; i < view.options.predictions.size(); ++i) {
    const std::string name = view.scores.sets.size() > 1 ? " " + view.scores.sets[i].set_name : "";
    rows.push_back({{"prediction" + name}, {view.options.predictions[i].string()}});
  }
  for (const auto& row : setting_rows(view.scores.sets.front().settings)) {
    rows.push_back(row);
  }
  rows.push_back({{"every value as CSV"},
                  {view.options.csv.empty() ? "not written; volseg score --csv FILE writes it"
                                            : view.options.csv.string()}});
  return html_table({"compared", "value"}, rows);
}

}  // namespace

std::string score_head(const ScoreView& view) {
  return html_section("Summary", partial_banner(view) + tiles(view) + findings(view) +
                                     "<h3>What was compared, and how</h3>\n" +
                                     compared_table(view));
}

std::string score_definitions(const ScoreView& view) {
  const score::MetricSettings& settings = view.scores.sets.front().settings;
  std::vector<std::vector<Cell>> rows;
  for (const score::Metric& metric : score::metrics_of(settings)) {
    rows.push_back({{metric.name},
                    {metric.key},
                    {metric.unit},
                    {metric.direction == score::Direction::kNone
                         ? "-"
                         : std::string(score::name_of(metric.direction))},
                    {metric.definition},
                    {metric.source}});
  }
  std::string html = "<div class=\"prose\">" +
                     html_table({"metric", "key", "unit", "better", "definition", "source"}, rows) +
                     "</div><ul class=\"findings\">";
  for (const std::string& rule : score::rules_of(settings)) {
    html += "<li>" + escape_html(rule) + "</li>\n";
  }
  return html_section("Definitions", html + "</ul>\n");
}

}  // namespace volseg::report::internal
