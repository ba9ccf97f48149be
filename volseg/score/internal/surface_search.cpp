// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/surface_search.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace volseg::score::internal {

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
// A tree finds sooner what lies behind more rows.
constexpr int64_t kMostRows = 160;
constexpr double kRowNs = 2.5;
constexpr double kBoxNs = 10;
constexpr double kSiteNs = 4;
constexpr double kBuildSiteNs = 60;

double squared(int64_t voxels, double spacing_mm) {
  const double distance_mm = static_cast<double>(voxels) * spacing_mm;
  return distance_mm * distance_mm;
}

}  // namespace

SiteSearch::SiteSearch(const BitRows& sites, const std::array<double, 3>& spacing_mm)
    : sites_(sites),
      spacing_mm_(spacing_mm),
      far_points_(static_cast<size_t>((sites.extents()[0] >> kPlaceBits) + 1)) {
  for (int64_t i = 0; i <= kReach; ++i) {
    squares_0_mm2_[i] = squared(i, spacing_mm[0]);
  }
  list_rows(spacing_mm);
}

void SiteSearch::list_rows(const std::array<double, 3>& spacing_mm) {
  // An ellipse that holds somewhat more than the most rows, or all rows that a window reaches.
  constexpr double kPi = 3.14159265358979;
  const double for_most_mm =
      std::sqrt(1.5 * kMostRows * spacing_mm[1] * spacing_mm[2] / kPi) + spacing_mm[1];
  const double radius_mm = std::min((kReach + 1) * spacing_mm[0], for_most_mm);
  std::array<int64_t, 2> reach{};
  for (int i = 0; i < 2; ++i) {
    const double most = static_cast<double>(std::min(sites_.extents()[i + 1], kMostRows));
    reach[i] = static_cast<int64_t>(std::min(radius_mm / spacing_mm[i + 1] + 1, most));
  }
  for (int64_t along_2 = -reach[1]; along_2 <= reach[1]; ++along_2) {
    for (int64_t along_1 = -reach[0]; along_1 <= reach[0]; ++along_1) {
      rows_.push_back({static_cast<int32_t>(along_1), static_cast<int32_t>(along_2),
                       along_1 * sites_.pitch_words() + along_2 * sites_.plane_words(),
                       squared(along_1, spacing_mm[1]), squared(along_2, spacing_mm[2])});
    }
  }
  std::stable_sort(rows_.begin(), rows_.end(), [](const NearRow& one, const NearRow& other) {
    return one.squared_1_mm2 + one.squared_2_mm2 < other.squared_1_mm2 + other.squared_2_mm2;
  });
  sure_mm2_ = std::min({squared(kReach + 1, spacing_mm[0]), squared(reach[0] + 1, spacing_mm[1]),
                        squared(reach[1] + 1, spacing_mm[2])});
  if (static_cast<int64_t>(rows_.size()) > kMostRows) {
    sure_mm2_ =
        std::min(sure_mm2_, rows_[kMostRows].squared_1_mm2 + rows_[kMostRows].squared_2_mm2);
    rows_.resize(kMostRows);
  }
}

double SiteSearch::search_rows(const Index3& point) {
  const auto extent_1 = static_cast<uint32_t>(sites_.extents()[1]);
  const auto extent_2 = static_cast<uint32_t>(sites_.extents()[2]);
  // Bit kReach of a window is the point's own place.
  const int64_t from = point[0] - kReach + kWordBits;
  const auto* bytes = reinterpret_cast<const char*>(sites_.row(point[1], point[2]) - 1) + from / 8;
  double nearest_mm2 = kInfinite;
  const NearRow* row = rows_.data();
  const NearRow* const end = row + rows_.size();
  for (; row != end && row->squared_1_mm2 + row->squared_2_mm2 < nearest_mm2; ++row) {
    if (static_cast<uint32_t>(point[1] + row->along_1) >= extent_1 ||
        static_cast<uint32_t>(point[2] + row->along_2) >= extent_2) {
      continue;
    }
    uint64_t window = 0;
    std::memcpy(&window, bytes + 8 * row->words, sizeof(window));
    window >>= from % 8;
    window &= (uint64_t{1} << (2 * kReach + 1)) - 1;
    if (window == 0) {
      continue;
    }
    const int behind = std::countr_zero(window >> kReach);
    const int before = std::countl_zero(window << (kWordBits - 1 - kReach));
    const double squared_mm2 =
        squares_0_mm2_[std::min(behind, before)] + row->squared_1_mm2 + row->squared_2_mm2;
    nearest_mm2 = std::min(nearest_mm2, squared_mm2);
  }
  visited_rows_ += row - rows_.data();
  return nearest_mm2;
}

bool SiteSearch::is_surely_far(const Index3& point, const FarPoint& last) const {
  return last.nearest.squared_mm2 >= 0 &&
         std::sqrt(last.nearest.squared_mm2) -
                 std::sqrt(squared_distance_mm2(point, last.point, spacing_mm_)) >
             std::sqrt(sure_mm2_);
}

double SiteSearch::search_tree(const Index3& point, FarPoint& last) {
  if (tree_ == nullptr) {
    tree_ = std::make_unique<SiteTree>(sites_, spacing_mm_);
  }
  NearestSite known{kInfinite, {}};
  if (last.nearest.squared_mm2 >= 0) {
    known = {squared_distance_mm2(point, last.nearest.site, spacing_mm_), last.nearest.site};
  }
  last = {point, tree_->nearest(point, known)};
  return last.nearest.squared_mm2;
}

double SiteSearch::nearest_mm2(const Index3& point) {
  FarPoint& last = far_points_[point[0] >> kPlaceBits];
  if (!is_surely_far(point, last)) {
    const double nearest_mm2 = search_rows(point);
    if (nearest_mm2 <= sure_mm2_) {
      return nearest_mm2;
    }
  }
  return search_tree(point, last);
}

double SiteSearch::work_ns() const {
  const double tree_ns = tree_ == nullptr
                             ? 0
                             : kBoxNs * static_cast<double>(tree_->measured_boxes()) +
                                   kSiteNs * static_cast<double>(tree_->measured_sites());
  return kRowNs * static_cast<double>(visited_rows_) + tree_ns;
}

double SiteSearch::build_ns() const {
  return tree_ == nullptr ? 0 : kBuildSiteNs * static_cast<double>(tree_->site_count());
}

}  // namespace volseg::score::internal
