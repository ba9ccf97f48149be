// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace volseg::report::internal {

/// The values that stand at some positions when all are put in ascending order, which they are not:
/// two passes count them by their upper and lower 16 bits. Memory does not depend on the number of
/// values.
/// @param values  without NaN
/// @param ranks   positions from 0 to the number of values less 1, ascending, at most 255
[[nodiscard]] std::vector<float> values_at_ranks(std::span<const float> values,
                                                 std::span<const int64_t> ranks);

}  // namespace volseg::report::internal
