// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "volseg/core/work.h"
#include "volseg/score/comparison.h"
#include "volseg/score/score_table.h"

namespace volseg::score {

struct ScoreOptions {
  ComparisonSettings sides;
  core::WorkOptions work;
};

/// Scores predictions against the truth, both as `Comparison` reads them. One case for each thread
/// is in memory at a time. @throws Error as Comparison
[[nodiscard]] ScoreTable score_paths(const std::filesystem::path& truth,
                                     const std::filesystem::path& prediction,
                                     const ScoreOptions& options);

}  // namespace volseg::score
