// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "volseg/score/internal/surface_bits.h"
#include "volseg/score/internal/surface_tree.h"

namespace volseg::score::internal {

/// Finds the nearest site of one point after another: in rows of bits by ascending distance of the
/// rows, each looked at through a window of one word; points that have none near go to a tree.
class SiteSearch {
 public:
  /// @param sites  at least one; must outlive the search
  SiteSearch(const BitRows& sites, const std::array<double, 3>& spacing_mm);

  /// Squared distance to the nearest site. Fast when neighbours are asked one after another.
  [[nodiscard]] double nearest_mm2(const Index3& point);

  /// About the nanoseconds that all calls took, from what they did; the same on every machine.
  [[nodiscard]] double work_ns() const;
  /// The same of building the tree, which the first far point does.
  [[nodiscard]] double build_ns() const;

 private:
  // A row relative to the point's own, in the order of their distances.
  struct NearRow {
    int32_t along_1 = 0;
    int32_t along_2 = 0;
    int64_t words = 0;
    double squared_1_mm2 = 0;
    double squared_2_mm2 = 0;
  };
  // The last far point with about the same index along axis 0.
  struct FarPoint {
    Index3 point{};
    NearestSite nearest{-1, {}};
  };

  void list_rows(const std::array<double, 3>& spacing_mm);
  [[nodiscard]] double search_rows(const Index3& point);
  [[nodiscard]] double search_tree(const Index3& point, FarPoint& last);
  [[nodiscard]] bool is_surely_far(const Index3& point, const FarPoint& last) const;

  static constexpr int64_t kReach = 28;  // voxels that a window shows on either side
  static constexpr int kPlaceBits = 3;   // voxels along axis 0 that share a FarPoint

  const BitRows& sites_;
  std::array<double, 3> spacing_mm_;
  std::array<double, kReach + 1> squares_0_mm2_{};
  std::vector<NearRow> rows_;
  double sure_mm2_ = 0;  // sites up to here cannot be missed
  std::vector<FarPoint> far_points_;
  std::unique_ptr<SiteTree> tree_;
  int64_t visited_rows_ = 0;
};

}  // namespace volseg::score::internal
