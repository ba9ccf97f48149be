// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/mask/run_mask.h"

namespace volseg::score::internal {

inline constexpr int64_t kWordBits = 64;

/// A box of bits by rows along axis 0. Rows begin at whole words; around the box lie zeros, at
/// least 64 before and behind each row and one row on each side, so that neighbours of every bit
/// can be read without asking.
class BitRows {
 public:
  BitRows() = default;
  /// Every bit 0.
  explicit BitRows(const core::Shape3& extents);

  [[nodiscard]] const core::Shape3& extents() const { return extents_; }
  /// Words from one row to the next along axes 1 and 2.
  [[nodiscard]] int64_t pitch_words() const { return pitch_words_; }
  [[nodiscard]] int64_t plane_words() const { return pitch_words_ * (extents_[1] + 1); }
  /// Words that hold a row's bits.
  [[nodiscard]] int64_t row_words() const { return (extents_[0] + kWordBits - 1) / kWordBits; }

  /// The row at (b, c), each from -1 to its extent; not checked.
  [[nodiscard]] uint64_t* row(int64_t b, int64_t c) { return words_.data() + offset(b, c); }
  [[nodiscard]] const uint64_t* row(int64_t b, int64_t c) const {
    return words_.data() + offset(b, c);
  }
  [[nodiscard]] bool contains(const core::Shape3& index) const {
    return (row(index[1], index[2])[index[0] / kWordBits] >> (index[0] % kWordBits) & 1) != 0;
  }
  [[nodiscard]] int64_t count() const;

 private:
  [[nodiscard]] int64_t offset(int64_t b, int64_t c) const {
    return 1 + pitch_words_ * (b + 1 + (extents_[1] + 1) * (c + 1));
  }

  core::Shape3 extents_{};
  int64_t pitch_words_ = 0;
  std::vector<uint64_t> words_;
};

/// The smallest box around both masks, which are not both empty.
[[nodiscard]] mask::Box joint_box(const mask::RunMask& first, const mask::RunMask& second);

/// The bits of a mask that lies inside `box`.
[[nodiscard]] BitRows crop_to_bits(const mask::RunMask& mask, const mask::Box& box);

/// Voxels with a face neighbour outside; what lies outside the box is outside.
[[nodiscard]] BitRows surface_voxels(const BitRows& mask);

/// The corners of voxels at which inside and outside meet: corner (a, b, c) lies before voxel
/// (a, b, c) along every axis, so that extents are one larger.
[[nodiscard]] BitRows surface_corners(const BitRows& mask);

/// Which of the eight voxels around a corner are inside: bit 0 is the voxel before it along every
/// axis, bits 0, 1 and 2 of the bit's number say "behind" along axes 0, 1 and 2.
[[nodiscard]] inline uint8_t corner_code(const BitRows& mask, const core::Shape3& corner) {
  unsigned code = 0;
  for (int pair = 0; pair < 4; ++pair) {
    const uint64_t* row = mask.row(corner[1] - 1 + pair % 2, corner[2] - 1 + pair / 2);
    const int64_t before = corner[0] + kWordBits - 1;
    const uint64_t first = row[before / kWordBits - 1] >> (before % kWordBits) & 1;
    const uint64_t second = row[corner[0] / kWordBits] >> (corner[0] % kWordBits) & 1;
    code |= static_cast<unsigned>(first | second << 1) << (2 * pair);
  }
  return static_cast<uint8_t>(code);
}

}  // namespace volseg::score::internal
