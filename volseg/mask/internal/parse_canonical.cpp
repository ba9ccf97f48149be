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

constexpr int64_t kParsedBytes = 8192;  // at once
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

// The last `digits` of the eight bytes before `end`, at most 8 of them.
HWY_INLINE int64_t read_eight(const char* end, int64_t digits) {
  uint64_t letters = 0;
  std::memcpy(&letters, end - 8, sizeof(letters));
  const int others = static_cast<int>(64 - 8 * digits);
  uint64_t value = (letters >> others << others) & 0x0f0f0f0f0f0f0f0f;
  value = (value * 2561) >> 8 & 0x00ff00ff00ff00ff;
  value = (value * 6553601) >> 16 & 0x0000ffff0000ffff;
  return static_cast<int64_t>((value * 42949672960001) >> 32);
}

constexpr int64_t kMostDigits = 16;
constexpr int64_t kEightDigits = 100'000'000;

// A number of 1 to kMostDigits digits before `end`.
HWY_INLINE int64_t read_number(const char* end, int64_t digits) {
  if (HWY_LIKELY(digits <= 8)) {
    return read_eight(end, digits);
  }
  return read_eight(end - 8, digits - 8) * kEightDigits + read_eight(end, 8);
}

CanonicalText parse_canonical(const char* text, int64_t bytes, const CanonicalRange& range,
                              Run* runs) {
  std::array<uint32_t, kParsedBytes + kPositionsSlack> blanks;
  const int64_t pairs = list_blanks(text, std::min(bytes, kParsedBytes), blanks.data()) / 2;
  int64_t last_end = range.last_end;
  int64_t begin = 0;
  int64_t run = 0;
  for (; run < pairs; ++run) {
    const int64_t start_end = blanks[2 * run];
    const int64_t length_end = blanks[2 * run + 1];
    const int64_t start_digits = start_end - begin;
    const int64_t length_digits = length_end - start_end - 1;
    if (HWY_UNLIKELY(std::max(start_digits, length_digits) > kMostDigits)) {
      break;
    }
    const int64_t start = read_number(text + start_end, start_digits) - 1;
    const int64_t length = read_number(text + length_end, length_digits);
    if (HWY_UNLIKELY(start <= last_end || start + length > range.voxels)) {
      break;
    }
    runs[run] = {start, length};
    last_end = start + length;
    begin = length_end + 1;
  }
  return {run, begin - 1};
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
