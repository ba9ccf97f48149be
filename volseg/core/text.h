// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace volseg::core {

/// A count with its noun: "1 case", "3 cases". The plural is `noun` + "s", or + "es" after an "s".
[[nodiscard]] std::string counted(int64_t count, std::string_view noun);

/// A size for people in decimal units, three digits: "812 bytes", "2.31 kB", "1.05 GB".
[[nodiscard]] std::string size_text(int64_t bytes);

}  // namespace volseg::core
