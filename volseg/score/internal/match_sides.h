// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "volseg/score/internal/case_source.h"
#include "volseg/score/score_table.h"

namespace volseg::score::internal {

/// One case of both sides.
struct CasePair {
  std::string truth;
  std::string prediction;
};

/// What is compared with what, and what is left over.
struct Matching {
  std::vector<CasePair> cases;           ///< by name of the truth
  std::vector<std::string> class_names;  ///< empty: labels without names on both sides
  Unmatched unmatched;
  std::vector<std::string> notes;
};

/// Names the labels that have no names, matches classes, then cases.
/// @param wanted_classes  the only classes to compare; empty: all of the truth
/// @throws Error(kNotFound) when no case or no class is on both sides, or a wanted class is not in
///         the truth; Error(kUsage) when a case name occurs twice
[[nodiscard]] Matching match_sides(CaseSource& truth, CaseSource& prediction,
                                   const std::vector<std::string>& wanted_classes);

}  // namespace volseg::score::internal
