// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "volseg/mask/internal/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "volseg/mask/internal/parse_canonical.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace volseg::mask::internal::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

constexpr int64_t kParsedBytes = 2048;  // at once
static_assert(kCanonicalRuns >= kParsedBytes / 4);

using Letters = hn::ScalableTag<uint8_t>;

template <class Mask>
HWY_INLINE uint64_t bits_of_letters(Mask mask, int shift) {
  alignas(8) uint8_t bytes[8] = {};
  hn::StoreMaskBits(Letters(), mask, bytes);
  uint64_t bits = 0;
  std::memcpy(&bits, bytes, sizeof(bits));
  return bits << shift;
}

// Bits of 64 letters.
struct LetterBits {
  uint64_t blanks = 0;
  uint64_t zeros = 0;
  uint64_t others = 0;  // neither digits nor blanks
};

HWY_INLINE LetterBits classify(const char* text) {
  const Letters d;
  constexpr int kLanes = static_cast<int>(hn::MaxLanes(d));
  const auto zero = hn::Set(d, uint8_t{'0'});
  LetterBits found;
  for (int i = 0; i < kWordBits; i += kLanes) {
    const auto letters = hn::LoadU(d, reinterpret_cast<const uint8_t*>(text) + i);
    const auto digits = hn::Sub(letters, zero);
    const auto is_digit = hn::Eq(hn::Min(digits, hn::Set(d, uint8_t{9})), digits);
    const auto is_blank = hn::Eq(letters, hn::Set(d, uint8_t{' '}));
    found.blanks |= bits_of_letters(is_blank, i);
    found.zeros |= bits_of_letters(hn::Eq(letters, zero), i);
    found.others |= bits_of_letters(hn::Not(hn::Or(is_digit, is_blank)), i);
  }
  return found;
}

// Positions of the blanks, up to the first 64 bytes that hold anything that is not canonical. The
// text begins behind a blank.
HWY_INLINE int64_t list_blanks(const char* text, int64_t bytes, uint32_t* blanks) {
  std::array<uint64_t, kParsedBytes / kWordBits> words;
  uint64_t after_blank = 1;
  int64_t count = 0;
  for (; (count + 1) * kWordBits <= bytes; ++count) {
    const LetterBits found = classify(text + count * kWordBits);
    const uint64_t behind_blanks = found.blanks << 1 | after_blank;
    if ((found.others | (behind_blanks & (found.blanks | found.zeros))) != 0) {
      break;
    }
    words[count] = found.blanks;
    after_blank = found.blanks >> (kWordBits - 1);
  }
  return list_bits(words.data(), count, blanks);
}

constexpr int64_t kMostDigits = 16;
constexpr uint64_t kEightDigits = 100'000'000;

// The last `digits` of the eight bytes before `end`, the others zero.
HWY_INLINE uint64_t isolate(const char* end, int64_t digits) {
  uint64_t letters = 0;
  std::memcpy(&letters, end - 8, sizeof(letters));
  return letters & (~uint64_t{0} << (8 * std::max<int64_t>(8 - digits, 0)));
}

// The values of eight decimal digits each, in their place.
HWY_INLINE void convert_eight(uint64_t* letters, int64_t count) {
#if HWY_TARGET != HWY_SCALAR
  const hn::ScalableTag<uint64_t> d;
  const hn::Repartition<uint32_t, decltype(d)> d_32;
  const hn::Repartition<uint16_t, decltype(d)> d_16;
  const auto low_16 = hn::Set(d_16, uint16_t{0x00ff});
  const auto low_32 = hn::Set(d_32, uint32_t{0xffff});
  for (int64_t i = 0; i < count; i += static_cast<int64_t>(hn::Lanes(d))) {
    const auto digits = hn::And(hn::Load(d, letters + i), hn::Set(d, 0x0f0f0f0f0f0f0f0f));
    const auto one = hn::BitCast(d_16, digits);
    const auto two =
        hn::Add(hn::Mul(hn::And(one, low_16), hn::Set(d_16, uint16_t{10})), hn::ShiftRight<8>(one));
    const auto pairs = hn::BitCast(d_32, two);
    const auto first = hn::BitCast(d_16, hn::And(pairs, low_32));
    const auto four = hn::Add(hn::BitCast(d_32, hn::Mul(first, hn::Set(d_16, uint16_t{100}))),
                              hn::ShiftRight<16>(pairs));
    const auto eight = hn::Add(hn::MulEven(four, hn::Set(d_32, uint32_t{10000})),
                               hn::ShiftRight<32>(hn::BitCast(d, four)));
    hn::Store(eight, d, letters + i);
  }
#else
  for (int64_t i = 0; i < count; ++i) {
    uint64_t value = letters[i] & 0x0f0f0f0f0f0f0f0f;
    value = (value * 2561) >> 8 & 0x00ff00ff00ff00ff;
    value = (value * 6553601) >> 16 & 0x0000ffff0000ffff;
    letters[i] = (value * 42949672960001) >> 32;
  }
#endif
}

// Numbers of at most kMostDigits digits, up to the first that has more.
class NumberReader {
 public:
  // Reads the numbers of a text, each behind the blank of the one before; gives how many.
  int64_t read(const char* text, const uint32_t* blanks, int64_t count) {
    int64_t begin = 0;
    int64_t most_digits = 0;
    for (int64_t i = 0; i < count; ++i) {
      const int64_t digits = blanks[i] - begin;
      values_[i] = isolate(text + blanks[i], digits);
      most_digits = std::max(most_digits, digits);
      begin = int64_t{blanks[i]} + 1;
    }
    convert_eight(values_.data(), count);
    return HWY_LIKELY(most_digits <= 8) ? count : add_leading_digits(text, blanks, count);
  }
  [[nodiscard]] int64_t operator[](int64_t i) const { return static_cast<int64_t>(values_[i]); }

 private:
  int64_t add_leading_digits(const char* text, const uint32_t* blanks, int64_t count) {
    for (int64_t i = 0, begin = 0; i < count; begin = int64_t{blanks[i++]} + 1) {
      const int64_t digits = blanks[i] - begin;
      if (HWY_UNLIKELY(digits > kMostDigits)) {
        return i;
      }
      if (digits > 8) {
        alignas(64) uint64_t leading[kMostLanes] = {isolate(text + blanks[i] - 8, digits - 8)};
        convert_eight(leading, 1);
        values_[i] += leading[0] * kEightDigits;
      }
    }
    return count;
  }

  static constexpr int64_t kMostLanes = 8;
  alignas(64) std::array<uint64_t, kParsedBytes / 2 + kMostLanes> values_;
};

CanonicalText parse_canonical(const char* text, int64_t bytes, const CanonicalRange& range,
                              Run* runs) {
  std::array<uint32_t, kParsedBytes + kPositionsSlack> blanks;
  const int64_t found = list_blanks(text, std::min(bytes, kParsedBytes), blanks.data());
  NumberReader numbers;
  const int64_t pairs = numbers.read(text, blanks.data(), found) / 2;
  int64_t last_end = range.last_end;
  int64_t run = 0;
  for (; run < pairs; ++run) {
    const int64_t start = numbers[2 * run] - 1;
    const int64_t length = numbers[2 * run + 1];
    if (HWY_UNLIKELY(start <= last_end || start + length > range.voxels)) {
      break;
    }
    runs[run] = {start, length};
    last_end = start + length;
  }
  return {run, run > 0 ? int64_t{blanks[2 * run - 1]} : -1};
}

}  // namespace volseg::mask::internal::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volseg::mask::internal {

HWY_EXPORT(parse_canonical);

CanonicalText parse_canonical(const char* text, int64_t bytes, const CanonicalRange& range,
                              Run* runs) {
  return HWY_DYNAMIC_DISPATCH(parse_canonical)(text, bytes, range, runs);
}

}  // namespace volseg::mask::internal
#endif
