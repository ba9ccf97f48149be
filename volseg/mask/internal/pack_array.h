// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <memory>

#include "volseg/mask/internal/bit_columns.h"

namespace volseg::mask::internal {

/// Bits of an array and what was met while making them.
struct PackedArray {
  BitColumns bits;
  bool has_nan = false;
};

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

/// Packs an array of any strides and at least one voxel. `pack.line(values, count, words)` makes
/// the bits of `count` values that follow each other in Fortran order and in memory, whole words
/// except the last time; `pack.columns(rows, columns)` those of a plane.
template <typename T, typename Pack>
BitColumns pack_array(core::ArrayView<const T> voxels, Pack& pack) {
  constexpr int64_t kBlock = 4096;
  const core::ArrayView<const T> view = with_long_axis_2(voxels);
  if (!voxels.is_dense(core::Order::kFortran) && has_columns(view)) {
    BitColumns bits(view.shape[2], view.shape[0] * view.shape[1]);
    for (int64_t first = 0; first < view.shape[2]; first += kColumnsAtOnce) {
      pack.columns(rows_from(view, first), bits.from(first));
    }
    return bits;
  }
  BitColumns bits(1, voxels.size());
  if (voxels.is_dense(core::Order::kFortran)) {
    pack.line(voxels.data, voxels.size(), bits.column(0));
    return bits;
  }
  const auto block = std::make_unique<T[]>(kBlock);
  BlockGatherer<T> gatherer(voxels);
  for (int64_t begin = 0; begin < voxels.size(); begin += kBlock) {
    const int64_t count = std::min(kBlock, voxels.size() - begin);
    gatherer.gather(block.get(), count);
    pack.line(block.get(), count, bits.column(0) + begin / kWordBits);
  }
  return bits;
}

/// One bit for each voxel: whether it differs from 0.
template <typename T>
PackedArray pack_non_zero(core::ArrayView<const T> voxels) {
  struct {
    bool has_nan = false;
    void line(const T* values, int64_t count, uint64_t* words) {
      has_nan |= pack_bits(values, count, words);
    }
    void columns(const PlaneRows<const T>& rows, const ColumnWords& words) {
      has_nan |= pack_columns(rows, words);
    }
  } pack;
  BitColumns bits = pack_array(voxels, pack);
  return {std::move(bits), pack.has_nan};
}

}  // namespace volseg::mask::internal
