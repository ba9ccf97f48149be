// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

namespace volseg::fuzz {

/// Ends the run as a crash does, so that the fuzzer keeps the input.
inline void require(bool holds, const char* rule) {
  if (!holds) {
    std::fprintf(stderr, "fuzz: broken rule: %s\n", rule);
    std::abort();
  }
}

[[nodiscard]] inline std::span<const std::byte> bytes_of(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const std::byte*>(data), size};
}

}  // namespace volseg::fuzz

/// Tries one input; defined by each target. Only a crash, a sanitizer's report or a broken rule
/// counts as a failure.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
