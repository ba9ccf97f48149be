// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/summaries.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace volseg::score::internal {

namespace {

using Cases = std::span<const CaseScore* const>;

constexpr int64_t kMetricsTogether = 8;  // share the draws of their intervals

std::vector<double> present(const CaseValues& values) {
  std::vector<double> list;
  for (const MetricValue& value : values) {
    if (value) {
      list.push_back(*value);
    }
  }
  return list;
}

// As percentile(), with infinite values as the largest.
double percentile_of(const std::vector<double>& sorted, double percent) {
  if (std::isfinite(sorted.back())) {
    return percentile(sorted, percent);
  }
  const double place = percent / 100 * static_cast<double>(sorted.size() - 1);
  const auto lower = static_cast<size_t>(std::floor(place));
  const auto upper = static_cast<size_t>(std::ceil(place));
  if (!std::isfinite(sorted[upper])) {
    return sorted[upper];
  }
  const double part = place - std::floor(place);
  return sorted[lower] + part * (sorted[upper] - sorted[lower]);
}

MetricSummary summary_of(const CaseValues& values) {
  MetricSummary summary;
  std::vector<double> all = present(values);
  if (all.empty()) {
    return summary;
  }
  std::sort(all.begin(), all.end());
  summary.count = std::ssize(all);
  summary.infinite = count_infinite(values);
  summary.median = percentile_of(all, 50);
  summary.percentile_5 = percentile_of(all, 5);
  summary.percentile_95 = percentile_of(all, 95);
  if (const std::optional<Summary> finite = summarize(present(finite_only(values)))) {
    summary.mean = finite->mean;
    summary.standard_deviation = finite->standard_deviation;
  }
  return summary;
}

void set_interval(MetricSummary& summary, const std::optional<Interval>& interval) {
  if (interval) {
    summary.interval_low = interval->low;
    summary.interval_high = interval->high;
  }
}

// Summaries of lists of values, intervals drawn for all of them together.
std::vector<MetricSummary> summaries_of(const std::vector<CaseValues>& lists,
                                        const MetricSettings& settings) {
  std::vector<MetricSummary> summaries;
  std::vector<std::vector<double>> finite;
  for (const CaseValues& values : lists) {
    summaries.push_back(summary_of(values));
    finite.push_back(present(finite_only(values)));
  }
  const auto intervals = bootstrap_means(finite, bootstrap_of(settings));
  for (size_t i = 0; i < summaries.size(); ++i) {
    set_interval(summaries[i], intervals[i]);
  }
  return summaries;
}

// Median and percentiles of the cases' means over classes, mean and interval of the class means.
MetricSummary summarize_all_classes(Cases cases, std::span<const CaseValues> classes, size_t metric,
                                    const MetricSettings& settings) {
  CaseValues case_means;
  int64_t infinite = 0;
  for (const CaseScore* each : cases) {
    case_means.push_back(each->class_means[metric]);
  }
  std::vector<CaseValues> finite;
  for (const CaseValues& values : classes) {
    infinite += count_infinite(values);
    finite.push_back(finite_only(values));
  }
  MetricSummary summary = summary_of(case_means);
  summary.infinite = infinite;
  summary.mean = mean_of_class_means(finite);
  set_interval(summary, bootstrap_mean_of_class_means(finite, bootstrap_of(settings)));
  return summary;
}

std::vector<MetricSummary> summarize_case_values(Cases cases, const MetricSettings& settings) {
  std::vector<CaseValues> lists(cases.empty() ? 0 : cases.front()->values.size());
  for (size_t metric = 0; metric < lists.size(); ++metric) {
    for (const CaseScore* each : cases) {
      lists[metric].push_back(each->values[metric]);
    }
  }
  return summaries_of(lists, settings);
}

}  // namespace

BootstrapSettings bootstrap_of(const MetricSettings& settings) {
  return {.resamples = kResamples, .confidence_fraction = 0.95, .seed = settings.seed};
}

CaseValues values_of(Cases cases, size_t class_index, size_t metric) {
  CaseValues values;
  values.reserve(cases.size());
  for (const CaseScore* each : cases) {
    values.push_back(each->classes[class_index].values[metric]);
  }
  return values;
}

CaseValues finite_only(CaseValues values) {
  for (MetricValue& value : values) {
    if (value && !std::isfinite(*value)) {
      value.reset();
    }
  }
  return values;
}

int64_t count_infinite(const CaseValues& values) {
  return std::count_if(values.begin(), values.end(),
                       [](const MetricValue& value) { return value && !std::isfinite(*value); });
}

FoldSummary summarize_cases(const std::string& fold, Cases cases,
                            const std::vector<std::string>& class_names,
                            const MetricSettings& settings, const core::ThreadPool& pool) {
  FoldSummary summary{.fold = fold, .cases = std::ssize(cases)};
  const auto metrics = std::ssize(metrics_of(settings, MetricScope::kClass));
  for (const std::string& name : class_names) {
    summary.classes.push_back({name, std::vector<MetricSummary>(static_cast<size_t>(metrics))});
  }
  summary.all_classes.metrics.resize(static_cast<size_t>(metrics));
  pool.for_ranges(metrics, kMetricsTogether, [&](int64_t begin, int64_t end) {
    std::vector<CaseValues> lists;
    for (auto metric = static_cast<size_t>(begin); metric < static_cast<size_t>(end); ++metric) {
      const size_t first = lists.size();
      for (size_t i = 0; i < class_names.size(); ++i) {
        lists.push_back(values_of(cases, i, metric));
      }
      summary.all_classes.metrics[metric] =
          summarize_all_classes(cases, std::span(lists).subspan(first), metric, settings);
    }
    const std::vector<MetricSummary> summaries = summaries_of(lists, settings);
    for (size_t i = 0; i < summaries.size(); ++i) {
      summary.classes[i % class_names.size()]
          .metrics[static_cast<size_t>(begin) + i / class_names.size()] = summaries[i];
    }
  });
  summary.case_values = summarize_case_values(cases, settings);
  return summary;
}

}  // namespace volseg::score::internal
