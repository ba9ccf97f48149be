// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "volseg/core/array.h"
#include "volseg/core/buffer.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/set_algebra.h"

namespace volseg::mask {

/// A binary mask as bits: bit p % 64 of word p / 64 is the voxel at position p of the Fortran
/// order. Rows follow each other without gaps; the bits behind the last voxel are 0. Move-only.
class BitMask {
 public:
  /// Every voxel outside. @throws Error(kShape), Error(kLimit)
  explicit BitMask(const core::Shape3& shape);

  [[nodiscard]] const core::Shape3& shape() const { return shape_; }
  [[nodiscard]] int64_t voxels() const { return shape_[0] * shape_[1] * shape_[2]; }
  [[nodiscard]] std::span<uint64_t> words() {
    return {reinterpret_cast<uint64_t*>(buffer_.data()), word_count()};
  }
  [[nodiscard]] std::span<const uint64_t> words() const {
    return {reinterpret_cast<const uint64_t*>(buffer_.data()), word_count()};
  }
  /// True for a voxel inside; not checked.
  [[nodiscard]] bool contains(const core::Shape3& index) const {
    const int64_t position = index[0] + shape_[0] * (index[1] + shape_[1] * index[2]);
    return (words()[static_cast<size_t>(position / 64)] >> (position % 64) & 1) != 0;
  }

 private:
  [[nodiscard]] size_t word_count() const { return static_cast<size_t>((voxels() + 63) / 64); }

  core::Shape3 shape_;
  core::Buffer buffer_;
};

/// The same mask in the other form; linear in runs and words.
[[nodiscard]] BitMask to_bits(const RunMask& mask);
[[nodiscard]] RunMask to_runs(const BitMask& mask);

/// Number of voxels.
[[nodiscard]] int64_t area(const BitMask& mask);
/// Number of voxels in both; shapes must be equal. @throws Error(kShape)
[[nodiscard]] int64_t intersection_area(const BitMask& first, const BitMask& second);
/// All counts in one pass over the words of both. @throws Error(kShape)
[[nodiscard]] Overlap overlap_of(const BitMask& first, const BitMask& second);

}  // namespace volseg::mask
