// SPDX-License-Identifier: Apache-2.0
#include "volseg/mask/pair_overlaps.h"

#include <algorithm>
#include <map>
#include <utility>

#include "volseg/mask/internal/bit_columns.h"
#include "volseg/mask/internal/kernels.h"
#include "volseg/mask/internal/runs.h"

namespace volseg::mask {

namespace {

using internal::end_of;
using internal::kWordBits;

constexpr int64_t kBlockVoxels = int64_t{1} << 16;
constexpr int64_t kBlockWords = kBlockVoxels / kWordBits;

// Sets bits [begin, end) and returns those that were set before, of any of the words. Runs of up to
// 64 voxels, the usual ones, need no branch.
uint64_t mark(uint64_t* words, int64_t begin, int64_t end) {
  const int64_t first = begin / kWordBits;
  const int64_t last = (end - 1) / kWordBits;
  const uint64_t first_bits = ~uint64_t{0} << (begin % kWordBits);
  const uint64_t last_bits = ~uint64_t{0} >> (-end % kWordBits & (kWordBits - 1));
  const bool in_one_word = first == last;
  const uint64_t head = in_one_word ? first_bits & last_bits : first_bits;
  const uint64_t tail = in_one_word ? 0 : last_bits;
  uint64_t found = words[first] & head;
  words[first] |= head;
  found |= words[last] & tail;
  words[last] |= tail;
  for (int64_t word = first + 1; word < last; ++word) {
    found |= std::exchange(words[word], ~uint64_t{0});
  }
  return found;
}

// Looks at all masks block by block, in order of voxels. A block in which no voxel is marked twice
// is done; in another the bits of the masks are compared in pairs.
class OverlapSweep {
 public:
  explicit OverlapSweep(std::span<const RunMask> masks) : any_(kBlockWords) {
    for (size_t index = 0; index < masks.size(); ++index) {
      internal::require_same_shape(masks[0].shape, masks[index].shape, "mask.pair_overlaps");
      const std::vector<Run>& runs = masks[index].runs;
      rests_.push_back({index, runs.data(), runs.data() + runs.size()});
    }
  }

  std::vector<PairOverlap> run() {
    for (drop_finished(); rests_.size() > 1; drop_finished()) {
      const int64_t event = next_event();
      if (event - position_ >= kBlockVoxels) {
        count_span(event);
      } else {
        count_block();
      }
    }
    std::vector<PairOverlap> overlaps;
    for (const auto& [pair, voxels] : voxels_of_pair_) {
      overlaps.push_back({pair.first, pair.second, voxels});
    }
    return overlaps;
  }

 private:
  // The runs of a mask that end behind the position.
  struct Rest {
    size_t index;
    const Run* next;
    const Run* end;
  };

  void drop_finished() {
    std::erase_if(rests_, [](const Rest& rest) { return rest.next == rest.end; });
  }

  // Where a run begins or ends next: no mask changes before.
  [[nodiscard]] int64_t next_event() const {
    int64_t event = INT64_MAX;
    for (const Rest& rest : rests_) {
      const int64_t start = rest.next->start;
      event = std::min(event, start > position_ ? start : end_of(*rest.next));
    }
    return event;
  }

  void count_span(int64_t end) {
    std::vector<size_t> inside;
    for (Rest& rest : rests_) {
      if (rest.next->start <= position_) {
        for (const size_t other : inside) {
          voxels_of_pair_[{other, rest.index}] += end - position_;
        }
        inside.push_back(rest.index);
      }
      rest.next += end_of(*rest.next) == end ? 1 : 0;
    }
    position_ = end;
  }

  void count_block() {
    std::ranges::fill(any_, 0);
    present_.clear();
    shares_.clear();
    bool is_shared = false;
    for (Rest& rest : rests_) {
      const Rest before = rest;
      const uint64_t found = mark_block(any_.data(), rest);
      if (before.next->start < position_ + kBlockVoxels) {
        present_.push_back(before);
        shares_.push_back(found != 0);
        is_shared = is_shared || found != 0;
      }
    }
    if (is_shared) {
      compare_pairs();
    }
    position_ += kBlockVoxels;
  }

  // Marks the runs of a mask in the block and leaves those that end behind it.
  [[nodiscard]] uint64_t mark_block(uint64_t* words, Rest& rest) const {
    const int64_t block_end = position_ + kBlockVoxels;
    uint64_t found = 0;
    const Run* run = rest.next;
    for (; run != rest.end && end_of(*run) <= block_end; ++run) {
      found |= mark(words, std::max<int64_t>(run->start - position_, 0), end_of(*run) - position_);
    }
    if (run != rest.end && run->start < block_end) {
      found |= mark(words, std::max<int64_t>(run->start - position_, 0), kBlockVoxels);
    }
    rest.next = run;
    return found;
  }

  void compare_pairs() {
    bits_.assign(present_.size() * static_cast<size_t>(kBlockWords), 0);
    const auto bits_of = [this](size_t index) {
      return bits_.data() + static_cast<int64_t>(index) * kBlockWords;
    };
    for (size_t second = 0; second < present_.size(); ++second) {
      Rest rest = present_[second];
      static_cast<void>(mark_block(bits_of(second), rest));
      for (size_t first = 0; shares_[second] && first < second; ++first) {
        const int64_t voxels =
            internal::count_shared_bits(bits_of(first), bits_of(second), kBlockWords);
        if (voxels > 0) {
          voxels_of_pair_[{present_[first].index, present_[second].index}] += voxels;
        }
      }
    }
  }

  int64_t position_ = 0;
  std::vector<Rest> rests_;
  std::vector<uint64_t> any_;   // of the block
  std::vector<Rest> present_;   // masks with voxels in the block
  std::vector<bool> shares_;    // of these: a voxel is in a mask before it
  std::vector<uint64_t> bits_;  // of each present mask
  std::map<std::pair<size_t, size_t>, int64_t> voxels_of_pair_;
};

}  // namespace

std::vector<PairOverlap> pair_overlaps_of(std::span<const RunMask> masks) {
  return OverlapSweep(masks).run();
}

}  // namespace volseg::mask
