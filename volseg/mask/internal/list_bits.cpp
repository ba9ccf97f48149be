// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cstring>

#include "volseg/mask/internal/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "volseg/mask/internal/list_bits.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace volseg::mask::internal::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// So many are written at once, whether they are there or not.
constexpr int kFewBits = 4;
constexpr int kManyBits = 16;
static_assert(kManyBits <= kPositionsSlack);

// Any position when there is no bit.
HWY_INLINE uint32_t lowest_bit(uint64_t bits) {
  constexpr uint64_t kHighestBit = uint64_t{1} << (kWordBits - 1);
  return static_cast<uint32_t>(hwy::Num0BitsBelowLS1Bit_Nonzero64(bits | kHighestBit));
}

HWY_INLINE void list_many_bits(uint64_t bits, uint32_t base, uint32_t* out) {
#if !HWY_ARCH_X86 || HWY_TARGET > HWY_AVX3
  // Without an instruction that compresses, one bit after the other is faster.
  while (bits != 0) {
    for (int i = 0; i < kManyBits; ++i, bits &= bits - 1) {
      *out++ = base + lowest_bit(bits);
    }
  }
#else
  const hn::ScalableTag<uint32_t> d;
  constexpr int kLanes = static_cast<int>(hn::MaxLanes(d));
  for (int i = 0; i < kWordBits; i += kLanes, bits >>= kLanes) {
    alignas(8) uint8_t bytes[8];
    std::memcpy(bytes, &bits, sizeof(bits));
    const auto positions = hn::Iota(d, base + static_cast<uint32_t>(i));
    hn::StoreU(hn::Compress(positions, hn::LoadMaskBits(d, bytes)), d, out);
    out += hwy::PopCount(bits & ((uint64_t{1} << kLanes) - 1));
  }
#endif
}

HWY_INLINE uint32_t* list_word(uint64_t bits, uint32_t base, uint32_t* out) {
  const auto count = static_cast<int64_t>(hwy::PopCount(bits));
  if (count > kFewBits) {
    list_many_bits(bits, base, out);
    return out + count;
  }
  for (int i = 0; i < kFewBits; ++i, bits &= bits - 1) {
    out[i] = base + lowest_bit(bits);
  }
  return out + count;
}

int64_t list_bits(const uint64_t* words, int64_t count, uint32_t* positions) {
  uint32_t* out = positions;
  for (int64_t word = 0; word < count; ++word) {
    out = list_word(words[word], static_cast<uint32_t>(word * kWordBits), out);
  }
  return out - positions;
}

// Bits of eight words that differ from the bit before, and which of the words have any. The word
// before them must be readable.
HWY_INLINE uint64_t changes_of_eight(const uint64_t* words, uint64_t* changes) {
  const hn::CappedTag<uint64_t, 8> d;
  uint64_t any = 0;
  for (size_t lane = 0; lane < 8; lane += hn::Lanes(d)) {
    const auto now = hn::LoadU(d, words + lane);
    const auto before = hn::ShiftRight<63>(hn::LoadU(d, words + lane - 1));
    const auto changed = hn::Xor(now, hn::Or(hn::ShiftLeft<1>(now), before));
    hn::Store(changed, d, changes + lane);
    alignas(8) uint8_t bytes[8] = {};
    hn::StoreMaskBits(d, hn::Ne(changed, hn::Zero(d)), bytes);
    any |= uint64_t{bytes[0]} << lane;
  }
  return any;
}

HWY_INLINE uint32_t* list_changes_of(uint64_t word, uint64_t before, int64_t index, uint32_t* out) {
  return list_word(word ^ (word << 1 | before), static_cast<uint32_t>(index * kWordBits), out);
}

int64_t list_changes(const uint64_t* words, int64_t count, uint64_t& carry, const void* read_next,
                     uint32_t* positions) {
  if (count == 0) {
    return 0;
  }
  alignas(64) uint64_t changes[8];
  uint32_t* out = list_changes_of(words[0], carry, 0, positions);
  int64_t word = 1;
  for (; word + 8 <= count; word += 8) {
    for (int64_t line = word; line < word + 8; ++line) {
      __builtin_prefetch(static_cast<const char*>(read_next) + 64 * line);
    }
    for (uint64_t any = changes_of_eight(words + word, changes); any != 0; any &= any - 1) {
      const int index = std::countr_zero(any);
      out = list_word(changes[index], static_cast<uint32_t>((word + index) * kWordBits), out);
    }
  }
  for (; word < count; ++word) {
    out = list_changes_of(words[word], words[word - 1] >> (kWordBits - 1), word, out);
  }
  carry = words[count - 1] >> (kWordBits - 1);
  return out - positions;
}

int64_t count_starts(const uint64_t* words, int64_t count, uint64_t& carry) {
  const hn::CappedTag<uint64_t, 8> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t starts = 0;
  int64_t word = 0;
  if (count > 0) {
    starts = static_cast<int64_t>(hwy::PopCount(words[0] & ~(words[0] << 1 | carry)));
    word = 1;
    carry = words[count - 1] >> (kWordBits - 1);
  }
  auto sums = hn::Zero(d);
  for (; word + lanes <= count; word += lanes) {
    const auto now = hn::LoadU(d, words + word);
    const auto before =
        hn::Or(hn::ShiftLeft<1>(now), hn::ShiftRight<63>(hn::LoadU(d, words + word - 1)));
    sums = hn::Add(sums, hn::PopulationCount(hn::AndNot(before, now)));
  }
  starts += static_cast<int64_t>(hn::GetLane(hn::SumOfLanes(d, sums)));
  for (; word < count; ++word) {
    const uint64_t before = words[word] << 1 | words[word - 1] >> (kWordBits - 1);
    starts += static_cast<int64_t>(hwy::PopCount(words[word] & ~before));
  }
  return starts;
}

int64_t count_shared_bits(const uint64_t* first, const uint64_t* second, int64_t count) {
  const hn::CappedTag<uint64_t, 8> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  auto sums = hn::Zero(d);
  auto more_sums = hn::Zero(d);
  int64_t word = 0;
  for (; word + 2 * lanes <= count; word += 2 * lanes) {
    const auto low = hn::And(hn::LoadU(d, first + word), hn::LoadU(d, second + word));
    const auto high =
        hn::And(hn::LoadU(d, first + word + lanes), hn::LoadU(d, second + word + lanes));
    sums = hn::Add(sums, hn::PopulationCount(low));
    more_sums = hn::Add(more_sums, hn::PopulationCount(high));
  }
  auto bits = static_cast<int64_t>(hn::GetLane(hn::SumOfLanes(d, hn::Add(sums, more_sums))));
  for (; word < count; ++word) {
    bits += static_cast<int64_t>(hwy::PopCount(first[word] & second[word]));
  }
  return bits;
}

int64_t count_bits(const uint64_t* words, int64_t count) {
  return count_shared_bits(words, words, count);
}

#if HWY_TARGET == HWY_SCALAR
void pair_positions(const uint32_t* positions, int64_t runs, int64_t base, Run* out) {
  for (int64_t run = 0; run < runs; ++run) {
    out[run] = {base + positions[2 * run],
                int64_t{positions[2 * run + 1]} - int64_t{positions[2 * run]}};
  }
}
#else
void pair_positions(const uint32_t* positions, int64_t runs, int64_t base, Run* out) {
  const hn::ScalableTag<int64_t> d;
  const hn::Rebind<int32_t, decltype(d)> narrow;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto* pairs = reinterpret_cast<const int32_t*>(positions);
  auto* values = reinterpret_cast<int64_t*>(out);
  int64_t i = 0;
  for (; i + lanes <= 2 * runs; i += lanes) {
    const auto pair = hn::PromoteTo(d, hn::LoadU(narrow, pairs + i));
    const auto lengths = hn::Sub(pair, hn::DupEven(pair));
    hn::StoreU(hn::OddEven(lengths, hn::Add(pair, hn::Set(d, base))), d, values + i);
  }
  for (int64_t run = i / 2; run < runs; ++run) {
    out[run] = {base + positions[2 * run],
                int64_t{positions[2 * run + 1]} - int64_t{positions[2 * run]}};
  }
}
#endif

}  // namespace volseg::mask::internal::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volseg::mask::internal {

HWY_EXPORT(list_bits);
HWY_EXPORT(list_changes);
HWY_EXPORT(count_starts);
HWY_EXPORT(count_bits);
HWY_EXPORT(count_shared_bits);
HWY_EXPORT(pair_positions);

int64_t list_bits(const uint64_t* words, int64_t count, uint32_t* positions) {
  return HWY_DYNAMIC_DISPATCH(list_bits)(words, count, positions);
}

int64_t list_changes(const uint64_t* words, int64_t count, uint64_t& carry, const void* read_next,
                     uint32_t* positions) {
  return HWY_DYNAMIC_DISPATCH(list_changes)(words, count, carry, read_next, positions);
}

int64_t count_starts(const uint64_t* words, int64_t count, uint64_t& carry) {
  return HWY_DYNAMIC_DISPATCH(count_starts)(words, count, carry);
}

int64_t count_bits(const uint64_t* words, int64_t count) {
  return HWY_DYNAMIC_DISPATCH(count_bits)(words, count);
}

int64_t count_shared_bits(const uint64_t* first, const uint64_t* second, int64_t count) {
  return HWY_DYNAMIC_DISPATCH(count_shared_bits)(first, second, count);
}

void pair_positions(const uint32_t* positions, int64_t runs, int64_t base, Run* out) {
  HWY_DYNAMIC_DISPATCH(pair_positions)(positions, runs, base, out);
}

}  // namespace volseg::mask::internal
#endif
