// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <memory>

#include "volseg/mask/internal/bit_columns.h"

namespace volseg::mask::internal {

/// Copies elements in Fortran order, a block after the other, from an array with any strides.
template <typename T>
class BlockGatherer {
 public:
  explicit BlockGatherer(core::ArrayView<const T> view) : view_(view) {}

  void gather(T* out, int64_t count) {
    while (count > 0) {
      const int64_t part = std::min(count, view_.shape[0] - index_[0]);
      const T* line = &view_(index_[0], index_[1], index_[2]);
      for (int64_t a = 0; a < part; ++a) {
        out[a] = line[a * view_.strides[0]];
      }
      out += part;
      count -= part;
      advance(part);
    }
  }

 private:
  void advance(int64_t part) {
    index_[0] += part;
    for (int axis = 0; axis < 2 && index_[axis] == view_.shape[axis]; ++axis) {
      index_[axis] = 0;
      ++index_[axis + 1];
    }
  }

  core::ArrayView<const T> view_;
  core::Shape3 index_{};
};

inline int64_t count_column_starts(const BitColumns& bits) {
  int64_t starts = 0;
  for (int64_t column = 0; column < bits.columns(); ++column) {
    uint64_t carry = 0;
    starts += count_starts(bits.column(column), (bits.bits() + kWordBits - 1) / kWordBits, carry);
  }
  return starts;
}

/// Packs an array of any strides and gives the bits to `take(words, bits, position, read_next)`,
/// ascending, where the last is what will be read after them. `pack.line(values, count, words)`
/// makes the bits of values that follow each other in Fortran order and in memory;
/// `pack.columns(rows, columns)` those of a plane. Memory: at most an eighth of a byte a voxel and
/// some more where axis 2 is contiguous, else a block.
/// Where all bits are there before the first is taken, `expect(starts)` gives the number of ones
/// that follow a zero, or a little more.
template <typename T, typename Pack, typename Expect, typename Take>
void pack_array(core::ArrayView<const T> voxels, Pack& pack, Expect expect, Take take) {
  constexpr int64_t kBlock = RunLister::kWordsAtOnce * kWordBits;
  const bool is_contiguous = voxels.is_dense(core::Order::kFortran);
  const core::ArrayView<const T> view = with_long_axis_2(voxels);
  if (!is_contiguous && has_columns(view)) {
    BitColumns bits(view.shape[2], view.shape[0] * view.shape[1]);
    for (int64_t first = 0; first < view.shape[2]; first += kColumnsAtOnce) {
      pack.columns(rows_from(view, first), bits.from(first));
    }
    expect(count_column_starts(bits));
    for (int64_t column = 0; column < bits.columns(); ++column) {
      take(bits.column(column), bits.bits(), column * bits.bits(), bits.column(column));
    }
    return;
  }
  const auto gathered = std::make_unique<T[]>(is_contiguous ? 0 : kBlock);
  BlockGatherer<T> gatherer(voxels);
  std::vector<uint64_t> words(RunLister::kWordsAtOnce);
  for (int64_t begin = 0; begin < voxels.size(); begin += kBlock) {
    const int64_t count = std::min(kBlock, voxels.size() - begin);
    if (!is_contiguous) {
      gatherer.gather(gathered.get(), count);
    }
    pack.line(is_contiguous ? voxels.data + begin : gathered.get(), count, words.data());
    take(words.data(), count, begin, voxels.data + begin + count);
  }
}

}  // namespace volseg::mask::internal
