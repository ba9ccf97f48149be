// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "volseg/core/array.h"
#include "volseg/mask/run_text.h"

namespace volseg::dataset::internal {

/// "run 3 (byte 17) starts at voxel 0".
[[nodiscard]] std::string describe_error(const mask::ParsedRuns& parsed, const core::Shape3& shape);

}  // namespace volseg::dataset::internal
