// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "volseg/score/internal/surface_bits.h"

namespace volseg::score::internal {

using Index3 = std::array<int32_t, 3>;

/// A point of a surface and how far it is.
struct NearestSite {
  double squared_mm2 = 0;
  Index3 site{};
};

/// Squared distance of two points, the same sum of products wherever it is needed.
[[nodiscard]] inline double squared_distance_mm2(const Index3& one, const Index3& other,
                                                 const std::array<double, 3>& spacing_mm) {
  const double x = (one[0] - other[0]) * spacing_mm[0];
  const double y = (one[1] - other[1]) * spacing_mm[1];
  const double z = (one[2] - other[2]) * spacing_mm[2];
  return x * x + y * y + z * z;
}

/// A k-d tree over small bricks of sites, for points far from them. Building is linear in the bits
/// and the box's bricks.
class SiteTree {
 public:
  SiteTree(const BitRows& sites, const std::array<double, 3>& spacing_mm);

  /// The nearest site, or `known` when none is nearer.
  [[nodiscard]] NearestSite nearest(const Index3& point, const NearestSite& known);

  [[nodiscard]] int64_t site_count() const { return static_cast<int64_t>(sites_.size()); }
  /// Boxes and sites that were measured by all calls.
  [[nodiscard]] int64_t measured_boxes() const { return measured_boxes_; }
  [[nodiscard]] int64_t measured_sites() const { return measured_sites_; }

 private:
  struct Box {
    Index3 low{};
    Index3 high{};  // inclusive
  };
  struct Brick {
    Box box;
    int32_t begin = 0;  // sites
    int32_t end = 0;
  };
  // The left child follows its parent.
  struct Node {
    Box box;
    int32_t right = 0;  // 0 for a leaf
    int32_t brick = 0;  // of a leaf
  };

  void fill_bricks(const BitRows& sites, const std::array<int, 3>& shifts);
  int32_t build(int32_t begin, int32_t end);
  [[nodiscard]] double squared_to_box(const Index3& point, const Box& box) const;
  void search_brick(const Brick& brick, const Index3& point, NearestSite& nearest);

  std::array<double, 3> spacing_mm_;
  std::vector<Index3> sites_;
  std::vector<Brick> bricks_;
  std::vector<Node> nodes_;
  int64_t measured_boxes_ = 0;
  int64_t measured_sites_ = 0;
};

}  // namespace volseg::score::internal
