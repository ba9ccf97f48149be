// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/mask/run_mask.h"
#include "volseg/score/overlap.h"

namespace volseg::score {

/// How a class that does not occur is scored; every output states it.
inline constexpr std::string_view kAbsentRule =
    "A class that is absent in truth and in prediction has no Dice and no IoU and is not counted "
    "in "
    "means; a class that is absent in only one of them scores 0.";
/// How means are taken; every output states it.
inline constexpr std::string_view kMeanRule =
    "A class's mean is taken over the cases in which it has a value; the overall mean is the mean "
    "of the class means; a case's mean is taken over the classes that have a value in it.";

/// One class in one case.
struct ClassScore {
  std::string class_name;
  OverlapCounts counts;
  std::optional<double> dice;
  std::optional<double> iou;
  double truth_volume_ml = 0;
  double prediction_volume_ml = 0;
};

/// One case: a score for each class, in the order of ScoreTable::class_names.
struct CaseScore {
  std::string case_name;
  std::vector<ClassScore> classes;
  std::optional<double> mean_dice;  ///< over the classes that have one
};

/// Means of one class over the cases in which it has a value.
struct ClassMean {
  std::string class_name;
  std::optional<double> dice;
  std::optional<double> iou;
  int64_t counted_cases = 0;
};

/// Everything that `volseg score` tells.
struct ScoreTable {
  std::vector<std::string> class_names;
  std::vector<CaseScore> cases;        ///< by name
  std::vector<ClassMean> class_means;  ///< in the order of class_names
  std::optional<double> mean_dice;     ///< mean of the class means
  std::optional<double> mean_iou;      ///< mean of the class means
  std::string absent_rule{kAbsentRule};
  std::string mean_rule{kMeanRule};
  std::vector<std::string> notes;  ///< such as cases without a partner, a sentence each
  bool partial = false;            ///< a truth case has no prediction
};

/// Truth and prediction of one case in memory, one mask for each class, all of one shape.
struct CaseMasks {
  std::string case_name;
  std::vector<mask::RunMask> truth;
  std::vector<mask::RunMask> prediction;
  std::array<double, 3> spacing_mm{1, 1, 1};
};

/// A score from counts; volumes are voxels times `voxel_volume_ml`.
[[nodiscard]] ClassScore score_class(std::string class_name, const OverlapCounts& counts,
                                     double voxel_volume_ml);

/// @throws Error(kShape) naming case and class when shapes or numbers of masks differ
[[nodiscard]] CaseScore score_case(const CaseMasks& masks,
                                   std::span<const std::string> class_names);

/// Sorts the cases by name and takes the means. @throws Error(kShape) when a case has another
/// number of classes
[[nodiscard]] ScoreTable make_table(std::vector<std::string> class_names,
                                    std::vector<CaseScore> cases);

/// Scores cases that are in memory.
[[nodiscard]] ScoreTable score_runs(std::span<const CaseMasks> cases,
                                    const std::vector<std::string>& class_names);

}  // namespace volseg::score
