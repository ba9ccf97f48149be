// SPDX-License-Identifier: Apache-2.0
// Points that lie on the other surface are counted by words of bits. The others are searched one by
// one, unless a sample of them says that a transform of the whole box is faster.
#include "volseg/score/internal/surface_distances.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "volseg/score/internal/surface_search.h"
#include "volseg/score/internal/surface_transform.h"

namespace volseg::score::internal {

namespace {

constexpr int64_t kSampledPlaces = 48;
constexpr int64_t kSampledTogether = 16;  // as neighbours are found faster
constexpr double kShortNs = 1e6;          // not worth an estimate of the other way

// Kinds of the points in one word of a row.
class WordKinds {
 public:
  WordKinds(const SurfacePoints& points, int64_t b, int64_t c, int64_t word) : points_(points) {
    if (points.has_kinds()) {
      corners_.emplace(points.mask, b, c, word);
    }
  }
  [[nodiscard]] uint8_t of(int bit) const {
    return corners_ ? points_.kind_of_code[corners_->code(bit)] : uint8_t{0};
  }

 private:
  const SurfacePoints& points_;
  std::optional<CornerWords> corners_;
};

// Calls `take(b, c, word, bits)` for every word of bits that has some, until it returns false.
template <typename Take>
void for_each_word(const BitRows& bits, Take take) {
  for (int64_t c = 0; c < bits.extents()[2]; ++c) {
    for (int64_t b = 0; b < bits.extents()[1]; ++b) {
      const uint64_t* row = bits.row(b, c);
      for (int64_t word = 0; word < bits.row_words(); ++word) {
        if (row[word] != 0 && !take(b, c, word, row[word])) {
          return;
        }
      }
    }
  }
}

class Distances {
 public:
  Distances(const SurfacePoints& points, const SurfacePoints& sites,
            const std::array<double, 3>& spacing_mm)
      : points_(points), sites_(sites.points), spacing_mm_(spacing_mm), apart_(points.points) {
    split_shared();
  }

  DirectedDistances measure(DistanceWay way) {
    if (apart_count_ != 0) {
      SiteSearch search(sites_, spacing_mm_);
      const bool is_search =
          way == DistanceWay::kSearch || (way == DistanceWay::kSampled && is_search_faster(search));
      is_search ? search_all(search) : transform_all();
    }
    return directed_distances(tally_, points_.weight_of_kind);
  }

 private:
  // Leaves in apart_ the points that are no sites, counts the others.
  void split_shared() {
    std::array<int64_t, 256> shared{};
    for_each_word(points_.points, [&](int64_t b, int64_t c, int64_t word, uint64_t bits) {
      const uint64_t both = bits & sites_.row(b, c)[word];
      apart_.row(b, c)[word] = bits & ~both;
      apart_count_ += std::popcount(bits & ~both);
      if (!points_.has_kinds()) {
        shared[0] += std::popcount(both);
      } else if (both != 0) {
        const WordKinds kinds(points_, b, c, word);
        for (uint64_t left = both; left != 0; left &= left - 1) {
          ++shared[kinds.of(std::countr_zero(left))];
        }
      }
      return true;
    });
    for (size_t kind = 0; kind < points_.weight_of_kind.size(); ++kind) {
      tally_.add(0, static_cast<uint8_t>(kind), shared[kind]);
    }
  }

  [[nodiscard]] bool is_search_faster(SiteSearch& search) const {
    const int64_t step = std::max(apart_count_ / kSampledPlaces, kSampledTogether);
    int64_t passed = 0;
    int64_t sampled = 0;
    for_each_word(apart_, [&](int64_t b, int64_t c, int64_t word, uint64_t bits) {
      for (uint64_t left = bits; left != 0; left &= left - 1, ++passed) {
        if (passed % step < kSampledTogether) {
          (void)search.nearest_mm2(point_at(word, std::countr_zero(left), b, c));
          ++sampled;
        }
      }
      return true;
    });
    const double search_ns =
        search.work_ns() * static_cast<double>(apart_count_) / static_cast<double>(sampled);
    return search_ns < kShortNs || search_ns < transform_work_ns(sites_, apart_);
  }

  [[nodiscard]] static Index3 point_at(int64_t word, int bit, int64_t b, int64_t c) {
    return {static_cast<int32_t>(word * kWordBits + bit), static_cast<int32_t>(b),
            static_cast<int32_t>(c)};
  }

  void search_all(SiteSearch& search) {
    for_each_word(apart_, [&](int64_t b, int64_t c, int64_t word, uint64_t bits) {
      const WordKinds kinds(points_, b, c, word);
      for (uint64_t left = bits; left != 0; left &= left - 1) {
        const int bit = std::countr_zero(left);
        tally_.add(search.nearest_mm2(point_at(word, bit, b, c)), kinds.of(bit));
      }
      return true;
    });
  }

  void transform_all() {
    transform_distances(sites_, apart_, spacing_mm_, [&](const TransformedLanes& lanes) {
      const int64_t word = lanes.first[0] / kWordBits;
      const auto shift = static_cast<int>(lanes.first[0] % kWordBits);
      const WordKinds kinds(points_, lanes.first[1], lanes.first[2], word);
      for (uint64_t left = lanes.asked; left != 0; left &= left - 1) {
        const int lane = std::countr_zero(left);
        tally_.add(lanes.squared_mm2[lane], kinds.of(shift + lane));
      }
    });
  }

  const SurfacePoints& points_;
  const BitRows& sites_;
  const std::array<double, 3>& spacing_mm_;
  BitRows apart_;
  int64_t apart_count_ = 0;
  DistanceTally tally_;
};

}  // namespace

DirectedDistances distances_between(const SurfacePoints& points, const SurfacePoints& sites,
                                    const std::array<double, 3>& spacing_mm, DistanceWay way) {
  return Distances(points, sites, spacing_mm).measure(way);
}

}  // namespace volseg::score::internal
