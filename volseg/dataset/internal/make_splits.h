// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "volseg/dataset/dataset.h"
#include "volseg/dataset/internal/resolve.h"

namespace volseg::dataset::internal {

/// The splits that Dataset::splits documents; pointers are to the rows of `resolved`.
[[nodiscard]] std::vector<Split> make_splits(const Resolved& resolved);

/// Distinct fold values in order: by number when all are numbers, else by text.
[[nodiscard]] std::vector<std::string> sorted_folds(const std::vector<Row>& rows);

/// @throws Error(kUsage) on a selected fold that is not among `names`
void check_selected(const std::vector<std::string>& selected,
                    const std::vector<std::string>& names);

}  // namespace volseg::dataset::internal
