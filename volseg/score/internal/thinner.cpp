// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/thinner.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace volseg::score::internal {

namespace {

constexpr int64_t kWordBits = 64;

}  // namespace

Thinner::Thinner(const core::Shape3& shape, ThinningRule rule) : shape_(shape), rule_(rule) {
  // The order of Lee's directions as ImageJ, ITK and scikit-image take them.
  constexpr std::array<Direction, 6> kDirections = {
      {{1, -1}, {1, 1}, {2, 1}, {2, -1}, {0, 1}, {0, -1}}};
  for (const Direction& direction : kDirections) {
    const bool may_be_flat = rule == ThinningRule::kExact || direction.axis == 0;
    if (!may_be_flat || shape[direction.axis] > 1) {
      directions_.push_back(direction);
    }
  }
}

void Thinner::thin(std::span<const mask::Run> segments, const mask::Box& box,
                   std::vector<int64_t>& skeleton) {
  box_ = box;
  strides_[2] = 1;
  strides_[1] = (box.extents[2] + 2 + kWordBits - 1) / kWordBits * kWordBits;
  strides_[0] = strides_[1] * (box.extents[1] + 2);
  const auto words = static_cast<size_t>(strides_[0] * (box.extents[0] + 2) / kWordBits);
  inside_.assign(words + 1, 0);  // around() may read one byte past the last row
  is_active_.assign(words + 1, 0);
  fill(segments);
  find_borders();
  bool is_thin = active_.empty();
  while (!is_thin) {
    is_thin = true;
    for (const Direction& direction : directions_) {
      is_thin = !thin_from(direction) && is_thin;
    }
  }
  list_voxels(skeleton);
}

void Thinner::fill(std::span<const mask::Run> segments) {
  for (const mask::Run& segment : segments) {
    const int64_t row = segment.start / shape_[0];
    int64_t voxel = (segment.start % shape_[0] - box_.begin[0] + 1) * strides_[0] +
                    (row % shape_[1] - box_.begin[1] + 1) * strides_[1] +
                    (row / shape_[1] - box_.begin[2] + 1);
    for (int64_t i = 0; i < segment.length; ++i, voxel += strides_[0]) {
      flip(inside_, voxel);
    }
  }
}

void Thinner::find_borders() {
  active_.clear();
  const int64_t row_words = strides_[1] / kWordBits;
  const int64_t slice_words = strides_[0] / kWordBits;
  const auto end = static_cast<int64_t>(inside_.size()) - 1 - slice_words;
  const uint64_t* words = inside_.data();
  for (int64_t i = slice_words; i < end; ++i) {
    if (words[i] == 0) {
      continue;
    }
    const uint64_t enclosed = (words[i] << 1 | words[i - 1] >> 63) &
                              (words[i] >> 1 | words[i + 1] << 63) & words[i - row_words] &
                              words[i + row_words] & words[i - slice_words] &
                              words[i + slice_words];
    is_active_[i] = words[i] & ~enclosed;
    for (uint64_t left = is_active_[i]; left != 0; left &= left - 1) {
      active_.push_back(i * kWordBits + std::countr_zero(left));
    }
  }
}

bool Thinner::thin_from(const Direction& direction) {
  mark_deletable(direction.step * strides_[direction.axis]);
  delete_marked();
  if (deleted_.empty()) {
    return false;
  }
  activate_around_deleted();
  return true;
}

// Voxels that may not go are looked at again when a neighbour is gone.
void Thinner::mark_deletable(int64_t to_neighbour) {
  marked_.clear();
  size_t kept = 0;
  for (const int64_t voxel : active_) {
    if (!get(inside_, voxel + to_neighbour)) {
      if (!may_go(around(inside_, voxel))) {
        flip(is_active_, voxel);
        continue;
      }
      marked_.push_back(voxel);
    }
    active_[kept++] = voxel;
  }
  active_.resize(kept);
}

// One after the other, as neighbours that may each go may not both go.
void Thinner::delete_marked() {
  deleted_.clear();
  for (const int64_t voxel : marked_) {
    const Neighbourhood voxels = around(inside_, voxel);
    const bool goes =
        rule_ == ThinningRule::kExact ? may_go(voxels) : has_connected_neighbours(voxels);
    if (goes) {
      flip(inside_, voxel);
      flip(is_active_, voxel);
      deleted_.push_back(voxel);
    }
  }
}

void Thinner::activate_around_deleted() {
  found_.clear();
  for (const int64_t voxel : deleted_) {
    const int64_t corner = voxel - strides_[0] - strides_[1] - 1;
    Neighbourhood left = around(inside_, voxel) & ~around(is_active_, voxel);
    for (; left != 0; left &= left - 1) {
      const int bit = std::countr_zero(left);
      const int64_t neighbour =
          corner + bit / 9 * strides_[0] + bit / 3 % 3 * strides_[1] + bit % 3;
      if (is_border(neighbour)) {
        flip(is_active_, neighbour);
        found_.push_back(neighbour);
      }
    }
  }
  std::sort(found_.begin(), found_.end());
  std::erase_if(active_, [this](int64_t voxel) { return !get(inside_, voxel); });
  const auto middle = static_cast<int64_t>(active_.size());
  active_.insert(active_.end(), found_.begin(), found_.end());
  std::inplace_merge(active_.begin(), active_.begin() + middle, active_.end());
}

bool Thinner::is_border(int64_t voxel) const {
  return !std::all_of(strides_.begin(), strides_.end(), [&](int64_t stride) {
    return get(inside_, voxel - stride) && get(inside_, voxel + stride);
  });
}

bool Thinner::may_go(Neighbourhood voxels) const {
  return !is_line_end(voxels) && is_simple(voxels);
}

// Rows are whole words apart, so their bits stand in their bytes alike.
Neighbourhood Thinner::around(const std::vector<uint64_t>& bits, int64_t voxel) const {
  const int64_t first = voxel - strides_[0] - strides_[1] - 1;
  const auto* row = reinterpret_cast<const uint8_t*>(bits.data()) + (first >> 3);
  const auto shift = static_cast<unsigned>(first & 7);
  Neighbourhood voxels = 0;
  for (unsigned a = 0; a < 3; ++a, row += strides_[0] >> 3) {
    const uint8_t* bytes = row;
    for (unsigned b = 0; b < 3; ++b, bytes += strides_[1] >> 3) {
      uint16_t pair = 0;
      std::memcpy(&pair, bytes, sizeof(pair));
      voxels |= (static_cast<Neighbourhood>(pair) >> shift & 7) << (9 * a + 3 * b);
    }
  }
  return voxels;
}

void Thinner::list_voxels(std::vector<int64_t>& skeleton) const {
  for (size_t i = 0; i < inside_.size(); ++i) {
    for (uint64_t left = inside_[i]; left != 0; left &= left - 1) {
      const int64_t voxel = static_cast<int64_t>(i) * kWordBits + std::countr_zero(left);
      const int64_t in_slice = voxel % strides_[0];
      const int64_t a = voxel / strides_[0] - 1 + box_.begin[0];
      const int64_t b = in_slice / strides_[1] - 1 + box_.begin[1];
      const int64_t c = in_slice % strides_[1] - 1 + box_.begin[2];
      skeleton.push_back(a + shape_[0] * (b + shape_[1] * c));
    }
  }
}

}  // namespace volseg::score::internal
