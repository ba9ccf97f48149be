// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/mask/components.h"
#include "volseg/score/surface.h"

namespace volseg::score {

/// Metrics that are computed together and chosen together.
enum class MetricGroup : uint8_t { kOverlap, kSurface, kLesions, kTopology };
/// "overlap", "surface", "lesions", "topology".
[[nodiscard]] std::string_view name_of(MetricGroup group);

/// Which of two values is the better one; kNone for counts and volumes.
enum class Direction : uint8_t { kHigherIsBetter, kLowerIsBetter, kNone };
/// "higher", "lower", "none".
[[nodiscard]] std::string_view name_of(Direction direction);

/// What has one value: a class in a case, or a case with all its classes.
enum class MetricScope : uint8_t { kClass, kCase };
/// "class", "case".
[[nodiscard]] std::string_view name_of(MetricScope scope);

/// What a metric has where a class is absent from truth and from prediction.
enum class WhenAbsent : uint8_t {
  kNan,   ///< no value, not counted in means
  kOne,   ///< the value of a perfect prediction
  kZero,  ///< the worst value
};
/// "nan", "one", "zero".
[[nodiscard]] std::string_view name_of(WhenAbsent rule);

/// Everything that a person or a program needs to know about one metric.
struct Metric {
  std::string key;   ///< such as "dice" or "hausdorff_95_mm"; in files and on the command line
  std::string name;  ///< such as "Dice"
  std::string short_name;  ///< head of a narrow column
  std::string unit;        ///< "fraction", "mm", "ml", "voxels", "lesions", "components"
  std::string definition;  ///< one sentence or formula
  std::string source;      ///< author and year; empty for plain counts
  MetricGroup group = MetricGroup::kOverlap;
  Direction direction = Direction::kHigherIsBetter;
  MetricScope scope = MetricScope::kClass;
  bool headline = false;       ///< stands in the terminal's table
  bool needs_presence = true;  ///< WhenAbsent decides where the class is on neither side
  double best = 1;             ///< of a perfect prediction
  double worst = 0;            ///< of no agreement at all; may be infinite
};

/// "voxel", "element", "boundary".
[[nodiscard]] std::string_view name_of(SurfaceDefinition definition);

/// 6, 18 or 26.
[[nodiscard]] int neighbours_of(mask::Connectivity connectivity);

/// What is computed, and how; every output states it.
struct MetricSettings {
  std::vector<MetricGroup> groups = {MetricGroup::kOverlap, MetricGroup::kSurface};
  WhenAbsent when_absent = WhenAbsent::kNan;
  SurfaceDefinition surface = SurfaceDefinition::kVoxel;
  double percentile = 95;                             ///< of surface distances, 0 < p <= 100
  double tolerance_mm = 1;                            ///< of surface Dice
  std::map<std::string, double> class_tolerances_mm;  ///< where a class has its own
  mask::Connectivity lesion_connectivity = mask::Connectivity::k26;
  double lesion_threshold_fraction = 0.5;  ///< IoU above which two lesions may match
  int64_t smallest_lesion_voxels = 0;      ///< smaller lesions are ignored on both sides
  double smallest_lesion_ml = 0;           ///< the same by volume
  uint64_t seed = 12345;                   ///< of bootstrap intervals

  [[nodiscard]] bool has(MetricGroup group) const;
  /// Tolerance of surface Dice for a class.
  [[nodiscard]] double tolerance_of(const std::string& class_name) const;
};

/// Every metric of the groups, in the order of all outputs. Definitions name the values of
/// `settings`, such as the percentile.
[[nodiscard]] std::vector<Metric> metrics_of(const MetricSettings& settings);
/// Those that have a value for each class, or for a case.
[[nodiscard]] std::vector<Metric> metrics_of(const MetricSettings& settings, MetricScope scope);

/// Every group.
[[nodiscard]] const std::vector<MetricGroup>& all_metric_groups();

/// @throws Error(kUsage) on a percentile, tolerance or threshold that is out of range
void check_metric_settings(const MetricSettings& settings);

/// What decides a metric's value besides the masks: "when_absent=nan surface=voxel tolerance_mm=2".
[[nodiscard]] std::string settings_text(const Metric& metric, const MetricSettings& settings,
                                        const std::string& class_name);

/// The settings of all groups in one sentence, for a person.
[[nodiscard]] std::string describe(const MetricSettings& settings);

/// Rules on absent classes, infinite distances and means, a sentence each.
[[nodiscard]] std::vector<std::string> rules_of(const MetricSettings& settings);

}  // namespace volseg::score
