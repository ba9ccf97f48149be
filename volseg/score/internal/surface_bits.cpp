// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/surface_bits.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace volseg::score::internal {

namespace {

// A part of a run within one row: voxels [begin, end) of row (b, c).
struct Segment {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t b = 0;
  int64_t c = 0;
};

// Calls `take` for each row's part of each run; divides only where runs skip rows.
template <typename Take>
void for_each_segment(const mask::RunMask& mask, Take take) {
  const int64_t extent = mask.shape[0];
  int64_t row = 0;
  int64_t row_begin = 0;
  Segment segment;
  for (const mask::Run& run : mask.runs) {
    const int64_t end = run.start + run.length;
    for (int64_t position = run.start; position < end;) {
      if (position >= row_begin + 2 * extent) {
        row = position / extent;
        segment.b = row % mask.shape[1];
        segment.c = row / mask.shape[1];
        row_begin = row * extent;
      } else if (position >= row_begin + extent) {
        row_begin += extent;
        ++segment.b;
        segment.c += segment.b == mask.shape[1] ? 1 : 0;
        segment.b = segment.b == mask.shape[1] ? 0 : segment.b;
      }
      segment.begin = position - row_begin;
      segment.end = std::min(end - row_begin, extent);
      take(segment);
      position = row_begin + segment.end;
    }
  }
}

void set_bits(uint64_t* words, int64_t begin, int64_t end) {
  const int64_t first = begin / kWordBits;
  const int64_t last = (end - 1) / kWordBits;
  const uint64_t from = ~uint64_t{0} << (begin % kWordBits);
  const uint64_t until = ~uint64_t{0} >> (kWordBits - 1 - (end - 1) % kWordBits);
  if (first == last) {
    words[first] |= from & until;
    return;
  }
  words[first] |= from;
  std::fill(words + first + 1, words + last, ~uint64_t{0});
  words[last] |= until;
}

uint64_t moved_up(const uint64_t* words, int64_t i) {
  return words[i] << 1 | words[i - 1] >> (kWordBits - 1);
}
uint64_t moved_down(const uint64_t* words, int64_t i) {
  return words[i] >> 1 | words[i + 1] << (kWordBits - 1);
}

}  // namespace

BitRows::BitRows(const core::Shape3& extents)
    : extents_(extents), pitch_words_((extents[0] + 2 * kWordBits - 1) / kWordBits) {
  const int64_t rows = (extents[1] + 1) * (extents[2] + 2) + 1;
  words_.resize(static_cast<size_t>(1 + pitch_words_ * rows));
}

int64_t BitRows::count() const {
  int64_t bits = 0;
  for (const uint64_t word : words_) {
    bits += std::popcount(word);
  }
  return bits;
}

mask::Box joint_box(const mask::RunMask& first, const mask::RunMask& second) {
  constexpr int64_t kFar = std::numeric_limits<int64_t>::max();
  core::Shape3 low = {kFar, kFar, kFar};
  core::Shape3 high = {0, 0, 0};
  const auto include = [&](const Segment& segment) {
    low = {std::min(low[0], segment.begin), std::min(low[1], segment.b),
           std::min(low[2], segment.c)};
    high = {std::max(high[0], segment.end), std::max(high[1], segment.b + 1),
            std::max(high[2], segment.c + 1)};
  };
  for_each_segment(first, include);
  for_each_segment(second, include);
  return {low, {high[0] - low[0], high[1] - low[1], high[2] - low[2]}};
}

BitRows crop_to_bits(const mask::RunMask& mask, const mask::Box& box) {
  BitRows bits(box.extents);
  for_each_segment(mask, [&](const Segment& segment) {
    set_bits(bits.row(segment.b - box.begin[1], segment.c - box.begin[2]),
             segment.begin - box.begin[0], segment.end - box.begin[0]);
  });
  return bits;
}

BitRows surface_voxels(const BitRows& mask) {
  BitRows surface(mask.extents());
  const int64_t pitch = mask.pitch_words();
  const int64_t plane = mask.plane_words();
  const int64_t words = mask.row_words();
  for (int64_t c = 0; c < mask.extents()[2]; ++c) {
    for (int64_t b = 0; b < mask.extents()[1]; ++b) {
      const uint64_t* own = mask.row(b, c);
      uint64_t* out = surface.row(b, c);
      for (int64_t i = 0; i < words; ++i) {
        const uint64_t inner = own[i - pitch] & own[i + pitch] & own[i - plane] & own[i + plane] &
                               moved_up(own, i) & moved_down(own, i);
        out[i] = own[i] & ~inner;
      }
    }
  }
  return surface;
}

BitRows surface_corners(const BitRows& mask) {
  const core::Shape3& voxels = mask.extents();
  BitRows corners({voxels[0] + 1, voxels[1] + 1, voxels[2] + 1});
  const int64_t pitch = mask.pitch_words();
  const int64_t plane = mask.plane_words();
  const int64_t words = corners.row_words();
  for (int64_t c = 0; c <= voxels[2]; ++c) {
    for (int64_t b = 0; b <= voxels[1]; ++b) {
      const uint64_t* own = mask.row(b, c);
      uint64_t* out = corners.row(b, c);
      uint64_t any_before = 0;
      uint64_t all_before = 0;
      for (int64_t i = 0; i < words; ++i) {
        const uint64_t any = own[i] | own[i - pitch] | own[i - plane] | own[i - plane - pitch];
        const uint64_t all = own[i] & own[i - pitch] & own[i - plane] & own[i - plane - pitch];
        out[i] = (any | any << 1 | any_before >> (kWordBits - 1)) &
                 ~(all & (all << 1 | all_before >> (kWordBits - 1)));
        any_before = any;
        all_before = all;
      }
    }
  }
  return corners;
}

CornerWords::CornerWords(const BitRows& mask, int64_t b, int64_t c, int64_t word) {
  for (int64_t pair = 0; pair < 4; ++pair) {
    const uint64_t* row = mask.row(b - 1 + pair % 2, c - 1 + pair / 2);
    words_[2 * pair] = moved_up(row, word);
    words_[2 * pair + 1] = row[word];
  }
}

}  // namespace volseg::score::internal
