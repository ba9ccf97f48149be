// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace volseg::score::internal {

/// Counts of points by squared distance and kind of point, so that nothing computed from them
/// depends on the order in which points were found.
class DistanceTally {
 public:
  DistanceTally();

  /// @param kind  of point, below 256
  void add(double squared_mm2, uint8_t kind, int64_t count = 1);

  struct Entry {
    double squared_mm2 = 0;
    int64_t count = 0;  // 0 marks a free place
    uint8_t kind = 0;
  };
  /// What was added, ascending by distance, then kind.
  [[nodiscard]] std::vector<Entry> entries() const;

 private:
  [[nodiscard]] size_t place_of(double squared_mm2, uint8_t kind) const;
  void grow();

  std::vector<Entry> places_;  // a power of two
  size_t used_ = 0;
  size_t last_ = 0;
};

/// Points at one distance: their number, or their area.
struct DistanceLevel {
  double distance_mm = 0;
  double weight = 0;
};

/// The distances from one surface to the other, ascending; statistics of them.
struct DirectedDistances {
  std::vector<DistanceLevel> levels;
  double weight = 0;  // of all

  [[nodiscard]] double largest_mm() const { return levels.back().distance_mm; }
  [[nodiscard]] double weighted_sum() const;
  [[nodiscard]] double weight_within(double tolerance_mm) const;
  /// For points that count 1: linear between the two nearest ranks, as NumPy's default.
  [[nodiscard]] double percentile_of_points(double percentile) const;
  /// For weighted points: the first distance at which the share of the weight is reached.
  [[nodiscard]] double percentile_of_area(double percentile) const;
};

/// @param weight_of_kind  what one point of each kind weighs
[[nodiscard]] DirectedDistances directed_distances(const DistanceTally& tally,
                                                   std::span<const double> weight_of_kind);

}  // namespace volseg::score::internal
