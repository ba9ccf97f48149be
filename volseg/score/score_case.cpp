// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/score_case.h"

#include <cmath>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/score/internal/measures.h"

namespace volseg::score {

namespace {

using internal::ClassMeasures;
using internal::MetricEntry;

struct Presence {
  bool truth = false;
  bool prediction = false;
};

// Lesions that are too small to count are absent.
Presence presence_in(MetricGroup group, const ClassMeasures& measures) {
  if (group == MetricGroup::kLesions) {
    return {!measures.lesions->truth.empty(), !measures.lesions->prediction.empty()};
  }
  return {measures.counts.truth_voxels() > 0, measures.counts.prediction_voxels() > 0};
}

MetricValue value_when_absent(const MetricEntry& entry, WhenAbsent rule) {
  switch (rule) {
    case WhenAbsent::kNan:
      return std::nullopt;
    case WhenAbsent::kOne:
      return entry.best;
    case WhenAbsent::kZero:
      return entry.worst;
  }
  return std::nullopt;
}

// One rule for all metrics: absent on both sides is the settings' choice, absent on one side is the
// worst value where a formula has none.
MetricValue value_of(const MetricEntry& entry, const ClassMeasures& measures,
                     const Presence& presence, WhenAbsent rule) {
  if (entry.needs_presence && !presence.truth && !presence.prediction) {
    return value_when_absent(entry, rule);
  }
  const MetricValue value = entry.value(measures);
  const bool one_side = presence.truth != presence.prediction;
  return !value && one_side && entry.needs_presence ? entry.worst : value;
}

void require_count(const std::string& case_name, std::string_view what, size_t found,
                   size_t expected) {
  if (found != expected) {
    throw Error(ErrorKind::kShape, "score.case",
                "case " + case_name + ": " + std::to_string(found) + " " + std::string(what) +
                    "; there are " + std::to_string(expected) + " classes");
  }
}

// Calls `use` for each entry of the groups that are asked for.
template <typename Use>
void for_entries(const MetricSettings& settings, const Use& use) {
  for (const MetricGroup group : all_metric_groups()) {
    if (settings.has(group)) {
      for (const MetricEntry& entry : internal::entries_of(group)) {
        use(group, entry);
      }
    }
  }
}

MetricValue mean_of_classes(const std::vector<ClassScore>& classes, size_t metric) {
  double sum = 0;
  int64_t count = 0;
  for (const ClassScore& each : classes) {
    const MetricValue& value = each.values[metric];
    if (value && std::isfinite(*value)) {
      sum += *value;
      ++count;
    }
  }
  return count == 0 ? std::nullopt : MetricValue(sum / static_cast<double>(count));
}

}  // namespace

ClassScore score_class(const std::string& class_name, const mask::RunMask& truth,
                       const mask::RunMask& prediction, const std::array<double, 3>& spacing_mm,
                       const MetricSettings& settings) {
  const ClassMeasures measures = internal::measure_class(
      truth, prediction, spacing_mm, settings.tolerance_of(class_name), settings);
  ClassScore scored{.class_name = class_name, .counts = measures.counts, .values = {}};
  for_entries(settings, [&](MetricGroup group, const MetricEntry& entry) {
    if (entry.value != nullptr) {
      scored.values.push_back(
          value_of(entry, measures, presence_in(group, measures), settings.when_absent));
    }
  });
  return scored;
}

void finish_case(CaseScore& scored, const MetricSettings& settings) {
  std::vector<OverlapCounts> counts;
  bool any_present = false;
  for (const ClassScore& each : scored.classes) {
    counts.push_back(each.counts);
    any_present = any_present || each.counts.truth_voxels() + each.counts.prediction_voxels() > 0;
  }
  scored.class_means.clear();
  scored.values.clear();
  for_entries(settings, [&](MetricGroup /*group*/, const MetricEntry& entry) {
    if (entry.case_value == nullptr) {
      scored.class_means.push_back(mean_of_classes(scored.classes, scored.class_means.size()));
    } else {
      scored.values.push_back(any_present ? entry.case_value(counts)
                                          : value_when_absent(entry, settings.when_absent));
    }
  });
}

CaseScore score_case(const CaseMasks& masks, std::span<const std::string> class_names,
                     const MetricSettings& settings) {
  require_count(masks.case_name, "true masks", masks.truth.size(), class_names.size());
  require_count(masks.case_name, "predicted masks", masks.prediction.size(), class_names.size());
  CaseScore scored{.case_name = masks.case_name, .spacing_mm = masks.spacing_mm};
  for (size_t i = 0; i < class_names.size(); ++i) {
    if (masks.truth[i].shape != masks.prediction[i].shape) {
      throw Error(ErrorKind::kShape, "score.case",
                  "case " + masks.case_name + ", class \"" + class_names[i] +
                      "\": truth has shape " + core::to_string(masks.truth[i].shape) +
                      ", prediction has " + core::to_string(masks.prediction[i].shape) +
                      "; predict on the grid of the truth");
    }
    scored.shape = masks.truth[i].shape;
    scored.classes.push_back(score_class(class_names[i], masks.truth[i], masks.prediction[i],
                                         masks.spacing_mm, settings));
  }
  finish_case(scored, settings);
  return scored;
}

}  // namespace volseg::score
