// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/compare_sets.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/core/threads.h"
#include "volseg/score/internal/summaries.h"

namespace volseg::score {

namespace {

using Names = std::vector<std::string>;

// What every list holds, in the order of the first; the rest goes to `left_out`.
Names in_all(const std::vector<Names>& lists, Names& left_out) {
  std::map<std::string, size_t> counts;
  for (const Names& names : lists) {
    for (const std::string& name : names) {
      ++counts[name];
    }
  }
  Names common;
  for (const std::string& name : lists.front()) {
    if (counts[name] == lists.size()) {
      common.push_back(name);
    }
  }
  for (const auto& [name, count] : counts) {
    if (count != lists.size()) {
      left_out.push_back(name);
    }
  }
  return common;
}

void require_some(const Names& names, const char* what) {
  if (names.empty()) {
    throw Error(ErrorKind::kNotFound, "score.compare_sets",
                std::string("no ") + what + " is scored in every set");
  }
}

// One set seen through the common cases and classes.
struct SetView {
  std::vector<const CaseScore*> cases;
  std::vector<size_t> class_index;   // of each common class
  std::vector<size_t> metric_index;  // of each compared metric
};

SetView view_of(const ScoreTable& table, const SetComparison& comparison) {
  SetView view;
  for (const std::string& name : comparison.case_names) {
    view.cases.push_back(&*std::lower_bound(table.cases.begin(), table.cases.end(), name,
                                            [](const CaseScore& scored, const std::string& wanted) {
                                              return scored.case_name < wanted;
                                            }));
  }
  for (const std::string& name : comparison.class_names) {
    const auto found = std::find(table.class_names.begin(), table.class_names.end(), name);
    view.class_index.push_back(static_cast<size_t>(found - table.class_names.begin()));
  }
  for (const Metric& metric : comparison.metrics) {
    view.metric_index.push_back(table.index_of(metric.key).value());
  }
  return view;
}

CaseValues class_values(const SetView& view, size_t class_number, size_t metric) {
  return internal::values_of(view.cases, view.class_index[class_number], view.metric_index[metric]);
}

// A case's mean over the common classes that have a value in both sets; infinite when one has.
MetricValue paired_mean(const SetView& view, const SetView& other, size_t number, size_t metric) {
  double sum = 0;
  int64_t count = 0;
  for (size_t i = 0; i < view.class_index.size(); ++i) {
    const auto value_in = [&](const SetView& set) {
      return set.cases[number]->classes[set.class_index[i]].values[set.metric_index[metric]];
    };
    if (const MetricValue value = value_in(view); value && value_in(other)) {
      sum += *value;
      ++count;
    }
  }
  return count == 0 ? std::nullopt : MetricValue(sum / static_cast<double>(count));
}

CaseValues paired_means(const SetView& view, const SetView& other, size_t metric) {
  CaseValues means;
  for (size_t number = 0; number < view.cases.size(); ++number) {
    means.push_back(paired_mean(view, other, number, metric));
  }
  return means;
}

MetricPair pair_of(const CaseValues& first, const CaseValues& second,
                   const BootstrapSettings& settings) {
  MetricPair pair;
  for (size_t i = 0; i < first.size(); ++i) {
    if (first[i] && second[i]) {
      const bool first_infinite = !std::isfinite(*first[i]);
      const bool second_infinite = !std::isfinite(*second[i]);
      pair.first_infinite += first_infinite && !second_infinite ? 1 : 0;
      pair.second_infinite += second_infinite && !first_infinite ? 1 : 0;
    }
  }
  pair.paired =
      compare_pairs(internal::finite_only(first), internal::finite_only(second), settings);
  return pair;
}

SetPair pair_sets(size_t first, size_t second, const std::vector<SetView>& views,
                  const SetComparison& comparison, const BootstrapSettings& settings,
                  const core::ThreadPool& pool) {
  const size_t classes = comparison.class_names.size();
  const size_t metrics = comparison.metrics.size();
  SetPair pair{.first = first, .second = second, .classes = {}, .all_classes = {}};
  for (const std::string& name : comparison.class_names) {
    pair.classes.push_back({name, std::vector<MetricPair>(metrics)});
  }
  pair.all_classes.metrics.resize(metrics);
  pool.for_each(static_cast<int64_t>((classes + 1) * metrics), [&](int64_t item) {
    const size_t number = static_cast<size_t>(item) / metrics;
    const size_t metric = static_cast<size_t>(item) % metrics;
    if (number == classes) {
      pair.all_classes.metrics[metric] =
          pair_of(paired_means(views[first], views[second], metric),
                  paired_means(views[second], views[first], metric), settings);
    } else {
      pair.classes[number].metrics[metric] =
          pair_of(class_values(views[first], number, metric),
                  class_values(views[second], number, metric), settings);
    }
  });
  return pair;
}

// Every value of a case and class as one row; infinite ones lie behind all others.
CaseValues rows_of(const SetView& view, size_t metric) {
  constexpr double kBehindAll = 1e100;
  CaseValues rows;
  for (size_t i = 0; i < view.class_index.size(); ++i) {
    for (const MetricValue& value : class_values(view, i, metric)) {
      rows.push_back(value && !std::isfinite(*value) ? MetricValue(kBehindAll) : value);
    }
  }
  return rows;
}

PlacedSet place(const RankedSet& ranked, const std::vector<SetView>& views, size_t metric) {
  PlacedSet placed{
      .set = static_cast<size_t>(ranked.set), .rank = ranked.rank, .mean_rank = ranked.mean_rank};
  const SetView& view = views[placed.set];
  std::vector<CaseValues> classes;
  for (size_t i = 0; i < view.class_index.size(); ++i) {
    CaseValues values = class_values(view, i, metric);
    placed.infinite += internal::count_infinite(values);
    classes.push_back(internal::finite_only(std::move(values)));
  }
  placed.mean = mean_of_class_means(classes);
  return placed;
}

MetricRanking rank(const std::vector<SetView>& views, const Metric& metric, size_t index) {
  std::vector<CaseValues> rows;
  for (const SetView& view : views) {
    rows.push_back(rows_of(view, index));
  }
  const Ranking ranking = rank_sets(
      rows, metric.direction == Direction::kLowerIsBetter ? Better::kLower : Better::kHigher);
  MetricRanking result{.counted = ranking.cases, .sets = {}};
  for (const RankedSet& ranked : ranking.sets) {
    result.sets.push_back(place(ranked, views, index));
  }
  return result;
}

SetComparison common_ground(std::span<const ScoreTable> sets) {
  SetComparison comparison;
  std::vector<Names> cases;
  std::vector<Names> classes;
  for (const ScoreTable& table : sets) {
    Names& names = cases.emplace_back();
    for (const CaseScore& scored : table.cases) {
      names.push_back(scored.case_name);
    }
    classes.push_back(table.class_names);
  }
  comparison.case_names = in_all(cases, comparison.left_out_cases);
  comparison.class_names = in_all(classes, comparison.left_out_classes);
  require_some(comparison.case_names, "case");
  require_some(comparison.class_names, "class");
  comparison.metrics = sets.front().class_metrics;
  std::erase_if(comparison.metrics,
                [](const Metric& metric) { return metric.direction == Direction::kNone; });
  return comparison;
}

}  // namespace

std::optional<size_t> SetComparison::index_of(std::string_view metric_key) const {
  const auto found = std::find_if(metrics.begin(), metrics.end(),
                                  [&](const Metric& each) { return each.key == metric_key; });
  return found == metrics.end() ? std::nullopt
                                : std::optional(static_cast<size_t>(found - metrics.begin()));
}

bool is_partial(const SetScores& scores) {
  return std::any_of(scores.sets.begin(), scores.sets.end(),
                     [](const ScoreTable& table) { return table.partial; });
}

SetComparison compare_sets(std::span<const ScoreTable> sets, int threads) {
  const core::ThreadPool pool(threads);
  SetComparison comparison = common_ground(sets);
  std::vector<SetView> views;
  for (const ScoreTable& table : sets) {
    views.push_back(view_of(table, comparison));
  }
  const BootstrapSettings settings = internal::bootstrap_of(sets.front().settings);
  for (size_t first = 0; first < sets.size(); ++first) {
    for (size_t second = first + 1; second < sets.size(); ++second) {
      comparison.pairs.push_back(pair_sets(first, second, views, comparison, settings, pool));
    }
  }
  for (size_t metric = 0; metric < comparison.metrics.size(); ++metric) {
    comparison.rankings.push_back(rank(views, comparison.metrics[metric], metric));
  }
  return comparison;
}

}  // namespace volseg::score
