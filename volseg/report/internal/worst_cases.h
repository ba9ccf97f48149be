// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "volseg/score/score_table.h"

namespace volseg::report::internal {

/// One class in one case.
struct WorstCase {
  size_t case_index = 0;   ///< into ScoreTable::cases
  size_t class_index = 0;  ///< into ScoreTable::class_names
  friend bool operator==(const WorstCase&, const WorstCase&) = default;
};

/// The pairs of case and class with the worst values of a metric, worst first; of equal values the
/// one with the more voxels of error. A case or class that was taken comes again only when all
/// others were taken as often, so that neither one bad case nor one bad class fills the list.
/// Pairs without an error or a value are left out.
[[nodiscard]] std::vector<WorstCase> choose_worst(const score::ScoreTable& scores, size_t metric,
                                                  size_t most);

}  // namespace volseg::report::internal
