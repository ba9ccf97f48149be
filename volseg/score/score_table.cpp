// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/score_table.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/score/internal/summaries.h"

namespace volseg::score {

namespace {

void require_scores(const CaseScore& scored, size_t classes) {
  if (scored.classes.size() != classes) {
    throw Error(ErrorKind::kShape, "score.table",
                "case " + scored.case_name + ": " + std::to_string(scored.classes.size()) +
                    " scores; there are " + std::to_string(classes) + " classes");
  }
}

void require_values(const ScoreTable& table, const CaseScore& scored) {
  const auto complete = [&](const ClassScore& each) {
    return each.values.size() == table.class_metrics.size();
  };
  if (!std::all_of(scored.classes.begin(), scored.classes.end(), complete) ||
      scored.values.size() != table.case_metrics.size()) {
    throw Error(ErrorKind::kShape, "score.table",
                "case " + scored.case_name + ": was scored with other metrics than the table has");
  }
}

// By fold: numbers as numbers, then the others by name.
struct FoldOrder {
  bool operator()(const std::string& first, const std::string& second) const {
    return key(first) < key(second);
  }
  static std::tuple<bool, size_t, std::string> key(const std::string& fold) {
    const bool number = fold.find_first_not_of("0123456789") == std::string::npos;
    return {!number, number ? fold.size() : 0, fold};
  }
};

void summarize_folds(ScoreTable& table, int threads) {
  const core::ThreadPool pool(threads);
  std::map<std::string, std::vector<const CaseScore*>, FoldOrder> folds;
  std::vector<const CaseScore*> all;
  for (const CaseScore& scored : table.cases) {
    all.push_back(&scored);
    if (!scored.fold.empty()) {
      folds[scored.fold].push_back(&scored);
    }
  }
  table.summary = internal::summarize_cases("", all, table.class_names, table.settings, pool);
  for (const auto& [fold, cases] : folds) {
    table.folds.push_back(
        internal::summarize_cases(fold, cases, table.class_names, table.settings, pool));
  }
}

}  // namespace

std::optional<size_t> ScoreTable::index_of(std::string_view metric_key) const {
  const auto found = std::find_if(class_metrics.begin(), class_metrics.end(),
                                  [&](const Metric& each) { return each.key == metric_key; });
  return found == class_metrics.end()
             ? std::nullopt
             : std::optional(static_cast<size_t>(found - class_metrics.begin()));
}

MetricValue ScoreTable::value(const ClassScore& scored, std::string_view metric_key) const {
  const std::optional<size_t> index = index_of(metric_key);
  return index && *index < scored.values.size() ? scored.values[*index] : std::nullopt;
}

MetricValue ScoreTable::case_mean(const CaseScore& scored, std::string_view metric_key) const {
  const std::optional<size_t> index = index_of(metric_key);
  return index && *index < scored.class_means.size() ? scored.class_means[*index] : std::nullopt;
}

MetricValue ScoreTable::class_mean(size_t class_index, std::string_view metric_key) const {
  const std::optional<size_t> index = index_of(metric_key);
  return index ? summary.classes.at(class_index).metrics.at(*index).mean : std::nullopt;
}

int64_t ScoreTable::counted_cases(size_t class_index, std::string_view metric_key) const {
  const std::optional<size_t> index = index_of(metric_key);
  return index ? summary.classes.at(class_index).metrics.at(*index).count : 0;
}

MetricValue ScoreTable::mean(std::string_view metric_key) const {
  const std::optional<size_t> index = index_of(metric_key);
  return index ? summary.all_classes.metrics.at(*index).mean : std::nullopt;
}

ScoreTable make_table(std::vector<std::string> class_names, std::vector<CaseScore> cases,
                      const MetricSettings& settings, int threads) {
  ScoreTable table;
  table.settings = settings;
  table.class_metrics = metrics_of(settings, MetricScope::kClass);
  table.case_metrics = metrics_of(settings, MetricScope::kCase);
  table.class_names = std::move(class_names);
  for (CaseScore& scored : cases) {
    require_scores(scored, table.class_names.size());
    require_values(table, scored);
  }
  table.cases = std::move(cases);
  std::stable_sort(table.cases.begin(), table.cases.end(),
                   [](const CaseScore& first, const CaseScore& second) {
                     return first.case_name < second.case_name;
                   });
  summarize_folds(table, threads);
  return table;
}

ScoreTable score_runs(std::span<const CaseMasks> cases, const std::vector<std::string>& class_names,
                      const MetricSettings& settings) {
  std::vector<CaseScore> scored;
  scored.reserve(cases.size());
  for (const CaseMasks& masks : cases) {
    scored.push_back(score_case(masks, class_names, settings));
  }
  return make_table(class_names, std::move(scored), settings);
}

}  // namespace volseg::score
