// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "volseg/mask/internal/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "volseg/mask/internal/expand_bits.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "volseg/mask/internal/transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace volseg::mask::internal::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Bytes = hn::ScalableTag<uint8_t>;

// Ones of one vector from the lowest bits.
HWY_INLINE hn::Vec<Bytes> ones_of(uint64_t bits) {
  const Bytes d;
  alignas(8) uint8_t bytes[8];
  std::memcpy(bytes, &bits, sizeof(bits));
  return hn::IfThenElseZero(hn::LoadMaskBits(d, bytes), hn::Set(d, uint8_t{1}));
}

HWY_INLINE void expand_word(uint64_t word, uint8_t* values) {
  constexpr int kLanes = static_cast<int>(hn::MaxLanes(Bytes()));
  for (int i = 0; i < kWordBits; i += kLanes) {
    hn::StoreU(ones_of(word >> i), Bytes(), values + i);
  }
}

HWY_INLINE void stream_word(uint64_t word, uint8_t* values) {
  constexpr int kLanes = static_cast<int>(hn::MaxLanes(Bytes()));
  for (int i = 0; i < kWordBits; i += kLanes) {
    hn::Stream(ones_of(word >> i), Bytes(), values + i);
  }
}

// Fewer than 64 values.
HWY_INLINE void expand_part(uint64_t word, int64_t count, uint8_t* values) {
  uint8_t padded[kWordBits];
  expand_word(word, padded);
  std::memcpy(values, padded, static_cast<size_t>(count));
}

void expand_bits(const uint64_t* words, int64_t count, bool past_cache, uint8_t* values) {
  const int64_t whole = count / kWordBits;
  if (past_cache && reinterpret_cast<uintptr_t>(values) % 64 == 0) {
    for (int64_t word = 0; word < whole; ++word) {
      stream_word(words[word], values + word * kWordBits);
    }
    hwy::FlushStream();
  } else {
    for (int64_t word = 0; word < whole; ++word) {
      expand_word(words[word], values + word * kWordBits);
    }
  }
  if (whole * kWordBits < count) {
    expand_part(words[whole], count - whole * kWordBits, values + whole * kWordBits);
  }
}

// Words of one row lie kGroupRows apart.
HWY_INLINE void expand_row(const uint64_t* words, int64_t count, uint8_t* values) {
  int64_t begin = 0;
  for (; begin + kWordBits <= count; begin += kWordBits, words += kGroupRows) {
    expand_word(*words, values + begin);
  }
  if (begin == count) {
    return;
  }
  if (begin == 0) {
    expand_part(*words, count, values);
    return;
  }
  const int64_t part = count - begin;
  expand_word(words[-kGroupRows] >> part | *words << (kWordBits - part),
              values + count - kWordBits);
}

// The bits of kGroupRows rows, from `first`, of at most kColumnsAtOnce columns.
HWY_INLINE void gather_groups(const ColumnWords& columns, int64_t count, int64_t first,
                              uint64_t* groups) {
  for (int64_t column = 0; column < count; ++column) {
    std::memcpy(groups + kGroupWords * column,
                columns.words + column * columns.pitch_words + first / kWordBits,
                kGroupWords * sizeof(uint64_t));
  }
  for (int64_t block = 0; block < count; block += kWordBits) {
    transpose_group(groups + kGroupWords * block);
  }
}

void expand_columns(const ColumnWords& columns, const PlaneRows<uint8_t>& rows) {
  alignas(64) uint64_t groups[kColumnsAtOnce * kGroupWords] = {};
  int64_t index_0 = 0;
  int64_t index_1 = 0;
  for (int64_t first = 0; first < rows.rows; first += kGroupRows) {
    gather_groups(columns, rows.columns, first, groups);
    const int64_t count = std::min(kGroupRows, rows.rows - first);
    for (int64_t row = 0; row < count; ++row) {
      uint8_t* values = rows.data + index_0 * rows.stride_0 + index_1 * rows.stride_1;
      expand_row(groups + row % kWordBits * kGroupWords + row / kWordBits, rows.columns, values);
      ++index_0;
      index_1 += index_0 == rows.extent_0 ? 1 : 0;
      index_0 = index_0 == rows.extent_0 ? 0 : index_0;
    }
  }
}

}  // namespace volseg::mask::internal::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volseg::mask::internal {

HWY_EXPORT(expand_bits);
HWY_EXPORT(expand_columns);

void expand_bits(const uint64_t* words, int64_t count, bool past_cache, uint8_t* values) {
  HWY_DYNAMIC_DISPATCH(expand_bits)(words, count, past_cache, values);
}

void expand_columns(const ColumnWords& columns, const PlaneRows<uint8_t>& rows) {
  HWY_DYNAMIC_DISPATCH(expand_columns)(columns, rows);
}

}  // namespace volseg::mask::internal
#endif
