// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "volseg/archive/archive.h"
#include "volseg/core/work.h"
#include "volseg/dataset/internal/finding_sink.h"
#include "volseg/dataset/internal/resolve.h"

namespace volseg::dataset::internal {

/// Verifies the checksum of each member of a zip that neither a table nor a row led to. Memory
/// stays at a few MiB for each thread, however large the members are. @throws Error(kCancelled)
void check_other_members(const archive::Archive& archive, const Resolved& resolved,
                         const std::vector<const Row*>& rows, const core::WorkOptions& work,
                         FindingSink& sink);

}  // namespace volseg::dataset::internal
