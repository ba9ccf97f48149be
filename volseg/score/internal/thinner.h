// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/mask/run_mask.h"
#include "volseg/score/internal/neighbourhood.h"
#include "volseg/score/topology.h"

namespace volseg::score::internal {

/// Thins what lies in one box; one object serves many boxes and keeps its memory.
/// Voxels are bits in C order (axis 2 fastest) with one voxel of background around; only voxels
/// whose neighbourhood changed since they were found to be needed are looked at.
class Thinner {
 public:
  /// @param shape  of the whole mask: an axis of extent 1 has no sides to thin from
  Thinner(const core::Shape3& shape, ThinningRule rule);

  /// Thins the voxels of `segments`, which lie in `box` and each in one row along axis 0, and adds
  /// the positions of those that stay (Fortran order of the shape, unsorted).
  void thin(std::span<const mask::Run> segments, const mask::Box& box,
            std::vector<int64_t>& skeleton);

 private:
  struct Direction {
    int axis;
    int step;
  };

  void fill(std::span<const mask::Run> segments);
  void find_borders();
  bool thin_from(const Direction& direction);
  void mark_deletable(int64_t to_neighbour);
  void delete_marked();
  void activate_around_deleted();
  void list_voxels(std::vector<int64_t>& skeleton) const;

  [[nodiscard]] static bool get(const std::vector<uint64_t>& bits, int64_t voxel) {
    return (bits[static_cast<size_t>(voxel >> 6)] >> (voxel & 63) & 1) != 0;
  }
  static void flip(std::vector<uint64_t>& bits, int64_t voxel) {
    bits[static_cast<size_t>(voxel >> 6)] ^= uint64_t{1} << (voxel & 63);
  }
  [[nodiscard]] bool is_border(int64_t voxel) const;
  [[nodiscard]] Neighbourhood around(const std::vector<uint64_t>& bits, int64_t voxel) const;
  [[nodiscard]] bool may_go(Neighbourhood voxels) const;

  core::Shape3 shape_;
  ThinningRule rule_;
  std::vector<Direction> directions_;
  // Of one box. A voxel is known by the number of its bit.
  mask::Box box_;
  std::array<int64_t, 3> strides_{};
  std::vector<uint64_t> inside_;
  std::vector<uint64_t> is_active_;
  std::vector<int64_t> active_;  // ascending
  std::vector<int64_t> marked_;
  std::vector<int64_t> deleted_;
  std::vector<int64_t> found_;
};

}  // namespace volseg::score::internal
