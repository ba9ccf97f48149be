// SPDX-License-Identifier: Apache-2.0
// Eight transposes of 64 x 64 bits side by side: row i of matrix m is word 8 * i + m. Six rounds
// exchange the halves of pairs of rows (Warren, Hacker's Delight, 7-3), three rounds at a time.
// Included once for every instruction set.
#if defined(VOLSEG_MASK_TRANSPOSE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLSEG_MASK_TRANSPOSE_INL_H
#undef VOLSEG_MASK_TRANSPOSE_INL_H
#else
#define VOLSEG_MASK_TRANSPOSE_INL_H
#endif

#include <hwy/highway.h>

#include <array>

#include "volseg/mask/internal/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace volseg::mask::internal::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Exchanges the high half of `low_row` with the low half of `high_row`, halves of `bits` bits.
template <class D, class V = hn::Vec<D>>
HWY_INLINE void exchange_halves(D d, V& low_row, V& high_row, int bits, uint64_t low_halves) {
  const V changed =
      hn::And(hn::Xor(hn::ShiftRightSame(low_row, bits), high_row), hn::Set(d, low_halves));
  high_row = hn::Xor(high_row, changed);
  low_row = hn::Xor(low_row, hn::ShiftLeftSame(changed, bits));
}

// Three rounds on eight rows, `kStep` rows apart in both, into rows of `out_pitch` words.
template <int kStep>
HWY_INLINE void transpose_rows(const uint64_t* in, uint64_t* out, int64_t out_pitch) {
  constexpr std::array<uint64_t, 3> kLowHalves =
      kStep == 8
          ? std::array<uint64_t, 3>{0x00ff00ff00ff00ff, 0x0000ffff0000ffff, 0x00000000ffffffff}
          : std::array<uint64_t, 3>{0x5555555555555555, 0x3333333333333333, 0x0f0f0f0f0f0f0f0f};
  const hn::CappedTag<uint64_t, kGroupWords> d;
  for (size_t lane = 0; lane < kGroupWords; lane += hn::Lanes(d)) {
    hn::Vec<decltype(d)> rows[8];
    for (int row = 0; row < 8; ++row) {
      rows[row] = hn::Load(d, in + lane + kGroupWords * kStep * row);
    }
    for (int row = 0; row < 4; ++row) {
      exchange_halves(d, rows[row], rows[row + 4], 4 * kStep, kLowHalves[2]);
    }
    for (int row = 0; row < 8; row += row % 2 == 0 ? 1 : 3) {
      exchange_halves(d, rows[row], rows[row + 2], 2 * kStep, kLowHalves[1]);
    }
    for (int row = 0; row < 8; row += 2) {
      exchange_halves(d, rows[row], rows[row + 1], kStep, kLowHalves[0]);
    }
    for (int row = 0; row < 8; ++row) {
      hn::Store(rows[row], d, out + lane + out_pitch * kStep * row);
    }
  }
}

// Transposes in place.
HWY_INLINE void transpose_group(uint64_t* words) {
  for (int64_t row = 0; row < 8; ++row) {
    transpose_rows<8>(words + kGroupWords * row, words + kGroupWords * row, kGroupWords);
  }
  for (int64_t row = 0; row < kWordBits; row += 8) {
    transpose_rows<1>(words + kGroupWords * row, words + kGroupWords * row, kGroupWords);
  }
}

}  // namespace volseg::mask::internal::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
