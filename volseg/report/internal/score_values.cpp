// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "volseg/report/internal/html.h"
#include "volseg/report/internal/score_page_parts.h"
#include "volseg/score/value_text.h"

namespace volseg::report::internal {

namespace {

using score::Metric;
using score::MetricValue;
using score::ScoreTable;

// A name as JSON that cannot end the script element around it.
std::string quoted(const std::string& name) {
  const std::string text =
      nlohmann::json(name).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  std::string safe;
  for (const char letter : text) {
    safe += letter == '<' ? "\\u003c" : std::string(1, letter);
  }
  return safe;
}

// Items between brackets with commas.
template <typename Text>
std::string list_of(size_t count, const Text& text_of) {
  std::string list = "[";
  for (size_t i = 0; i < count; ++i) {
    list += i == 0 ? "" : ",";
    list += text_of(i);
  }
  return list + "]";
}

std::string number(const MetricValue& value) {
  if (!value || std::isnan(*value)) {
    return "null";
  }
  if (std::isinf(*value)) {
    return *value > 0 ? "1e999" : "-1e999";
  }
  const bool whole = std::abs(*value) < 1e15 && *value == std::round(*value);
  return whole ? fmt::format("{:.0f}", *value) : fmt::format("{:.5g}", *value);
}

std::string described(const Metric& metric, bool shown) {
  return fmt::format("{{\"key\":{},\"head\":{},\"name\":{},\"fraction\":{},\"shown\":{}}}",
                     quoted(metric.key), quoted(head_of(metric)), quoted(metric.name),
                     metric.unit == "fraction", shown);
}

bool is_shown(const ScoreView& view, size_t index) {
  const std::string& key = view.metrics()[index].key;
  return std::ranges::find(view.shown, index) != view.shown.end() || key == "truth_volume_ml" ||
         key == "prediction_volume_ml";
}

// One metric of every class of every case, the classes of a case together.
std::string values_of(const ScoreTable& table, size_t metric) {
  std::string values = "[";
  for (const score::CaseScore& scored : table.cases) {
    for (const score::ClassScore& each : scored.classes) {
      values += number(each.values[metric]);
      values += ',';
    }
  }
  if (values.size() > 1) {
    values.pop_back();
  }
  return values + "]";
}

std::string set_json(const ScoreView& view, const ScoreTable& table) {
  const auto of_cases = [&](const auto& text_of) {
    return list_of(table.cases.size(), [&](size_t i) { return text_of(table.cases[i]); });
  };
  return "{\"name\":" + quoted(table.set_name) + ",\"cases\":" +
         of_cases([](const score::CaseScore& each) { return quoted(each.case_name); }) +
         ",\"folds\":" + of_cases([](const score::CaseScore& each) { return quoted(each.fold); }) +
         ",\"classes\":" +
         list_of(table.class_names.size(), [&](size_t i) { return quoted(table.class_names[i]); }) +
         ",\"values\":" +
         list_of(view.in_table.size(),
                 [&](size_t i) { return values_of(table, view.in_table[i]); }) +
         ",\"means\":" +
         list_of(view.in_table.size(),
                 [&](size_t i) {
                   return of_cases([&](const score::CaseScore& each) {
                     return number(each.class_means[view.in_table[i]]);
                   });
                 }) +
         ",\"case_values\":" +
         list_of(table.case_metrics.size(),
                 [&](size_t i) {
                   return of_cases(
                       [&](const score::CaseScore& each) { return number(each.values[i]); });
                 }) +
         "}";
}

}  // namespace

std::string score_data(const ScoreView& view) {
  const std::vector<ScoreTable>& sets = view.scores.sets;
  const std::vector<Metric>& whole = sets.front().case_metrics;
  const size_t common =
      view.scores.comparison ? view.scores.comparison->case_names.size() : size_t{0};
  return "{\"metrics\":" +
         list_of(view.in_table.size(),
                 [&](size_t i) {
                   return described(view.metrics()[view.in_table[i]],
                                    is_shown(view, view.in_table[i]));
                 }) +
         ",\"case_metrics\":" +
         list_of(whole.size(), [&](size_t i) { return described(whole[i], true); }) +
         ",\"main\":" + quoted(view.main_metric().key) + ",\"lower\":" +
         (view.main_metric().direction == score::Direction::kLowerIsBetter ? "true" : "false") +
         ",\"common_cases\":" +
         list_of(common, [&](size_t i) { return quoted(view.scores.comparison->case_names[i]); }) +
         ",\"sets\":" + list_of(sets.size(), [&](size_t i) { return set_json(view, sets[i]); }) +
         "}";
}

std::string score_values(const ScoreView& view) {
  std::string note = view.options.csv.empty()
                         ? "volseg score --csv FILE writes every value with all digits."
                         : "Every value with all digits: " + view.options.csv.string() + ".";
  if (view.in_table.size() < view.metrics().size()) {
    note = fmt::format("So many values: only {} of {} metrics stand here. ", view.in_table.size(),
                       view.metrics().size()) +
           note;
  }
  return html_section(
      "Every value",
      "<p class=\"quiet\">" + escape_html(note) +
          "</p><noscript><p>The tables below need JavaScript.</p></noscript>\n"
          "<h3>Each class of each case</h3><div id=\"class-values\"></div>\n"
          "<h3>Each case, means over its classes</h3><div id=\"case-values\"></div>\n");
}

}  // namespace volseg::report::internal
