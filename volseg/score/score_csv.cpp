// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "volseg/score/score_output.h"

namespace volseg::score {

namespace {

constexpr std::string_view kHead = "set,case,fold,class,metric,value,unit,settings,note\n";

std::string field(const std::string& value) {
  if (value.find_first_of(",\"\r\n") == std::string::npos) {
    return value;
  }
  std::string quoted = "\"";
  for (const char letter : value) {
    quoted += letter == '"' ? "\"\"" : std::string(1, letter);
  }
  return quoted + "\"";
}

std::string number(const MetricValue& value) { return value ? fmt::format("{}", *value) : ""; }

void add_values(std::string& text, const std::string& begin, const std::string& class_name,
                const std::vector<Metric>& metrics, const std::vector<MetricValue>& values,
                const MetricSettings& settings) {
  for (size_t i = 0; i < metrics.size(); ++i) {
    text += fmt::format("{}{},{},{},{},{},\n", begin, field(class_name), metrics[i].key,
                        number(values[i]), metrics[i].unit,
                        field(settings_text(metrics[i], settings, class_name)));
  }
}

// What was not scored, as rows without a metric, so that the file alone shows that it is partial.
void add_findings(std::string& text, const ScoreTable& table) {
  const auto add = [&](const std::string& case_name, const std::string& class_name,
                       const std::string& note) {
    text += fmt::format("{},{},,{},,,,,{}\n", field(table.set_name), field(case_name),
                        field(class_name), field(note));
  };
  for (const FailedCase& failed : table.failed) {
    add(failed.case_name, "", "not scored: " + failed.error);
  }
  for (const std::string& name : table.unmatched.truth_cases) {
    add(name, "", "not scored: no prediction");
  }
  for (const std::string& name : table.unmatched.prediction_cases) {
    add(name, "", "not scored: not in the truth");
  }
  for (const std::string& name : table.unmatched.truth_classes) {
    add("", name, "not in the prediction; scored as predicted nowhere");
  }
  for (const std::string& name : table.unmatched.prediction_classes) {
    add("", name, "not scored: not in the truth");
  }
}

}  // namespace

std::string to_csv(const SetScores& scores) {
  std::string text(kHead);
  for (const ScoreTable& table : scores.sets) {
    for (const CaseScore& scored : table.cases) {
      const std::string begin = fmt::format("{},{},{},", field(table.set_name),
                                            field(scored.case_name), field(scored.fold));
      for (const ClassScore& each : scored.classes) {
        add_values(text, begin, each.class_name, table.class_metrics, each.values, table.settings);
      }
      add_values(text, begin, "", table.case_metrics, scored.values, table.settings);
    }
    add_findings(text, table);
  }
  return text;
}

std::string to_csv(const ScoreTable& table) { return to_csv(SetScores{{table}, std::nullopt}); }

}  // namespace volseg::score
