// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
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

/// The eight voxels around each of 64 corners that follow each other in a row. Word 0 has the
/// voxels before the corners along every axis; bits 0, 1 and 2 of a word's number say "behind"
/// along axes 0, 1 and 2.
class CornerWords {
 public:
  /// Corners of word `word` of row (b, c).
  CornerWords(const BitRows& mask, int64_t b, int64_t c, int64_t word);

  /// Which voxels are inside, of the corner at a bit of the word.
  [[nodiscard]] uint8_t code(int bit) const {
    unsigned code = 0;
    for (int i = 0; i < 8; ++i) {
      code |= static_cast<unsigned>(words_[i] >> bit & 1) << i;
    }
    return static_cast<uint8_t>(code);
  }

 private:
  std::array<uint64_t, 8> words_{};
};

}  // namespace volseg::score::internal
