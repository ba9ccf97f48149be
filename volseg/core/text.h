// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace volseg::core {

/// A count with its noun: "1 case", "3 cases". The plural is `noun` + "s", or + "es" after an "s".
[[nodiscard]] std::string counted(int64_t count, std::string_view noun);

/// The first `most` of `count` names, and how many more there are: "a, b and 3 more". Only the
/// names that are shown are asked for.
[[nodiscard]] std::string listed(size_t count, size_t most,
                                 const std::function<std::string(size_t)>& name_of);

/// A size for people in decimal units, three digits: "812 bytes", "2.31 kB", "1.05 GB".
[[nodiscard]] std::string size_text(int64_t bytes);

}  // namespace volseg::core
