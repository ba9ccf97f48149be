// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace volseg::archive::internal {

/// What reading may take beyond a size that is declared and bounded.
inline constexpr int64_t kMostExtraBytes = int64_t{64} << 20;

/// Sanitizers need terabytes of address space.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kHasMemoryLimit = false;
#else
inline constexpr bool kHasMemoryLimit = true;
#endif

/// Runs `work` in a child process that may take `extra_bytes` of address space beyond what it has.
/// @return empty when `work` returned true; else its error's text or how the child ended
[[nodiscard]] std::string memory_error_within(int64_t extra_bytes,
                                              const std::function<bool()>& work);

}  // namespace volseg::archive::internal
