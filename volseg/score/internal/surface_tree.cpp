// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/surface_tree.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace volseg::score::internal {

namespace {

constexpr double kBrickVoxels = 4;  // along each axis, at equal spacings
constexpr int kDeepest = 64;

// Calls `take` with each bit's index.
template <typename Take>
void for_each_bit(const BitRows& bits, Take take) {
  for (int64_t c = 0; c < bits.extents()[2]; ++c) {
    for (int64_t b = 0; b < bits.extents()[1]; ++b) {
      const uint64_t* row = bits.row(b, c);
      for (int64_t i = 0; i < bits.row_words(); ++i) {
        for (uint64_t left = row[i]; left != 0; left &= left - 1) {
          take(Index3{static_cast<int32_t>(i * kWordBits + std::countr_zero(left)),
                      static_cast<int32_t>(b), static_cast<int32_t>(c)});
        }
      }
    }
  }
}

// Bricks are about as long in millimetres along every axis.
std::array<int, 3> brick_shifts(const std::array<double, 3>& spacing_mm) {
  const double edge_mm = kBrickVoxels * std::cbrt(spacing_mm[0] * spacing_mm[1] * spacing_mm[2]);
  std::array<int, 3> shifts{};
  for (int axis = 0; axis < 3; ++axis) {
    shifts[axis] =
        static_cast<int>(std::clamp(std::round(std::log2(edge_mm / spacing_mm[axis])), 0.0, 8.0));
  }
  return shifts;
}

}  // namespace

SiteTree::SiteTree(const BitRows& sites, const std::array<double, 3>& spacing_mm)
    : spacing_mm_(spacing_mm) {
  fill_bricks(sites, brick_shifts(spacing_mm));
  nodes_.reserve(2 * bricks_.size());
  build(0, static_cast<int32_t>(bricks_.size()));
}

void SiteTree::fill_bricks(const BitRows& sites, const std::array<int, 3>& shifts) {
  std::array<int64_t, 3> counts{};
  for (int axis = 0; axis < 3; ++axis) {
    counts[axis] = (sites.extents()[axis] >> shifts[axis]) + 1;
  }
  const auto place_of = [&](const Index3& site) {
    return (site[0] >> shifts[0]) +
           counts[0] * ((site[1] >> shifts[1]) + counts[1] * (site[2] >> shifts[2]));
  };
  std::vector<int32_t> ends(static_cast<size_t>(counts[0] * counts[1] * counts[2]) + 1);
  for_each_bit(sites, [&](const Index3& site) { ++ends[place_of(site)]; });
  int32_t total = 0;
  for (int32_t& end : ends) {
    const int32_t count = end;
    if (count != 0) {
      bricks_.push_back({{}, total, total + count});
    }
    end = total;
    total += count;
  }
  sites_.resize(static_cast<size_t>(total));
  for_each_bit(sites, [&](const Index3& site) { sites_[ends[place_of(site)]++] = site; });
  for (Brick& brick : bricks_) {
    brick.box = {sites_[brick.begin], sites_[brick.begin]};
    for (int32_t i = brick.begin; i < brick.end; ++i) {
      for (int axis = 0; axis < 3; ++axis) {
        brick.box.low[axis] = std::min(brick.box.low[axis], sites_[i][axis]);
        brick.box.high[axis] = std::max(brick.box.high[axis], sites_[i][axis]);
      }
    }
  }
}

int32_t SiteTree::build(int32_t begin, int32_t end) {
  const auto at = static_cast<int32_t>(nodes_.size());
  Box box = bricks_[begin].box;
  for (int32_t i = begin; i < end; ++i) {
    for (int axis = 0; axis < 3; ++axis) {
      box.low[axis] = std::min(box.low[axis], bricks_[i].box.low[axis]);
      box.high[axis] = std::max(box.high[axis], bricks_[i].box.high[axis]);
    }
  }
  nodes_.push_back({box, 0, begin});
  if (end - begin == 1) {
    return at;
  }
  int widest = 0;
  for (int axis = 1; axis < 3; ++axis) {
    const auto length_mm = [&](int along) {
      return (box.high[along] - box.low[along]) * spacing_mm_[along];
    };
    widest = length_mm(axis) > length_mm(widest) ? axis : widest;
  }
  const int32_t middle = begin + (end - begin) / 2;
  std::nth_element(bricks_.begin() + begin, bricks_.begin() + middle, bricks_.begin() + end,
                   [widest](const Brick& one, const Brick& other) {
                     return one.box.low[widest] + one.box.high[widest] <
                            other.box.low[widest] + other.box.high[widest];
                   });
  build(begin, middle);
  const int32_t right = build(middle, end);
  nodes_[at].right = right;
  return at;
}

double SiteTree::squared_to_box(const Index3& point, const Box& box) const {
  Index3 inside{};
  for (int axis = 0; axis < 3; ++axis) {
    inside[axis] = std::clamp(point[axis], box.low[axis], box.high[axis]);
  }
  return squared_distance_mm2(point, inside, spacing_mm_);
}

void SiteTree::search_brick(const Brick& brick, const Index3& point, NearestSite& nearest) {
  measured_sites_ += brick.end - brick.begin;
  for (int32_t i = brick.begin; i < brick.end; ++i) {
    const double squared_mm2 = squared_distance_mm2(point, sites_[i], spacing_mm_);
    if (squared_mm2 < nearest.squared_mm2) {
      nearest = {squared_mm2, sites_[i]};
    }
  }
}

NearestSite SiteTree::nearest(const Index3& point, const NearestSite& known) {
  struct Open {
    int32_t node = 0;
    double squared_mm2 = 0;
  };
  std::array<Open, kDeepest> open;
  open[0] = {0, 0};
  int depth = 1;
  NearestSite nearest = known;
  while (depth > 0) {
    Open next = open[--depth];
    while (next.squared_mm2 < nearest.squared_mm2) {
      const Node& node = nodes_[next.node];
      if (node.right == 0) {
        search_brick(bricks_[node.brick], point, nearest);
        break;
      }
      measured_boxes_ += 2;
      Open left = {next.node + 1, squared_to_box(point, nodes_[next.node + 1].box)};
      Open right = {node.right, squared_to_box(point, nodes_[node.right].box)};
      if (right.squared_mm2 < left.squared_mm2) {
        std::swap(left, right);
      }
      open[depth++] = right;
      next = left;
    }
  }
  return nearest;
}

}  // namespace volseg::score::internal
