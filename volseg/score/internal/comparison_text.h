// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "volseg/score/compare_sets.h"

namespace volseg::score::internal {

/// Ranking of the sets by a metric and their paired differences, as tables for a person.
/// @param scores   with a comparison
/// @param rank_by  key of the metric; one that was not computed: the first
/// @param verbose  classes of every pair, also of many sets
[[nodiscard]] std::string comparison_text(const SetScores& scores, const std::string& rank_by,
                                          bool verbose);

}  // namespace volseg::score::internal
