// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/surface_tally.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace volseg::score::internal {

namespace {

constexpr size_t kFirstPlaces = 1024;

uint64_t hash_of(double squared_mm2, uint8_t kind) {
  const uint64_t bits = std::bit_cast<uint64_t>(squared_mm2) ^ uint64_t { kind } << 1;
  const uint64_t mixed = (bits ^ bits >> 32) * 0x9e3779b97f4a7c15;
  return mixed ^ mixed >> 29;
}

}  // namespace

DistanceTally::DistanceTally() : places_(kFirstPlaces) {}

size_t DistanceTally::place_of(double squared_mm2, uint8_t kind) const {
  const size_t wrap = places_.size() - 1;
  size_t place = hash_of(squared_mm2, kind) & wrap;
  while (places_[place].count != 0 &&
         (places_[place].squared_mm2 != squared_mm2 || places_[place].kind != kind)) {
    place = (place + 1) & wrap;
  }
  return place;
}

void DistanceTally::add(double squared_mm2, uint8_t kind, int64_t count) {
  Entry& last = places_[last_];
  if (last.count != 0 && last.squared_mm2 == squared_mm2 && last.kind == kind) {
    last.count += count;
    return;
  }
  last_ = place_of(squared_mm2, kind);
  Entry& entry = places_[last_];
  if (entry.count != 0) {
    entry.count += count;
    return;
  }
  if (count == 0) {
    return;
  }
  entry = {squared_mm2, count, kind};
  if (++used_ * 2 > places_.size()) {
    grow();
  }
}

void DistanceTally::grow() {
  std::vector<Entry> before(4 * places_.size());
  before.swap(places_);
  for (const Entry& entry : before) {
    if (entry.count != 0) {
      places_[place_of(entry.squared_mm2, entry.kind)] = entry;
    }
  }
  last_ = 0;
}

std::vector<DistanceTally::Entry> DistanceTally::entries() const {
  std::vector<Entry> found;
  found.reserve(used_);
  std::copy_if(places_.begin(), places_.end(), std::back_inserter(found),
               [](const Entry& entry) { return entry.count != 0; });
  std::sort(found.begin(), found.end(), [](const Entry& one, const Entry& other) {
    return one.squared_mm2 != other.squared_mm2 ? one.squared_mm2 < other.squared_mm2
                                                : one.kind < other.kind;
  });
  return found;
}

DirectedDistances directed_distances(const DistanceTally& tally,
                                     std::span<const double> weight_of_kind) {
  DirectedDistances directed;
  double squared_mm2 = -1;
  for (const DistanceTally::Entry& entry : tally.entries()) {
    if (entry.squared_mm2 != squared_mm2) {
      squared_mm2 = entry.squared_mm2;
      directed.levels.push_back({std::sqrt(squared_mm2), 0});
    }
    directed.levels.back().weight += static_cast<double>(entry.count) * weight_of_kind[entry.kind];
  }
  for (const DistanceLevel& level : directed.levels) {
    directed.weight += level.weight;
  }
  return directed;
}

double DirectedDistances::weighted_sum() const {
  double sum = 0;
  for (const DistanceLevel& level : levels) {
    sum += level.distance_mm * level.weight;
  }
  return sum;
}

double DirectedDistances::weight_within(double tolerance_mm) const {
  double within = 0;
  for (const DistanceLevel& level : levels) {
    within += level.distance_mm <= tolerance_mm ? level.weight : 0;
  }
  return within;
}

double DirectedDistances::percentile_of_points(double percentile) const {
  const double rank = percentile / 100 * (weight - 1);
  const double below = std::floor(rank);
  const double fraction = rank - below;
  size_t level = 0;
  double points = levels[0].weight;
  while (points <= below && level + 1 < levels.size()) {
    points += levels[++level].weight;
  }
  const double low_mm = levels[level].distance_mm;
  if (points > below + 1 || level + 1 == levels.size()) {
    return low_mm;
  }
  return low_mm + fraction * (levels[level + 1].distance_mm - low_mm);
}

double DirectedDistances::percentile_of_area(double percentile) const {
  constexpr double kSumError = 1e-12;
  const double wanted = percentile / 100 * weight * (1 - kSumError);
  double area = 0;
  for (const DistanceLevel& level : levels) {
    area += level.weight;
    if (area >= wanted) {
      return level.distance_mm;
    }
  }
  return largest_mm();
}

}  // namespace volseg::score::internal
