// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace volseg::core {

/// At most `count` of `names`, the fewest single-letter edits from `name` first.
[[nodiscard]] std::vector<std::string> near_names(std::string_view name,
                                                  std::vector<std::string> names, size_t count);

}  // namespace volseg::core
