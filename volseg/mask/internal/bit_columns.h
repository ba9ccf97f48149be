// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/core/buffer.h"
#include "volseg/mask/internal/kernels.h"
#include "volseg/mask/run_mask.h"

// Every dense path of a mask goes through bits: bytes <-> bits <-> runs.
namespace volseg::mask::internal {

/// Sets bits [begin, end).
inline void set_bits(uint64_t* words, int64_t begin, int64_t end) {
  uint64_t* first = words + begin / kWordBits;
  uint64_t* last = words + (end - 1) / kWordBits;
  const uint64_t first_bits = ~uint64_t{0} << (begin % kWordBits);
  const uint64_t last_bits = ~uint64_t{0} >> (-end % kWordBits & (kWordBits - 1));
  // Without a branch for runs of one word, which come as often as others.
  const uint64_t same_word = first == last ? ~uint64_t{0} : 0;
  *first |= first_bits & (last_bits | ~same_word);
  *last |= last_bits & (first_bits | ~same_word);
  for (uint64_t* word = first + 1; word < last; ++word) {
    *word = ~uint64_t{0};
    asm("" : "+r"(word));  // a call of memset would cost more than these few words
  }
}

/// Bits of an array in Fortran order, cut into equal columns that begin on words of their own: one
/// column for the whole array, or one for each index along axis 2.
class BitColumns {
 public:
  /// Bits of no particular value.
  BitColumns(int64_t columns, int64_t bits);

  [[nodiscard]] int64_t columns() const { return columns_; }
  /// Of one column.
  [[nodiscard]] int64_t bits() const { return bits_; }
  [[nodiscard]] uint64_t* column(int64_t index) { return words() + index * pitch_words_; }
  [[nodiscard]] const uint64_t* column(int64_t index) const {
    return reinterpret_cast<const uint64_t*>(buffer_.data()) + index * pitch_words_;
  }
  [[nodiscard]] ColumnWords from(int64_t index) { return {column(index), pitch_words_}; }
  void clear();
  /// Sets the bits of a run of the array; fastest when runs ascend from call to call.
  void set(const Run& run);

 private:
  uint64_t* words() { return reinterpret_cast<uint64_t*>(buffer_.data()); }

  int64_t columns_;
  int64_t bits_;
  int64_t pitch_words_;
  int64_t column_of_last_ = 0;
  core::Buffer buffer_;
};

inline void BitColumns::set(const Run& run) {
  int64_t begin = run.start - column_of_last_ * bits_;
  if (begin < 0 || begin >= bits_) {
    column_of_last_ = run.start / bits_;
    begin = run.start - column_of_last_ * bits_;
  }
  int64_t end = begin + run.length;
  while (end > bits_) {
    set_bits(column(column_of_last_), begin, bits_);
    ++column_of_last_;
    begin = 0;
    end -= bits_;
  }
  set_bits(column(column_of_last_), begin, end);
}

/// The same array with axes 1 and 2 exchanged when axis 2 has one voxel; its Fortran order stays.
template <typename T>
core::ArrayView<T> with_long_axis_2(core::ArrayView<T> view) {
  if (view.shape[2] != 1) {
    return view;
  }
  return {view.data, {view.shape[0], 1, view.shape[1]}, {view.strides[0], 0, view.strides[1]}};
}

/// True when columns of the array are worth their rounding up to words.
template <typename T>
bool has_columns(core::ArrayView<T> view) {
  constexpr int64_t kFewestColumns = 16;
  constexpr int64_t kFewestRows = 1024;
  return view.strides[2] == 1 && view.strides[0] != 1 && view.shape[2] >= kFewestColumns &&
         view.shape[0] * view.shape[1] >= kFewestRows;
}

/// Rows of columns [first, first + at most kColumnsAtOnce) of an array whose axis 2 is contiguous.
template <typename T>
PlaneRows<T> rows_from(core::ArrayView<T> view, int64_t first) {
  return {view.data + first,
          view.shape[0],
          view.strides[0],
          view.strides[1],
          view.shape[0] * view.shape[1],
          std::min(kColumnsAtOnce, view.shape[2] - first)};
}

/// Lists the runs of bits, in blocks of at most kRunsAtOnce, to `take(const Run*, int64_t)`.
class RunLister {
 public:
  static constexpr int64_t kWordsAtOnce = 256;
  static constexpr int64_t kRunsAtOnce = kWordsAtOnce * kWordBits / 2 + 1;

  RunLister() : positions_(kWordsAtOnce * kWordBits + kPositionsSlack), runs_(kRunsAtOnce) {}

  /// The next `bits` bits of the array; meanwhile what the caller reads next is fetched.
  template <typename Take>
  void list(const uint64_t* words, int64_t bits, const void* read_next, Take take) {
    read_next_ = read_next;
    const int64_t whole = bits / kWordBits;
    for (int64_t first = 0; first < whole; first += kWordsAtOnce) {
      const int64_t count = std::min(kWordsAtOnce, whole - first);
      list_words(words + first, count, count * kWordBits, take);
    }
    if (const int64_t rest = bits % kWordBits; rest > 0) {
      const uint64_t word = repeat_last(words[whole], rest);
      list_words(&word, 1, rest, take);
    }
  }

  /// The run that reaches the end of the array.
  template <typename Take>
  void finish(Take take) {
    if (carry_ != 0) {
      const Run run = {start_, position_ - start_};
      take(&run, int64_t{1});
    }
  }

 private:
  // The bits behind `bits` become as the last one, so that no change is seen there.
  static uint64_t repeat_last(uint64_t word, int64_t bits) {
    const uint64_t behind = ~uint64_t{0} << bits;
    return (word >> (bits - 1) & 1) != 0 ? word | behind : word & ~behind;
  }

  template <typename Take>
  void list_words(const uint64_t* words, int64_t count, int64_t bits, Take take) {
    const bool open = carry_ != 0;
    const int64_t changes = list_changes(words, count, carry_, read_next_, positions_.data());
    if (const int64_t runs = pair(changes, open); runs > 0) {
      take(runs_.data(), runs);
    }
    position_ += bits;
  }

  int64_t pair(int64_t changes, bool open);

  std::vector<uint32_t> positions_;
  std::vector<Run> runs_;
  const void* read_next_ = nullptr;
  uint64_t carry_ = 0;    // the bit before
  int64_t start_ = 0;     // of the run that is open
  int64_t position_ = 0;  // of the next bit
};

}  // namespace volseg::mask::internal
