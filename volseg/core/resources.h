// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace volseg::core {

/// Most memory that this process has held at once.
[[nodiscard]] int64_t peak_memory_bytes();

/// Seconds since a moment of the steady clock.
[[nodiscard]] double seconds_since(std::chrono::steady_clock::time_point start);

}  // namespace volseg::core
