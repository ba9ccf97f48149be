// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "volseg/core/work.h"
#include "volseg/score/compare_sets.h"
#include "volseg/score/comparison.h"
#include "volseg/score/score_table.h"

namespace volseg::score {

struct ScoreOptions {
  ComparisonSettings sides;
  MetricSettings metrics;
  core::WorkOptions work;
};

/// Scores every case of a comparison. One case for each thread is in memory at a time; classes of a
/// case are shared by the threads, and results do not depend on their number. A case that cannot be
/// read or scored is listed in `failed`. @throws Error when every case fails; Error(kUsage);
/// Error(kNotFound) on a tolerance of a class that is not there; Error(kCancelled)
[[nodiscard]] ScoreTable score_comparison(const Comparison& comparison,
                                          const ScoreOptions& options);

/// Scores predictions against the truth, both as `Comparison` reads them.
/// @throws Error as Comparison and score_comparison
[[nodiscard]] ScoreTable score_paths(const std::filesystem::path& truth,
                                     const std::filesystem::path& prediction,
                                     const ScoreOptions& options);

/// Scores several sets of predictions against one truth, and compares them.
/// @param names  of the sets, in their order; empty: from the paths
/// @throws Error(kUsage) when names are not one for each set and distinct; Error as score_paths
[[nodiscard]] SetScores score_sets(const std::filesystem::path& truth,
                                   const std::vector<std::filesystem::path>& predictions,
                                   const std::vector<std::string>& names,
                                   const ScoreOptions& options);

/// The shortest ends of the paths that tell them apart: "a/labels" and "b/labels", but "model_a"
/// for "results/model_a.zip" alone.
[[nodiscard]] std::vector<std::string> set_names_of(
    const std::vector<std::filesystem::path>& predictions);

}  // namespace volseg::score
