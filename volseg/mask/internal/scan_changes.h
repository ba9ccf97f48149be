// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "volseg/core/array.h"

// Finds where a key of the voxels changes along the Fortran order. Neighbours are compared 64 at a
// time: equal bytes are passed over by words, others become one bit each. Rows of a C-order array
// are compared with the row before them, so that memory is read along its fastest axis.
namespace volseg::mask::internal {

inline constexpr int64_t kBlock = 64;           // voxels behind one word of change bits
inline constexpr int64_t kColumnsAtOnce = 256;  // of axis 2, bounds the changes held back
inline constexpr int64_t kRowsAhead = 4;        // prefetch distance in rows
inline constexpr int64_t kCacheLineBytes = 64;

/// True when 64 elements have equal bytes.
template <typename T>
bool same_block(const T* first, const T* second) {
  constexpr size_t kWords = kBlock * sizeof(T) / sizeof(uint64_t);
  std::array<uint64_t, kWords> left;
  std::array<uint64_t, kWords> right;
  std::memcpy(left.data(), first, sizeof(left));
  std::memcpy(right.data(), second, sizeof(right));
  uint64_t difference = 0;
  for (size_t word = 0; word < kWords; ++word) {
    difference |= left[word] ^ right[word];
  }
  return difference == 0;
}

/// Bit i is set when the keys of first[i] and second[i] differ; count <= 64.
template <typename T, typename Key>
uint64_t changed_bits(const T* first, const T* second, int64_t count, Key key) {
  constexpr uint64_t kGatherLowBits = 0x0102040810204080;
  std::array<uint8_t, kBlock> differs{};
  for (int64_t i = 0; i < count; ++i) {
    differs[i] = key(first[i]) != key(second[i]) ? 1 : 0;
  }
  uint64_t bits = 0;
  for (int64_t group = 0; group < kBlock / 8; ++group) {
    uint64_t bytes = 0;
    std::memcpy(&bytes, differs.data() + 8 * group, sizeof(bytes));
    bits |= ((bytes * kGatherLowBits) >> 56) << (8 * group);
  }
  return bits;
}

/// Calls change(i) for each i in [0, count) where the keys differ.
template <typename T, typename Key, typename Change>
void for_each_difference(const T* first, const T* second, int64_t count, Key key, Change change) {
  for (int64_t begin = 0; begin < count; begin += kBlock) {
    const int64_t length = std::min(kBlock, count - begin);
    if (length == kBlock && same_block(first + begin, second + begin)) {
      continue;
    }
    uint64_t bits = changed_bits(first + begin, second + begin, length, key);
    for (; bits != 0; bits &= bits - 1) {
      change(begin + std::countr_zero(bits));
    }
  }
}

/// Reports the first element and every later one whose key differs from its predecessor's.
template <typename T, typename Key, typename Emit>
void scan_line(const T* line, int64_t count, int64_t position, Key key, Emit& emit) {
  emit(position, key(line[0]));
  for_each_difference(line + 1, line, count - 1, key,
                      [&](int64_t i) { emit(position + i + 1, key(line[i + 1])); });
}

/// Axis 0 contiguous, or gathered line by line where no axis suits.
template <typename T, typename Key, typename Emit>
void scan_lines(core::ArrayView<const T> voxels, Key key, Emit& emit) {
  if (voxels.is_dense(core::Order::kFortran)) {
    scan_line(voxels.data, voxels.size(), 0, key, emit);
    return;
  }
  const auto& [extent_0, extent_1, extent_2] = voxels.shape;
  const auto gathered = std::make_unique<T[]>(static_cast<size_t>(extent_0));
  for (int64_t row = 0; row < extent_1 * extent_2; ++row) {
    const T* line = &voxels(0, row % extent_1, row / extent_1);
    if (voxels.strides[0] != 1) {
      for (int64_t a = 0; a < extent_0; ++a) {
        gathered[a] = line[a * voxels.strides[0]];
      }
      line = gathered.get();
    }
    scan_line(line, extent_0, row * extent_0, key, emit);
  }
}

/// A position inside one slice of axis 2 and the key from there on.
template <typename Value>
struct Change {
  int64_t position;
  Value value;
};

template <typename T>
void prefetch(const T* row, int64_t count) {
  const auto* bytes = reinterpret_cast<const char*>(row);
  for (int64_t byte = 0; byte < count * int64_t{sizeof(T)}; byte += kCacheLineBytes) {
    __builtin_prefetch(bytes + byte);
  }
}

/// Changes of each column [first_column, first_column + columns.size()) of axis 2, from key 0.
template <typename T, typename Key, typename Value>
void collect_columns(core::ArrayView<const T> voxels, int64_t first_column, Key key,
                     std::vector<std::vector<Change<Value>>>& columns) {
  const auto width = static_cast<int64_t>(columns.size());
  const std::array<T, kColumnsAtOnce> zeros{};
  const T* previous = zeros.data();
  int64_t position = 0;
  for (int64_t b = 0; b < voxels.shape[1]; ++b) {
    const T* row = &voxels(0, b, first_column);
    for (int64_t a = 0; a < voxels.shape[0]; ++a, ++position) {
      if (a + kRowsAhead < voxels.shape[0]) {
        prefetch(row + kRowsAhead * voxels.strides[0], width);
      }
      for_each_difference(row, previous, width, key, [&](int64_t i) {
        columns[i].push_back({position, key(row[i])});
      });
      previous = row;
      row += voxels.strides[0];
    }
  }
}

/// Axis 2 contiguous.
template <typename T, typename Key, typename Emit>
void scan_rows(core::ArrayView<const T> voxels, Key key, Emit& emit) {
  using Value = decltype(key(T{}));
  const int64_t slice_voxels = voxels.shape[0] * voxels.shape[1];
  std::vector<std::vector<Change<Value>>> columns;
  for (int64_t first = 0; first < voxels.shape[2]; first += kColumnsAtOnce) {
    columns.resize(static_cast<size_t>(std::min(kColumnsAtOnce, voxels.shape[2] - first)));
    for (auto& column : columns) {
      column.clear();
    }
    collect_columns(voxels, first, key, columns);
    for (size_t i = 0; i < columns.size(); ++i) {
      const int64_t begin = (first + static_cast<int64_t>(i)) * slice_voxels;
      emit(begin, Value{});
      for (const Change<Value>& change : columns[i]) {
        emit(begin + change.position, change.value);
      }
    }
  }
}

/// Calls emit(position, key) in ascending positions wherever the key may have changed, and at the
/// end with key 0. The same key may be reported again, and key 0 at the position of the next call.
template <typename T, typename Key, typename Emit>
void scan_changes(core::ArrayView<const T> voxels, Key key, Emit& emit) {
  const int64_t count = core::voxel_count(voxels.shape);
  if (count > 0 && voxels.strides[2] == 1 && voxels.strides[0] != 1) {
    scan_rows(voxels, key, emit);
  } else if (count > 0) {
    scan_lines(voxels, key, emit);
  }
  emit(count, decltype(key(T{})){});
}

}  // namespace volseg::mask::internal
