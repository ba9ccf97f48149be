// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "volseg/core/array.h"
#include "volseg/mask/run_text.h"

namespace volseg::dataset::internal {

/// Larger than any image, so that no run of a sound text ends outside.
inline constexpr core::Shape3 kAnyShape = {int64_t{1} << 20, int64_t{1} << 20, int64_t{1} << 20};

/// "run 3 (byte 17) starts at voxel 0".
[[nodiscard]] std::string describe_error(const mask::ParsedRuns& parsed, const core::Shape3& shape);

/// One way in which a text may differ from the canonical one.
struct CanonicalRule {
  std::string_view code;
  bool mask::RunTextWarnings::*flag;
  std::string_view found;
  std::string_view expected;
};
[[nodiscard]] std::span<const CanonicalRule> canonical_rules();

}  // namespace volseg::dataset::internal
