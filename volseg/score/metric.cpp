// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/metric.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "volseg/core/error.h"
#include "volseg/core/text.h"
#include "volseg/score/internal/measures.h"
#include "volseg/score/internal/summaries.h"

namespace volseg::score {

namespace {

using internal::MetricEntry;

std::string with_percentile(std::string_view text, double percentile) {
  constexpr std::string_view kPlace = "{percentile}";
  std::string result(text);
  for (size_t at = result.find(kPlace); at != std::string::npos; at = result.find(kPlace, at)) {
    result.replace(at, kPlace.size(), fmt::format("{:g}", percentile));
  }
  return result;
}

Metric metric_of(const MetricEntry& entry, MetricGroup group, double percentile) {
  const auto filled = [&](std::string_view text) { return with_percentile(text, percentile); };
  return {.key = filled(entry.key),
          .name = filled(entry.name),
          .short_name = filled(entry.short_name),
          .unit = std::string(entry.unit),
          .definition = filled(entry.definition),
          .source = std::string(entry.source),
          .group = group,
          .direction = entry.direction,
          .scope = entry.case_value == nullptr ? MetricScope::kClass : MetricScope::kCase,
          .headline = entry.headline,
          .needs_presence = entry.needs_presence,
          .best = entry.best,
          .worst = entry.worst};
}

void require(bool holds, const std::string& what, double found) {
  if (!holds) {
    throw Error(ErrorKind::kUsage, "score.settings", fmt::format("{}; {} is given", what, found));
  }
}

std::string_view rule_for_absent(WhenAbsent rule) {
  switch (rule) {
    case WhenAbsent::kNan:
      return "has no value and is not counted in means";
    case WhenAbsent::kOne:
      return "has the value of a perfect prediction (fractions 1, distances 0 mm)";
    case WhenAbsent::kZero:
      return "has the worst value (fractions 0, distances infinite)";
  }
  return "";
}

}  // namespace

std::string_view name_of(MetricGroup group) {
  constexpr std::array<std::string_view, 4> kNames = {"overlap", "surface", "lesions", "topology"};
  return kNames.at(static_cast<size_t>(group));
}

std::string_view name_of(Direction direction) {
  constexpr std::array<std::string_view, 3> kNames = {"higher", "lower", "none"};
  return kNames.at(static_cast<size_t>(direction));
}

std::string_view name_of(MetricScope scope) {
  return scope == MetricScope::kClass ? "class" : "case";
}

std::string_view name_of(WhenAbsent rule) {
  constexpr std::array<std::string_view, 3> kNames = {"nan", "one", "zero"};
  return kNames.at(static_cast<size_t>(rule));
}

std::string_view name_of(SurfaceDefinition definition) {
  constexpr std::array<std::string_view, 3> kNames = {"voxel", "element", "boundary"};
  return kNames.at(static_cast<size_t>(definition));
}

int neighbours_of(mask::Connectivity connectivity) {
  constexpr std::array<int, 3> kNeighbours = {6, 18, 26};
  return kNeighbours.at(static_cast<size_t>(connectivity));
}

const std::vector<MetricGroup>& all_metric_groups() {
  static const std::vector<MetricGroup> groups = {MetricGroup::kOverlap, MetricGroup::kSurface,
                                                  MetricGroup::kLesions, MetricGroup::kTopology};
  return groups;
}

bool MetricSettings::has(MetricGroup group) const {
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

double MetricSettings::tolerance_of(const std::string& class_name) const {
  const auto own = class_tolerances_mm.find(class_name);
  return own == class_tolerances_mm.end() ? tolerance_mm : own->second;
}

std::vector<Metric> metrics_of(const MetricSettings& settings) {
  std::vector<Metric> metrics;
  for (const MetricGroup group : all_metric_groups()) {
    if (settings.has(group)) {
      for (const MetricEntry& entry : internal::entries_of(group)) {
        metrics.push_back(metric_of(entry, group, settings.percentile));
      }
    }
  }
  return metrics;
}

std::vector<Metric> metrics_of(const MetricSettings& settings, MetricScope scope) {
  std::vector<Metric> metrics = metrics_of(settings);
  std::erase_if(metrics, [&](const Metric& metric) { return metric.scope != scope; });
  return metrics;
}

void check_metric_settings(const MetricSettings& settings) {
  require(!settings.groups.empty(), "at least one group of metrics is needed", 0);
  require(settings.percentile > 0 && settings.percentile <= 100,
          "the percentile lies above 0 and up to 100", settings.percentile);
  const auto check_tolerance = [](double tolerance_mm) {
    require(std::isfinite(tolerance_mm) && tolerance_mm >= 0, "a tolerance is 0 mm or more",
            tolerance_mm);
  };
  check_tolerance(settings.tolerance_mm);
  for (const auto& [class_name, tolerance_mm] : settings.class_tolerances_mm) {
    check_tolerance(tolerance_mm);
  }
  require(settings.lesion_threshold_fraction >= 0 && settings.lesion_threshold_fraction < 1,
          "the IoU at which lesions match is 0 or more and below 1",
          settings.lesion_threshold_fraction);
  require(
      settings.smallest_lesion_voxels >= 0 && settings.smallest_lesion_ml >= 0,
      "the smallest lesion has 0 voxels or more",
      std::min(static_cast<double>(settings.smallest_lesion_voxels), settings.smallest_lesion_ml));
}

std::string settings_text(const Metric& metric, const MetricSettings& settings,
                          const std::string& class_name) {
  std::string text;
  const auto add = [&](std::string_view name, const std::string& value) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value);
  };
  if (metric.needs_presence) {
    add("when_absent", std::string(name_of(settings.when_absent)));
  }
  if (metric.group == MetricGroup::kSurface) {
    add("surface", std::string(name_of(settings.surface)));
    if (metric.key.starts_with("surface_dice")) {
      add("tolerance_mm", fmt::format("{:g}", settings.tolerance_of(class_name)));
    }
  }
  if (metric.group == MetricGroup::kLesions) {
    add("connectivity", std::to_string(neighbours_of(settings.lesion_connectivity)));
    add("threshold", fmt::format("{:g}", settings.lesion_threshold_fraction));
    add("smallest_voxels", std::to_string(settings.smallest_lesion_voxels));
    add("smallest_ml", fmt::format("{:g}", settings.smallest_lesion_ml));
  }
  return text;
}

std::string describe(const MetricSettings& settings) {
  std::string text = "Settings: ";
  if (settings.has(MetricGroup::kSurface)) {
    text += fmt::format("{} surfaces, percentile {:g}, tolerance {:g} mm",
                        name_of(settings.surface), settings.percentile, settings.tolerance_mm);
    for (const auto& [class_name, tolerance_mm] : settings.class_tolerances_mm) {
      text += fmt::format(", {} {:g} mm", class_name, tolerance_mm);
    }
    text += "; ";
  }
  if (settings.has(MetricGroup::kLesions) || settings.has(MetricGroup::kTopology)) {
    text +=
        fmt::format("components of {} neighbours; ", neighbours_of(settings.lesion_connectivity));
  }
  if (settings.has(MetricGroup::kLesions)) {
    text += fmt::format("lesions match above an IoU of {:g}, smallest {} and {:g} ml; ",
                        settings.lesion_threshold_fraction,
                        core::counted(settings.smallest_lesion_voxels, "voxel"),
                        settings.smallest_lesion_ml);
  }
  return text +
         fmt::format("when absent {}; seed {}.", name_of(settings.when_absent), settings.seed);
}

std::vector<std::string> rules_of(const MetricSettings& settings) {
  std::vector<std::string> rules = {
      fmt::format(
          "A class that is absent in truth and in prediction {} (--when-absent {}); counts, "
          "volumes and specificity keep their values.",
          rule_for_absent(settings.when_absent), name_of(settings.when_absent)),
      "A class that is absent in only one of them scores 0 in overlap; its distances are infinite.",
      "A class's mean is taken over the cases in which it has a finite value; the overall mean is "
      "the mean of the class means; a case's mean is taken over the classes that have a finite "
      "value in it. Infinite values are counted beside the mean; medians and percentiles of a "
      "class "
      "hold them as the largest.",
      fmt::format("Intervals hold 95 % of {} means of cases drawn with replacement (seed {}).",
                  internal::kResamples, settings.seed)};
  return rules;
}

namespace internal {

std::span<const MetricEntry> entries_of(MetricGroup group) {
  switch (group) {
    case MetricGroup::kOverlap:
      return overlap_entries();
    case MetricGroup::kSurface:
      return surface_entries();
    case MetricGroup::kLesions:
      return lesion_entries();
    case MetricGroup::kTopology:
      return topology_entries();
  }
  return {};
}

}  // namespace internal

}  // namespace volseg::score
