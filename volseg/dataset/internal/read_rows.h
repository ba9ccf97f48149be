// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "volseg/dataset/internal/finding_sink.h"
#include "volseg/dataset/internal/resolve.h"
#include "volseg/table/table.h"

namespace volseg::dataset::internal {

/// Reads the rows of one table by the columns of resolved.settings; run texts are moved out of
/// `table`. The first complete row of all decides the order of classes.
void read_rows(Part part, table::Table& table, Resolved& resolved, FindingSink& sink);

}  // namespace volseg::dataset::internal
