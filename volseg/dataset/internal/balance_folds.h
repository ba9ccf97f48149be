// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "volseg/dataset/dataset.h"

namespace volseg::dataset::internal {

/// Row indices that stay in one fold: single rows, or with `by_group` the rows of each group; in a
/// seeded order.
[[nodiscard]] std::vector<std::vector<size_t>> fold_units(const std::vector<Row>& rows,
                                                          bool by_group, uint64_t seed);

/// Gives each unit a fold so that every fold comes near its share of the rows and of the rows that
/// hold each class. @return the fold of each row
/// @param shares  of the folds, positive, with sum 1; a unit is never split
/// Method: iterative stratification (Sechidis, Tsoumakas, Vlahavas 2011), units in place of rows;
/// ties go to the first unit and fold, so that equal inputs give equal folds. A fold that came out
/// empty takes the smallest unit of the fold with the most units.
[[nodiscard]] std::vector<size_t> balance_folds(const std::vector<Row>& rows,
                                                const std::vector<std::vector<size_t>>& units,
                                                const std::vector<double>& shares);

}  // namespace volseg::dataset::internal
