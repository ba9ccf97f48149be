// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "volseg/mask/run_mask.h"

// Inner loops that are compiled for every instruction set and chosen when the program runs. Bits
// are numbered from the lowest of the first word. None of them allocates, throws or checks.
namespace volseg::mask::internal {

/// The plane of axes 0 and 1 of an array whose axis 2 is contiguous. Row q holds the voxels at
/// position q of the plane's Fortran order, one for each column along axis 2.
template <typename T>
struct PlaneRows {
  T* data = nullptr;
  int64_t extent_0 = 0;  // rows with the same index along axis 1
  int64_t stride_0 = 0;
  int64_t stride_1 = 0;
  int64_t rows = 0;
  int64_t columns = 0;
};

/// Where the bits of columns go: bit q of column c is bit q % 64 of
/// `words[c * pitch_words + q / 64]`. Columns begin at 64 bytes and have room for 512 bits at a
/// time.
struct ColumnWords {
  uint64_t* words = nullptr;
  int64_t pitch_words = 0;
};

inline constexpr int64_t kWordBits = 64;
inline constexpr int64_t kGroupWords = 8;                       // words made at once
inline constexpr int64_t kGroupRows = kGroupWords * kWordBits;  // rows read at once
inline constexpr int64_t kColumnsAtOnce = 512;                  // of axis 2

/// Sets the bits of values that differ from 0, clears the others; the bits behind `count` in the
/// last word are 0. True when a value is NaN.
template <typename T>
bool pack_bits(const T* values, int64_t count, uint64_t* words);

/// As pack_bits, for each column. Reads along rows, transposes blocks of 64 x 64 bits.
template <typename T>
bool pack_columns(const PlaneRows<const T>& rows, const ColumnWords& columns);

/// Bit i tells that values[i] differs from values[i - 1], bit 0 that values[0] differs from
/// `before`.
void pack_changes(const int32_t* values, int64_t count, int32_t before, uint64_t* words);

/// Bit q of a column tells that row q differs from row q - 1; the row before the first is 0.
void pack_changed_columns(const PlaneRows<const int32_t>& rows, const ColumnWords& columns);

/// Writes 1 for each set bit, 0 for the others. `past_cache` writes around the caches where the
/// values begin at 64 bytes.
void expand_bits(const uint64_t* words, int64_t count, bool past_cache, uint8_t* values);

/// As expand_bits, for each column; the inverse of pack_columns.
void expand_columns(const ColumnWords& columns, const PlaneRows<uint8_t>& rows);

/// Number of ones that follow a zero; `carry` is the bit before the first and becomes the last one.
int64_t count_starts(const uint64_t* words, int64_t count, uint64_t& carry);

/// Number of set bits; of both; where `count` words are read.
int64_t count_bits(const uint64_t* words, int64_t count);
int64_t count_shared_bits(const uint64_t* first, const uint64_t* second, int64_t count);

/// Positions of set bits, ascending, from 0 at the first word; their number is returned. There must
/// be room for 64 positions a word and kPositionsSlack more.
inline constexpr int64_t kPositionsSlack = 64;
int64_t list_bits(const uint64_t* words, int64_t count, uint32_t* positions);

/// As list_bits, for bits that differ from the bit before; `carry` as in count_starts. Meanwhile 64
/// bytes a word are fetched from `read_next`, which need not be readable.
int64_t list_changes(const uint64_t* words, int64_t count, uint64_t& carry, const void* read_next,
                     uint32_t* positions);

/// Makes runs of pairs (first, end) of positions, shifted by `base`.
void pair_positions(const uint32_t* positions, int64_t runs, int64_t base, Run* out);

/// How much of a text was read: whole runs and their bytes, without the blank behind the last.
struct CanonicalText {
  int64_t runs = 0;
  int64_t bytes = 0;
};
/// What a canonical run must lie between: behind `last_end`, not touching it, and inside `voxels`.
struct CanonicalRange {
  int64_t last_end = 0;
  int64_t voxels = 0;
};
inline constexpr int64_t kCanonicalRuns = 2048;      // at once, at most
inline constexpr size_t kCanonicalBytesBefore = 16;  // readable before the text

/// Reads runs while the text is canonical: numbers of at most 16 digits without leading zeros,
/// single blanks, runs ascending and not touching. Stops early without harm; reads no part of 64
/// bytes.
CanonicalText parse_canonical(const char* text, int64_t bytes, const CanonicalRange& range,
                              Run* runs);

}  // namespace volseg::mask::internal
