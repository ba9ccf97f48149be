// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "volseg/score/compare_sets.h"
#include "volseg/score/score_table.h"

namespace volseg::score {

/// Version of the CSV and JSON files (docs/formats/scores.md).
inline constexpr int kScoresVersion = 2;

struct TextOptions {
  bool verbose = false;  ///< every case, every statistic, every name
  std::string rank_by;   ///< metric of rankings and of the worst cases; empty: the first
};

/// Tables for a person: summary of each class, worst cases (all when they are few), folds, ranking
/// and comparison of sets, definitions, rules and findings; "-" where there is no value.
[[nodiscard]] std::string to_text(const SetScores& scores, const TextOptions& options = {});
/// One row for each set, case, class and metric (docs/formats/scores.md).
[[nodiscard]] std::string to_csv(const SetScores& scores);
/// Everything, with definitions, settings and rules (docs/formats/scores.md).
[[nodiscard]] std::string to_json(const SetScores& scores);
/// The same for one set without a comparison.
[[nodiscard]] std::string to_text(const ScoreTable& table, const TextOptions& options = {});
[[nodiscard]] std::string to_csv(const ScoreTable& table);
[[nodiscard]] std::string to_json(const ScoreTable& table);

/// What has no partner and what failed, a sentence each; of long lists the first `most_names`.
[[nodiscard]] std::vector<std::string> findings_of(const ScoreTable& table, size_t most_names);

/// The metrics of all groups for a person: key, unit, direction and definition.
[[nodiscard]] std::string metric_list(const MetricSettings& settings);

}  // namespace volseg::score
