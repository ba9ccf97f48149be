// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace volseg::report::internal {

/// Three decimals, as scores are shown; "-" without a finite value.
[[nodiscard]] std::string score_text(const std::optional<double>& value);

/// Bytes in decimal units with three digits, such as "977 MB"; "-" for a value that is no size.
[[nodiscard]] std::string bytes_text(double bytes);

/// A time as it is said, such as "8 min 14 s"; "-" for a value that is no duration.
[[nodiscard]] std::string duration_text(double seconds);

/// A share in percent with at most one decimal, such as "12.5 %"; "-" for a value that is not
/// finite.
[[nodiscard]] std::string percent_text(double fraction);

}  // namespace volseg::report::internal
