// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace volseg::archive::internal {

/// Why `name` may not be a member's name, such as "has the component '..'"; empty for a sound name.
[[nodiscard]] std::string name_defect(std::string_view name, int64_t most_bytes);

/// True for names that operating systems and notebooks leave behind.
[[nodiscard]] bool is_left_behind(std::string_view name);

/// `name` with control characters readable in a message: "\x0A" for a line feed; cut after 200
/// bytes.
[[nodiscard]] std::string escaped(std::string_view name);

}  // namespace volseg::archive::internal
