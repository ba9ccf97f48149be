// SPDX-License-Identifier: Apache-2.0
#include "volseg/mask/components.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "volseg/mask/internal/runs.h"

namespace volseg::mask {

namespace {

using internal::end_of;

// Runs cut at the ends of rows, and where each row begins among them.
struct Rows {
  std::vector<Run> segments;
  std::vector<int64_t> first_of_row;  // one longer than the rows
};

Rows cut_into_rows(const RunMask& mask) {
  const int64_t extent = mask.shape[0];
  const int64_t rows = mask.shape[1] * mask.shape[2];
  Rows cut;
  cut.segments.reserve(mask.runs.size());
  cut.first_of_row.assign(static_cast<size_t>(rows) + 1, 0);
  for (const Run& run : mask.runs) {
    for (int64_t begin = run.start; begin < end_of(run);) {
      const int64_t row = begin / extent;
      const int64_t end = std::min(end_of(run), (row + 1) * extent);
      cut.segments.push_back({begin, end - begin});
      ++cut.first_of_row[row + 1];
      begin = end;
    }
  }
  std::partial_sum(cut.first_of_row.begin(), cut.first_of_row.end(), cut.first_of_row.begin());
  return cut;
}

// Each set is known by its smallest member.
class DisjointSets {
 public:
  explicit DisjointSets(size_t count) : parent_(count) {
    std::iota(parent_.begin(), parent_.end(), int64_t{0});
  }

  int64_t find(int64_t member) {
    while (parent_[member] != member) {
      parent_[member] = parent_[parent_[member]];
      member = parent_[member];
    }
    return member;
  }

  void join(int64_t first, int64_t second) {
    first = find(first);
    second = find(second);
    parent_[std::max(first, second)] = std::min(first, second);
  }

 private:
  std::vector<int64_t> parent_;
};

class Joiner {
 public:
  Joiner(const Rows& rows, DisjointSets& sets) : rows_(rows), sets_(sets) {}

  // Joins what touches of two rows that are `distance` positions apart; `reach` 1 lets voxels touch
  // that are neighbours along axis 0.
  void join(int64_t row, int64_t row_before, int64_t distance, int64_t reach) {
    int64_t before = rows_.first_of_row[row_before];
    const int64_t before_end = rows_.first_of_row[row_before + 1];
    const int64_t end = rows_.first_of_row[row + 1];
    for (int64_t now = rows_.first_of_row[row]; now < end && before < before_end;) {
      const Run& segment = rows_.segments[now];
      const int64_t begin = segment.start - distance;
      const Run& other = rows_.segments[before];
      if (begin < end_of(other) + reach && other.start < begin + segment.length + reach) {
        sets_.join(now, before);
      }
      const bool is_behind = end_of(other) < begin + segment.length;
      before += is_behind ? 1 : 0;
      now += is_behind ? 0 : 1;
    }
  }

 private:
  const Rows& rows_;
  DisjointSets& sets_;
};

void join_rows(const core::Shape3& shape, Connectivity connectivity, Joiner& joiner) {
  const int64_t reach = connectivity == Connectivity::k6 ? 0 : 1;
  const int64_t diagonal_reach = connectivity == Connectivity::k26 ? 1 : 0;
  const int64_t rows = shape[1];
  for (int64_t c = 0; c < shape[2]; ++c) {
    for (int64_t b = 0; b < rows; ++b) {
      const int64_t row = b + rows * c;
      const auto join_with = [&](int64_t rows_before, int64_t along_0) {
        joiner.join(row, row - rows_before, rows_before * shape[0], along_0);
      };
      if (b > 0) {
        join_with(1, reach);
      }
      if (c > 0) {
        join_with(rows, reach);
      }
      const bool diagonal = c > 0 && connectivity != Connectivity::k6;
      if (diagonal && b > 0) {
        join_with(rows + 1, diagonal_reach);
      }
      if (diagonal && b + 1 < rows) {
        join_with(rows - 1, diagonal_reach);
      }
    }
  }
}

}  // namespace

Components connected_components(const RunMask& mask, Connectivity connectivity) {
  Components found;
  found.shape = mask.shape;
  if (mask.runs.empty()) {
    return found;
  }
  Rows rows = cut_into_rows(mask);
  DisjointSets sets(rows.segments.size());
  Joiner joiner(rows, sets);
  join_rows(mask.shape, connectivity, joiner);
  found.component_of.resize(rows.segments.size());
  for (size_t i = 0; i < rows.segments.size(); ++i) {
    const auto root = static_cast<size_t>(sets.find(static_cast<int64_t>(i)));
    if (root == i) {
      found.component_of[i] = static_cast<int64_t>(found.sizes_voxels.size());
      found.sizes_voxels.push_back(0);
    } else {
      found.component_of[i] = found.component_of[root];
    }
    found.sizes_voxels[found.component_of[i]] += rows.segments[i].length;
  }
  found.segments = std::move(rows.segments);
  return found;
}

RunMask select_components(const Components& components, const std::vector<bool>& kept) {
  RunMask mask{components.shape, {}};
  for (size_t i = 0; i < components.segments.size(); ++i) {
    if (kept[components.component_of[i]]) {
      internal::append_run(mask.runs, components.segments[i]);
    }
  }
  return mask;
}

RunMask largest_component(const RunMask& mask, Connectivity connectivity) {
  const Components components = connected_components(mask, connectivity);
  const std::vector<int64_t>& sizes = components.sizes_voxels;
  std::vector<bool> kept(sizes.size());
  if (!sizes.empty()) {
    kept[std::max_element(sizes.begin(), sizes.end()) - sizes.begin()] = true;
  }
  return select_components(components, kept);
}

RunMask remove_small_components(const RunMask& mask, int64_t fewest_voxels,
                                Connectivity connectivity) {
  const Components components = connected_components(mask, connectivity);
  std::vector<bool> kept(components.sizes_voxels.size());
  std::transform(components.sizes_voxels.begin(), components.sizes_voxels.end(), kept.begin(),
                 [fewest_voxels](int64_t voxels) { return voxels >= fewest_voxels; });
  return select_components(components, kept);
}

}  // namespace volseg::mask
