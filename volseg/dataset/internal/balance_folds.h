// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace volseg::dataset::internal {

/// What decides where a case goes.
struct FoldCase {
  std::string group;                 ///< cases of a group stay together; empty: on its own
  std::vector<uint8_t> has_classes;  ///< by class: 1 where the case has a voxel of it
};

/// Case indices that stay in one fold, largest first, equal sizes in a seeded order.
[[nodiscard]] std::vector<std::vector<size_t>> fold_units(const std::vector<FoldCase>& cases,
                                                          uint64_t seed);

/// Gives each unit a fold so that every fold comes near its share of the cases and of the cases
/// that hold each class. @return the fold of each case
/// @param shares  of the folds, positive, with sum 1; a unit is never split
/// Method: iterative stratification (Sechidis, Tsoumakas, Vlahavas 2011), units in place of cases;
/// ties go to the first unit and fold, so that equal inputs give equal folds. A fold that came out
/// empty takes the smallest unit of the fold with the most units.
[[nodiscard]] std::vector<size_t> balance_folds(const std::vector<FoldCase>& cases,
                                                const std::vector<std::vector<size_t>>& units,
                                                const std::vector<double>& shares);

/// The same share for each of `count` folds.
[[nodiscard]] std::vector<double> equal_shares(size_t count);

}  // namespace volseg::dataset::internal
