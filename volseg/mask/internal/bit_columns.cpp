// SPDX-License-Identifier: Apache-2.0
#include "volseg/mask/internal/bit_columns.h"

#include <cstring>

namespace volseg::mask::internal {

namespace {

// An odd number of cache lines, so that columns do not meet in the same sets of the cache.
int64_t pitch_of(int64_t columns, int64_t bits) {
  const int64_t groups = (bits + kGroupRows - 1) / kGroupRows;
  return (columns > 1 ? groups | 1 : groups) * kGroupWords;
}

}  // namespace

BitColumns::BitColumns(int64_t columns, int64_t bits)
    : columns_(columns),
      bits_(bits),
      pitch_words_(pitch_of(columns, bits)),
      buffer_(columns * pitch_words_ * static_cast<int64_t>(sizeof(uint64_t))) {}

void BitColumns::clear() {
  std::memset(buffer_.data(), 0, static_cast<size_t>(buffer_.size_bytes()));
  column_of_last_ = 0;
}

int64_t RunLister::pair(int64_t changes, bool open) {
  const uint32_t* positions = positions_.data();
  int64_t runs = 0;
  if (open && changes > 0) {
    runs_[0] = {start_, position_ + positions[0] - start_};
    runs = 1;
    ++positions;
    --changes;
  }
  pair_positions(positions, changes / 2, position_, runs_.data() + runs);
  if (changes % 2 != 0) {
    start_ = position_ + positions[changes - 1];
  }
  return runs + changes / 2;
}

}  // namespace volseg::mask::internal
