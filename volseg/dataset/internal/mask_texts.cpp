// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/mask_texts.h"

#include <fmt/format.h>

#include "volseg/dataset/internal/finding_catalogue.h"

namespace volseg::dataset::internal {

std::string describe_error(const mask::ParsedRuns& parsed, const core::Shape3& shape) {
  const std::string run = fmt::format("run {} (byte {})", parsed.run_number, parsed.byte_offset);
  switch (parsed.error) {
    case mask::RunTextError::kStartZero:
      return run + " starts at voxel 0";
    case mask::RunTextError::kOddTokenCount:
      return run + " has a start and no length";
    case mask::RunTextError::kRunPastEnd:
      return fmt::format("{} reaches past voxel {}, the last", run, core::voxel_count(shape));
    default:
      return fmt::format("{} has the token {}", run, in_quotes(parsed.token));
  }
}

}  // namespace volseg::dataset::internal
