// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "volseg/mask/run_mask.h"
#include "volseg/score/metric.h"
#include "volseg/score/overlap.h"

namespace volseg::score {

/// The value of a metric; none where it is not defined, infinite where a distance has no end.
using MetricValue = std::optional<double>;

/// One class in one case: a value for each metric of ScoreTable::class_metrics.
struct ClassScore {
  std::string class_name;
  OverlapCounts counts;
  std::vector<MetricValue> values;
};

/// One case: a score for each class, in the order of ScoreTable::class_names.
struct CaseScore {
  std::string case_name;
  std::string fold;  ///< that holds the case out; empty when unknown
  core::Shape3 shape{};
  std::array<double, 3> spacing_mm{1, 1, 1};
  bool spacing_known = true;
  std::vector<ClassScore> classes;
  std::vector<MetricValue> class_means;  ///< by class metric, over classes with a finite value
  std::vector<MetricValue> values;       ///< for each metric of ScoreTable::case_metrics
};

/// Truth and prediction of one case in memory, one mask for each class, all of one shape.
struct CaseMasks {
  std::string case_name;
  std::vector<mask::RunMask> truth;
  std::vector<mask::RunMask> prediction;
  std::array<double, 3> spacing_mm{1, 1, 1};
};

/// All metrics of one class. @throws Error(kShape) with both shapes when they differ
[[nodiscard]] ClassScore score_class(const std::string& class_name, const mask::RunMask& truth,
                                     const mask::RunMask& prediction,
                                     const std::array<double, 3>& spacing_mm,
                                     const MetricSettings& settings);

/// Fills what follows from the scores of the classes: their means, and metrics of the whole case.
void finish_case(CaseScore& scored, const MetricSettings& settings);

/// score_class for every class, and finish_case.
/// @throws Error(kShape) naming case and class when shapes or numbers of masks differ
[[nodiscard]] CaseScore score_case(const CaseMasks& masks, std::span<const std::string> class_names,
                                   const MetricSettings& settings = {});

}  // namespace volseg::score
