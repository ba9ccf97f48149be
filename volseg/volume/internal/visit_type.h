// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <utility>

#include "volseg/volume/volume.h"

namespace volseg::volume::internal {

/// A stored IEEE 754 half-precision number.
struct Half {
  uint16_t bits;

  /// Exact, denormals, infinity and NaN included.
  explicit operator float() const {
    constexpr float kExponentShift = 0x1p112F;
    const uint32_t magnitude = static_cast<uint32_t>(bits & 0x7fffU) << 13;
    const uint32_t finite =
        std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) * kExponentShift);
    const uint32_t unsigned_bits = (bits & 0x7c00U) == 0x7c00U ? magnitude | 0x7f800000U : finite;
    return std::bit_cast<float>(unsigned_bits | static_cast<uint32_t>(bits & 0x8000U) << 16);
  }
  explicit operator double() const { return static_cast<double>(static_cast<float>(*this)); }
};

/// Calls `work.operator()<T>()` with the C++ type in which voxels of `type` are stored.
template <typename Work>
decltype(auto) visit_type(DataType type, Work&& work) {
  switch (type) {
    case DataType::kInt8:
      return work.template operator()<int8_t>();
    case DataType::kUint16:
      return work.template operator()<uint16_t>();
    case DataType::kInt16:
      return work.template operator()<int16_t>();
    case DataType::kUint32:
      return work.template operator()<uint32_t>();
    case DataType::kInt32:
      return work.template operator()<int32_t>();
    case DataType::kUint64:
      return work.template operator()<uint64_t>();
    case DataType::kInt64:
      return work.template operator()<int64_t>();
    case DataType::kFloat16:
      return work.template operator()<Half>();
    case DataType::kFloat32:
      return work.template operator()<float>();
    case DataType::kFloat64:
      return work.template operator()<double>();
    case DataType::kBool:
    case DataType::kUint8:
      break;
  }
  return work.template operator()<uint8_t>();
}

}  // namespace volseg::volume::internal
