// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "volseg/score/lesions.h"
#include "volseg/score/metric.h"
#include "volseg/score/overlap.h"
#include "volseg/score/surface.h"
#include "volseg/score/topology.h"

namespace volseg::score::internal {

inline constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// What the metrics of one class in one case are computed from; a group that is not asked for is
/// empty.
struct ClassMeasures {
  OverlapCounts counts;
  double voxel_volume_ml = 0;
  std::optional<SurfaceScore> surface;  ///< none also where a side is absent
  std::optional<LesionScore> lesions;
  std::optional<CentrelineScore> centrelines;
  ComponentCounts components;
};

[[nodiscard]] ClassMeasures measure_class(const mask::RunMask& truth,
                                          const mask::RunMask& prediction,
                                          const std::array<double, 3>& spacing_mm,
                                          double tolerance_mm, const MetricSettings& settings);

/// One metric as constants; "{percentile}" in a text stands for the percentile of the settings.
struct MetricEntry {
  std::string_view key;
  std::string_view name;
  std::string_view short_name;
  std::string_view unit = "fraction";
  std::string_view definition;
  std::string_view source = "";
  Direction direction = Direction::kHigherIsBetter;
  bool headline = false;
  bool needs_presence = true;
  double best = 1;
  double worst = 0;
  /// Of a class; null for a metric of a case.
  std::optional<double> (*value)(const ClassMeasures&) = nullptr;
  /// Of a case with the counts of its classes; null for a metric of a class.
  std::optional<double> (*case_value)(std::span<const OverlapCounts>) = nullptr;
};

/// The entries of a group, in order.
[[nodiscard]] std::span<const MetricEntry> entries_of(MetricGroup group);

[[nodiscard]] std::span<const MetricEntry> overlap_entries();
[[nodiscard]] std::span<const MetricEntry> surface_entries();
[[nodiscard]] std::span<const MetricEntry> lesion_entries();
[[nodiscard]] std::span<const MetricEntry> topology_entries();

}  // namespace volseg::score::internal
