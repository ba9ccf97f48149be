// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <type_traits>

#include "volseg/mask/internal/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "volseg/mask/internal/pack_bits.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "volseg/mask/internal/transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace volseg::mask::internal::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <typename T>
using Tag = hn::ScalableTag<T>;

template <class D, class Mask>
HWY_INLINE uint64_t bits_of(D d, Mask mask) {
  alignas(8) uint8_t bytes[8] = {};
  hn::StoreMaskBits(d, mask, bytes);
  uint64_t bits = 0;
  std::memcpy(&bits, bytes, sizeof(bits));
  return bits;
}

// Ones are the values that differ from 0. Notes every NaN.
template <typename T>
class NonZero {
 public:
  HWY_INLINE uint64_t operator()(const T* values, const T* /*previous*/) {
    const Tag<T> d;
    const auto vector = hn::LoadU(d, values);
    if constexpr (std::is_floating_point_v<T>) {
      has_nan_ |= !hn::AllFalse(d, hn::IsNaN(vector));
    }
    return bits_of(d, hn::Ne(vector, hn::Zero(d)));
  }
  [[nodiscard]] bool has_nan() const { return has_nan_; }

 private:
  bool has_nan_ = false;
};

// Ones are the values that differ from those before.
template <typename T>
class Changed {
 public:
  HWY_INLINE uint64_t operator()(const T* values, const T* previous) {
    const Tag<T> d;
    return bits_of(d, hn::Ne(hn::LoadU(d, values), hn::LoadU(d, previous)));
  }
};

template <typename T, class Test>
HWY_INLINE uint64_t pack_word(const T* values, const T* previous, Test& test) {
  constexpr int kLanes = static_cast<int>(hn::MaxLanes(Tag<T>()));
  uint64_t word = 0;
  for (int i = 0; i < kWordBits; i += kLanes) {
    word |= test(values + i, previous + i) << i;
  }
  return word;
}

// Fewer than 64 values.
template <typename T, class Test>
HWY_INLINE uint64_t pack_part(const T* values, const T* previous, int64_t count, Test& test) {
  T padded[kWordBits] = {};
  T padded_previous[kWordBits] = {};
  std::memcpy(padded, values, static_cast<size_t>(count) * sizeof(T));
  std::memcpy(padded_previous, previous, static_cast<size_t>(count) * sizeof(T));
  return pack_word(padded, padded_previous, test);
}

template <typename T, class Test>
HWY_INLINE void pack_line(const T* values, const T* previous, int64_t count, int64_t pitch_words,
                          uint64_t* words, Test& test) {
  int64_t begin = 0;
  for (; begin + kWordBits <= count; begin += kWordBits, words += pitch_words) {
    *words = pack_word(values + begin, previous + begin, test);
  }
  if (begin == count) {
    return;
  }
  if (begin == 0) {
    *words = pack_part(values, previous, count, test);
    return;
  }
  const int64_t last = count - kWordBits;
  *words = pack_word(values + last, previous + last, test) >> (begin - last);
}

// Walks the rows of a plane in Fortran order.
template <typename T>
class RowCursor {
 public:
  explicit RowCursor(const PlaneRows<const T>& rows) : rows_(rows), row_(rows.data) {}

  [[nodiscard]] const T* row() const { return row_; }
  [[nodiscard]] bool at_end() const { return position_ >= rows_.rows; }
  void advance() {
    ++position_;
    row_ += rows_.stride_0;
    if (++index_0_ == rows_.extent_0) {
      index_0_ = 0;
      line_ += rows_.stride_1;
      row_ = rows_.data + line_;
    }
  }
  void prefetch() const {
    const auto* bytes = reinterpret_cast<const char*>(row_);
    for (int64_t byte = 0; byte < rows_.columns * int64_t{sizeof(T)}; byte += 64) {
      __builtin_prefetch(bytes + byte);
    }
  }

 private:
  const PlaneRows<const T>& rows_;
  const T* row_;
  int64_t index_0_ = 0;
  int64_t line_ = 0;
  int64_t position_ = 0;
};

constexpr int kRowsAhead = 8;  // prefetch distance

// At most kColumnsAtOnce columns.
template <typename T, class Test>
void pack_columns(const PlaneRows<const T>& rows, const ColumnWords& columns, Test& test) {
  static constexpr T kZeros[kColumnsAtOnce] = {};
  alignas(64) uint64_t groups[kColumnsAtOnce * kGroupWords];
  const int64_t blocks = (rows.columns + kWordBits - 1) / kWordBits;
  RowCursor<T> cursor(rows);
  RowCursor<T> ahead(rows);
  for (int row = 0; row < kRowsAhead; ++row) {
    ahead.advance();
  }
  const T* previous = kZeros;
  for (int64_t first = 0; first < rows.rows; first += kGroupRows) {
    const int64_t count = std::min(kGroupRows, rows.rows - first);
    if (count < kGroupRows) {
      std::fill(std::begin(groups), std::end(groups), 0);
    }
    for (int64_t row = 0; row < count; ++row, cursor.advance(), ahead.advance()) {
      if (!ahead.at_end()) {
        ahead.prefetch();
      }
      uint64_t* words = groups + row % kWordBits * kGroupWords + row / kWordBits;
      pack_line(cursor.row(), previous, rows.columns, kGroupRows, words, test);
      previous = cursor.row();
    }
    for (int64_t block = 0; block < blocks; ++block) {
      uint64_t* group = groups + block * kGroupRows;
      transpose_group(group);
      const int64_t end = std::min(kWordBits, rows.columns - block * kWordBits);
      uint64_t* out = columns.words + block * kWordBits * columns.pitch_words + first / kWordBits;
      for (int64_t column = 0; column < end; ++column, out += columns.pitch_words) {
        std::memcpy(out, group + kGroupWords * column, kGroupWords * sizeof(uint64_t));
      }
    }
  }
}

template <typename T>
bool pack_non_zero(const T* values, int64_t count, uint64_t* words) {
  NonZero<T> test;
  pack_line(values, values, count, 1, words, test);
  return test.has_nan();
}

template <typename T>
bool pack_non_zero_columns(const PlaneRows<const T>& rows, const ColumnWords& columns) {
  NonZero<T> test;
  pack_columns(rows, columns, test);
  return test.has_nan();
}

using Rows8 = PlaneRows<const uint8_t>;
using Rows16 = PlaneRows<const uint16_t>;
using Rows32 = PlaneRows<const uint32_t>;
using Rows64 = PlaneRows<const uint64_t>;
using RowsFloat = PlaneRows<const float>;
using RowsDouble = PlaneRows<const double>;

bool pack_8(const uint8_t* v, int64_t n, uint64_t* w) { return pack_non_zero(v, n, w); }
bool pack_16(const uint16_t* v, int64_t n, uint64_t* w) { return pack_non_zero(v, n, w); }
bool pack_32(const uint32_t* v, int64_t n, uint64_t* w) { return pack_non_zero(v, n, w); }
bool pack_64(const uint64_t* v, int64_t n, uint64_t* w) { return pack_non_zero(v, n, w); }
bool pack_float(const float* v, int64_t n, uint64_t* w) { return pack_non_zero(v, n, w); }
bool pack_double(const double* v, int64_t n, uint64_t* w) { return pack_non_zero(v, n, w); }

bool columns_8(const Rows8& r, const ColumnWords& c) { return pack_non_zero_columns(r, c); }
bool columns_16(const Rows16& r, const ColumnWords& c) { return pack_non_zero_columns(r, c); }
bool columns_32(const Rows32& r, const ColumnWords& c) { return pack_non_zero_columns(r, c); }
bool columns_64(const Rows64& r, const ColumnWords& c) { return pack_non_zero_columns(r, c); }
bool columns_float(const RowsFloat& r, const ColumnWords& c) { return pack_non_zero_columns(r, c); }
bool columns_double(const RowsDouble& r, const ColumnWords& c) {
  return pack_non_zero_columns(r, c);
}

void pack_changes(const int32_t* values, int64_t count, int32_t before, uint64_t* words) {
  Changed<int32_t> test;
  const int64_t first = std::min(count, kWordBits);
  int32_t previous[kWordBits] = {before};
  std::copy_n(values, first - 1, previous + 1);
  *words = pack_part(values, previous, first, test);
  if (count > first) {
    pack_line(values + first, values + first - 1, count - first, 1, words + 1, test);
  }
}

void pack_changed_columns(const PlaneRows<const int32_t>& rows, const ColumnWords& columns) {
  Changed<int32_t> test;
  pack_columns(rows, columns, test);
}

}  // namespace volseg::mask::internal::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volseg::mask::internal {

HWY_EXPORT(pack_8);
HWY_EXPORT(pack_16);
HWY_EXPORT(pack_32);
HWY_EXPORT(pack_64);
HWY_EXPORT(pack_float);
HWY_EXPORT(pack_double);
HWY_EXPORT(columns_8);
HWY_EXPORT(columns_16);
HWY_EXPORT(columns_32);
HWY_EXPORT(columns_64);
HWY_EXPORT(columns_float);
HWY_EXPORT(columns_double);
HWY_EXPORT(pack_changes);
HWY_EXPORT(pack_changed_columns);

namespace {

// What compares with 0 in the same way.
template <typename T>
using Lane = std::conditional_t<
    std::is_floating_point_v<T>, T,
    std::conditional_t<sizeof(T) == 1, uint8_t,
                       std::conditional_t<sizeof(T) == 2, uint16_t,
                                          std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>>>>;

}  // namespace

template <typename T>
bool pack_bits(const T* values, int64_t count, uint64_t* words) {
  const auto* lanes = reinterpret_cast<const Lane<T>*>(values);
  if constexpr (std::is_same_v<Lane<T>, uint8_t>) {
    return HWY_DYNAMIC_DISPATCH(pack_8)(lanes, count, words);
  } else if constexpr (std::is_same_v<Lane<T>, uint16_t>) {
    return HWY_DYNAMIC_DISPATCH(pack_16)(lanes, count, words);
  } else if constexpr (std::is_same_v<Lane<T>, uint32_t>) {
    return HWY_DYNAMIC_DISPATCH(pack_32)(lanes, count, words);
  } else if constexpr (std::is_same_v<Lane<T>, uint64_t>) {
    return HWY_DYNAMIC_DISPATCH(pack_64)(lanes, count, words);
  } else if constexpr (std::is_same_v<Lane<T>, float>) {
    return HWY_DYNAMIC_DISPATCH(pack_float)(lanes, count, words);
  } else {
    return HWY_DYNAMIC_DISPATCH(pack_double)(lanes, count, words);
  }
}

template <typename T>
bool pack_columns(const PlaneRows<const T>& rows, const ColumnWords& columns) {
  const PlaneRows<const Lane<T>> lanes = {reinterpret_cast<const Lane<T>*>(rows.data),
                                          rows.extent_0,
                                          rows.stride_0,
                                          rows.stride_1,
                                          rows.rows,
                                          rows.columns};
  if constexpr (std::is_same_v<Lane<T>, uint8_t>) {
    return HWY_DYNAMIC_DISPATCH(columns_8)(lanes, columns);
  } else if constexpr (std::is_same_v<Lane<T>, uint16_t>) {
    return HWY_DYNAMIC_DISPATCH(columns_16)(lanes, columns);
  } else if constexpr (std::is_same_v<Lane<T>, uint32_t>) {
    return HWY_DYNAMIC_DISPATCH(columns_32)(lanes, columns);
  } else if constexpr (std::is_same_v<Lane<T>, uint64_t>) {
    return HWY_DYNAMIC_DISPATCH(columns_64)(lanes, columns);
  } else if constexpr (std::is_same_v<Lane<T>, float>) {
    return HWY_DYNAMIC_DISPATCH(columns_float)(lanes, columns);
  } else {
    return HWY_DYNAMIC_DISPATCH(columns_double)(lanes, columns);
  }
}

template bool pack_bits(const bool*, int64_t, uint64_t*);
template bool pack_bits(const uint8_t*, int64_t, uint64_t*);
template bool pack_bits(const int8_t*, int64_t, uint64_t*);
template bool pack_bits(const uint16_t*, int64_t, uint64_t*);
template bool pack_bits(const int16_t*, int64_t, uint64_t*);
template bool pack_bits(const uint32_t*, int64_t, uint64_t*);
template bool pack_bits(const int32_t*, int64_t, uint64_t*);
template bool pack_bits(const uint64_t*, int64_t, uint64_t*);
template bool pack_bits(const int64_t*, int64_t, uint64_t*);
template bool pack_bits(const float*, int64_t, uint64_t*);
template bool pack_bits(const double*, int64_t, uint64_t*);
template bool pack_columns(const PlaneRows<const bool>&, const ColumnWords&);
template bool pack_columns(const PlaneRows<const uint8_t>&, const ColumnWords&);
template bool pack_columns(const PlaneRows<const int8_t>&, const ColumnWords&);
template bool pack_columns(const PlaneRows<const uint16_t>&, const ColumnWords&);
template bool pack_columns(const PlaneRows<const int16_t>&, const ColumnWords&);
template bool pack_columns(const PlaneRows<const uint32_t>&, const ColumnWords&);
template bool pack_columns(const PlaneRows<const int32_t>&, const ColumnWords&);
template bool pack_columns(const PlaneRows<const uint64_t>&, const ColumnWords&);
template bool pack_columns(const PlaneRows<const int64_t>&, const ColumnWords&);
template bool pack_columns(const PlaneRows<const float>&, const ColumnWords&);
template bool pack_columns(const PlaneRows<const double>&, const ColumnWords&);

void pack_changes(const int32_t* values, int64_t count, int32_t before, uint64_t* words) {
  HWY_DYNAMIC_DISPATCH(pack_changes)(values, count, before, words);
}

void pack_changed_columns(const PlaneRows<const int32_t>& rows, const ColumnWords& columns) {
  HWY_DYNAMIC_DISPATCH(pack_changed_columns)(rows, columns);
}

}  // namespace volseg::mask::internal
#endif
