// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/core/random.h"
#include "volseg/score/internal/sorted_values.h"
#include "volseg/score/statistics.h"

namespace volseg::score {

namespace {

constexpr uint32_t kBootstrapStream = 0x626f6f74;
constexpr size_t kListsAtATime = 128;  // bounds the means held: 10 MB with 10,000 resamples

void require_valid(const BootstrapSettings& settings) {
  if (settings.resamples < 1) {
    throw Error(ErrorKind::kUsage, "score.bootstrap",
                fmt::format("{} resamples; expected at least 1", settings.resamples));
  }
  if (!(settings.confidence_fraction > 0 && settings.confidence_fraction < 1)) {
    throw Error(ErrorKind::kUsage, "score.bootstrap",
                fmt::format("confidence {}; expected a fraction between 0 and 1",
                            settings.confidence_fraction));
  }
}

// How often each of `count` cases is drawn in one resample.
void draw_weights(uint64_t seed, int64_t resample, std::vector<double>& weights) {
  core::CounterRandom random(seed, 0, static_cast<uint64_t>(resample), kBootstrapStream);
  const auto count = static_cast<int64_t>(weights.size());
  std::fill(weights.begin(), weights.end(), 0.0);
  for (int64_t i = 0; i < count; ++i) {
    weights[random.below(count)] += 1;
  }
}

// Four sums side by side, which the processor adds at the same time.
double weighted_sum(const std::vector<double>& weights, std::span<const double> values) {
  std::array<double, 4> sums{};
  size_t i = 0;
  for (; i + 4 <= values.size(); i += 4) {
    for (size_t lane = 0; lane < 4; ++lane) {
      sums[lane] += weights[i + lane] * values[i + lane];
    }
  }
  for (; i < values.size(); ++i) {
    sums[0] += weights[i] * values[i];
  }
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

Interval interval_of(std::vector<double>& means, double confidence_fraction) {
  std::sort(means.begin(), means.end());
  const double outside_percent = 50 * (1 - confidence_fraction);
  return {internal::percentile_of_sorted(means, outside_percent),
          internal::percentile_of_sorted(means, 100 - outside_percent)};
}

// Intervals of lists of one length.
void bootstrap_equal_lists(std::span<const std::vector<double>> lists,
                           std::span<const size_t> chosen, const BootstrapSettings& settings,
                           std::vector<std::optional<Interval>>& intervals) {
  std::vector<double> weights(lists[chosen.front()].size());
  std::vector<std::vector<double>> means(chosen.size());
  for (int64_t resample = 0; resample < settings.resamples; ++resample) {
    draw_weights(settings.seed, resample, weights);
    for (size_t i = 0; i < chosen.size(); ++i) {
      means[i].push_back(weighted_sum(weights, lists[chosen[i]]) /
                         static_cast<double>(weights.size()));
    }
  }
  for (size_t i = 0; i < chosen.size(); ++i) {
    intervals[chosen[i]] = interval_of(means[i], settings.confidence_fraction);
  }
}

void require_same_cases(std::span<const CaseValues> lists) {
  for (const CaseValues& values : lists) {
    if (values.size() != lists.front().size()) {
      throw Error(ErrorKind::kUsage, "score.bootstrap",
                  fmt::format("one class has {} cases, another {}; expected a value or none for "
                              "each case",
                              lists.front().size(), values.size()));
    }
  }
}

// Values and whether there are any, a row each class, without cases that have none.
struct ClassTable {
  std::vector<std::vector<double>> values;
  std::vector<std::vector<double>> present;
  size_t cases = 0;
};

ClassTable tabulate(std::span<const CaseValues> classes) {
  ClassTable table{.values = std::vector<std::vector<double>>(classes.size()),
                   .present = std::vector<std::vector<double>>(classes.size())};
  const size_t cases = classes.empty() ? 0 : classes.front().size();
  for (size_t i = 0; i < cases; ++i) {
    if (std::none_of(classes.begin(), classes.end(),
                     [i](const CaseValues& values) { return values[i].has_value(); })) {
      continue;
    }
    ++table.cases;
    for (size_t k = 0; k < classes.size(); ++k) {
      table.values[k].push_back(classes[k][i].value_or(0));
      table.present[k].push_back(classes[k][i] ? 1 : 0);
    }
  }
  for (const std::vector<double>& values : table.values) {
    internal::require_finite(values, "score.bootstrap");
  }
  return table;
}

double mean_of_means(const ClassTable& table, const std::vector<double>& weights) {
  double sum = 0;
  double classes = 0;
  for (size_t k = 0; k < table.values.size(); ++k) {
    const double cases = weighted_sum(weights, table.present[k]);
    if (cases > 0) {
      sum += weighted_sum(weights, table.values[k]) / cases;
      classes += 1;
    }
  }
  return sum / classes;
}

}  // namespace

std::optional<Interval> bootstrap_mean(std::span<const double> values,
                                       const BootstrapSettings& settings) {
  const std::vector<double> list(values.begin(), values.end());
  return bootstrap_means({&list, 1}, settings).front();
}

std::vector<std::optional<Interval>> bootstrap_means(std::span<const std::vector<double>> lists,
                                                     const BootstrapSettings& settings) {
  require_valid(settings);
  std::map<size_t, std::vector<size_t>> lists_of_length;
  for (size_t i = 0; i < lists.size(); ++i) {
    internal::require_finite(lists[i], "score.bootstrap");
    if (lists[i].size() >= 2) {
      lists_of_length[lists[i].size()].push_back(i);
    }
  }
  std::vector<std::optional<Interval>> intervals(lists.size());
  for (const auto& [length, chosen] : lists_of_length) {
    for (size_t first = 0; first < chosen.size(); first += kListsAtATime) {
      const size_t count = std::min(kListsAtATime, chosen.size() - first);
      bootstrap_equal_lists(lists, std::span(chosen).subspan(first, count), settings, intervals);
    }
  }
  return intervals;
}

std::optional<double> mean_of_class_means(std::span<const CaseValues> classes) {
  require_same_cases(classes);
  const ClassTable table = tabulate(classes);
  if (table.cases == 0) {
    return std::nullopt;
  }
  return mean_of_means(table, std::vector<double>(table.cases, 1.0));
}

std::optional<Interval> bootstrap_mean_of_class_means(std::span<const CaseValues> classes,
                                                      const BootstrapSettings& settings) {
  require_valid(settings);
  require_same_cases(classes);
  const ClassTable table = tabulate(classes);
  if (table.cases < 2) {
    return std::nullopt;
  }
  std::vector<double> weights(table.cases);
  std::vector<double> means;
  for (int64_t resample = 0; resample < settings.resamples; ++resample) {
    draw_weights(settings.seed, resample, weights);
    means.push_back(mean_of_means(table, weights));
  }
  return interval_of(means, settings.confidence_fraction);
}

}  // namespace volseg::score
