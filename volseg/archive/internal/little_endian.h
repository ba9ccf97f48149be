// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace volseg::archive::internal {

/// The little-endian number of type T at `offset`, which must lie inside `bytes`.
template <typename T>
[[nodiscard]] T number_at(std::span<const std::byte> bytes, size_t offset) {
  T value = 0;
  for (size_t byte = sizeof(T); byte-- > 0;) {
    value = static_cast<T>((static_cast<uint64_t>(value) << 8) |
                           std::to_integer<uint64_t>(bytes[offset + byte]));
  }
  return value;
}

}  // namespace volseg::archive::internal
