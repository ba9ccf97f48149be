// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace volseg::plan {

/// The name with the fewest single-letter edits from `name`; the first of equals, "" without names.
[[nodiscard]] std::string_view nearest_name(std::string_view name,
                                            std::span<const std::string_view> names);

}  // namespace volseg::plan
