// SPDX-License-Identifier: Apache-2.0
#include "volseg/mask/bit_mask.h"

#include <algorithm>

#include "volseg/core/error.h"
#include "volseg/mask/internal/bit_columns.h"
#include "volseg/mask/internal/runs.h"

namespace volseg::mask {

BitMask::BitMask(const core::Shape3& shape)
    : shape_(shape), buffer_(core::Buffer::zeroed((core::voxel_count(shape) + 63) / 64 * 8)) {}

BitMask to_bits(const RunMask& mask) {
  BitMask bits(mask.shape);
  for (const Run& run : mask.runs) {
    internal::set_bits(bits.words().data(), run.start, internal::end_of(run));
  }
  return bits;
}

RunMask to_runs(const BitMask& mask) {
  RunMask runs{mask.shape(), {}};
  internal::RunLister lister;
  uint64_t carry = 0;
  const std::span<const uint64_t> words = mask.words();
  runs.runs.reserve(static_cast<size_t>(
      internal::count_starts(words.data(), static_cast<int64_t>(words.size()), carry)));
  const auto take = [&](const Run* listed, int64_t count) {
    runs.runs.insert(runs.runs.end(), listed, listed + count);
  };
  lister.list(words.data(), mask.voxels(), words.data(), take);
  lister.finish(take);
  return runs;
}

int64_t area(const BitMask& mask) {
  return internal::count_bits(mask.words().data(), static_cast<int64_t>(mask.words().size()));
}

int64_t intersection_area(const BitMask& first, const BitMask& second) {
  internal::require_same_shape(first.shape(), second.shape(), "mask.intersection_area");
  return internal::count_shared_bits(first.words().data(), second.words().data(),
                                     static_cast<int64_t>(first.words().size()));
}

// In pieces that the first cache keeps between the three counts.
Overlap overlap_of(const BitMask& first, const BitMask& second) {
  constexpr int64_t kPieceWords = 1024;
  internal::require_same_shape(first.shape(), second.shape(), "mask.overlap_of");
  const auto words = static_cast<int64_t>(first.words().size());
  Overlap overlap;
  for (int64_t begin = 0; begin < words; begin += kPieceWords) {
    const int64_t count = std::min(kPieceWords, words - begin);
    const uint64_t* one = first.words().data() + begin;
    const uint64_t* other = second.words().data() + begin;
    const int64_t both = internal::count_shared_bits(one, other, count);
    overlap.both += both;
    overlap.first_only += internal::count_bits(one, count) - both;
    overlap.second_only += internal::count_bits(other, count) - both;
  }
  return overlap;
}

}  // namespace volseg::mask
