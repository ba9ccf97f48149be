// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "volseg/archive/archive.h"
#include "volseg/core/work.h"
#include "volseg/dataset/fix_dataset.h"
#include "volseg/dataset/internal/fix_texts.h"
#include "volseg/dataset/internal/resolve.h"
#include "volseg/table/table.h"

namespace volseg::dataset::internal {

/// Repairs one table in place and counts what it did.
/// @param class_names  order of the classes; taken from the first complete row when empty
/// @return false when nothing changed
[[nodiscard]] bool fix_table(const archive::Archive& archive, const Resolved& resolved, Part part,
                             const FixOptions& options, const core::WorkOptions& work,
                             table::Table& table, std::vector<std::string>& class_names,
                             FixCounts& counts);

}  // namespace volseg::dataset::internal
