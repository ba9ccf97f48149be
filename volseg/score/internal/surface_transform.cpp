// SPDX-License-Identifier: Apache-2.0
// Nearest site along axis 0 from the bits of a row, then lower envelopes of parabolas along axes 1
// and 2, a few columns of axis 0 at a time so that what is between stays in the caches. Only what
// was asked for is evaluated.
#include "volseg/score/internal/surface_transform.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

namespace volseg::score::internal {

namespace {

constexpr int64_t kLanes = kTransformLanes;
constexpr double kInfinite = std::numeric_limits<double>::infinity();
// Boundaries between parabolas are this exact, in voxels; closer than that, neighbours are
// compared.
constexpr double kBoundaryError = 1e-6;

// Squared distances of 0, 1, 2... voxels.
std::vector<double> squares_of(int64_t extent, double spacing_mm) {
  std::vector<double> squares(static_cast<size_t>(extent));
  for (int64_t i = 0; i < extent; ++i) {
    const double distance_mm = static_cast<double>(i) * spacing_mm;
    squares[i] = distance_mm * distance_mm;
  }
  return squares;
}

// The lower envelope of parabolas that stand on some positions of an axis, one lane of them.
class Envelope {
 public:
  Envelope(int64_t extent, double spacing_mm)
      : squares_(squares_of(extent, spacing_mm)),
        inverse_(squares_.size()),
        lifted_(squares_.size()),
        heights_(squares_.size()),
        places_(squares_.size()),
        from_(squares_.size() + 1) {
    for (size_t i = 1; i < inverse_.size(); ++i) {
      inverse_[i] = 0.5 / (spacing_mm * spacing_mm * static_cast<double>(i));
    }
  }

  /// Parabola i stands at positions[i], `heights[i * kLanes]` high; there is at least one.
  void build(const std::vector<int32_t>& positions, const double* heights) {
    top_ = -1;
    for (size_t i = 0; i < positions.size(); ++i) {
      add(positions[i], heights[static_cast<int64_t>(i) * kLanes]);
    }
    from_[0] = -kInfinite;
    from_[top_ + 1] = kInfinite;
    at_ = 0;
  }

  /// The envelope at a position; positions are asked ascending.
  double at(int64_t position) {
    const auto where = static_cast<double>(position);
    while (from_[at_ + 1] < where) {
      ++at_;
    }
    double lowest = height_of(at_, position);
    for (int64_t i = at_; where - from_[i] < kBoundaryError; --i) {
      lowest = std::min(lowest, height_of(i - 1, position));
    }
    for (int64_t i = at_ + 1; from_[i] - where < kBoundaryError; ++i) {
      lowest = std::min(lowest, height_of(i, position));
    }
    return lowest;
  }

 private:
  [[nodiscard]] double height_of(int64_t i, int64_t position) const {
    return heights_[i] + squares_[std::abs(position - places_[i])];
  }

  void add(int32_t position, double height) {
    const double lifted = height + squares_[position];
    double from = 0;
    while (top_ >= 0) {
      from = (lifted - lifted_[top_]) * inverse_[position - places_[top_]];
      if (top_ == 0 || from > from_[top_] - kBoundaryError) {
        break;
      }
      --top_;
    }
    ++top_;
    places_[top_] = position;
    heights_[top_] = height;
    lifted_[top_] = lifted;
    from_[top_] = from;
  }

  std::vector<double> squares_;
  std::vector<double> inverse_;  // half over the squared spacing and a distance in voxels
  std::vector<double> lifted_;   // height and squared position
  std::vector<double> heights_;
  std::vector<int32_t> places_;
  std::vector<double> from_;  // where each parabola becomes the lowest
  int64_t top_ = -1;
  int64_t at_ = 0;
};

int64_t last_bit_before(const uint64_t* words, int64_t end, int64_t none) {
  for (int64_t i = end / kWordBits; i >= 0; --i) {
    const int64_t valid = std::min(end - i * kWordBits, kWordBits);
    const uint64_t word = valid == 0 ? 0 : words[i] << (kWordBits - valid);
    if (word != 0) {
      return i * kWordBits + valid - 1 - std::countl_zero(word);
    }
  }
  return none;
}

int64_t first_bit_from(const uint64_t* words, int64_t begin, int64_t count, int64_t none) {
  uint64_t from = ~uint64_t{0} << (begin % kWordBits);
  for (int64_t i = begin / kWordBits; i < count; ++i) {
    const uint64_t word = words[i] & from;
    if (word != 0) {
      return i * kWordBits + std::countr_zero(word);
    }
    from = ~uint64_t{0};
  }
  return none;
}

class Transform {
 public:
  Transform(const BitRows& sites, const BitRows& asked, const std::array<double, 3>& spacing_mm)
      : sites_(sites),
        asked_(asked),
        extents_(sites.extents()),
        squares_(squares_of(extents_[0], spacing_mm[0])),
        along_1_(extents_[1], spacing_mm[1]),
        along_2_(extents_[2], spacing_mm[2]),
        planes_(static_cast<size_t>(extents_[1] * extents_[2] * kLanes)),
        heights_(static_cast<size_t>(extents_[1] * kLanes)),
        results_(static_cast<size_t>(extents_[2] * kLanes)),
        asked_of_row_(static_cast<size_t>(extents_[1])) {
    list_rows();
  }

  void run(const std::function<void(const TransformedLanes&)>& take) {
    for (first_ = 0; first_ < extents_[0]; first_ += kLanes) {
      if (!gather_asked()) {
        continue;
      }
      for (size_t i = 0; i < slices_.size(); ++i) {
        transform_plane(static_cast<int64_t>(i));
      }
      for (int64_t b = 0; b < extents_[1]; ++b) {
        if (asked_of_row_[b] != 0) {
          transform_row(b, take);
        }
      }
    }
  }

 private:
  void list_rows() {
    for (int64_t c = 0; c < extents_[2]; ++c) {
      std::vector<int32_t> rows;
      for (int64_t b = 0; b < extents_[1]; ++b) {
        const uint64_t* row = sites_.row(b, c);
        if (std::any_of(row, row + sites_.row_words(), [](uint64_t word) { return word != 0; })) {
          rows.push_back(static_cast<int32_t>(b));
        }
      }
      if (!rows.empty()) {
        slices_.push_back(static_cast<int32_t>(c));
        rows_of_slice_.push_back(std::move(rows));
      }
    }
  }

  [[nodiscard]] uint64_t asked_bits(int64_t b, int64_t c) const {
    constexpr uint64_t kAll = (uint64_t{1} << kLanes) - 1;
    return asked_.row(b, c)[first_ / kWordBits] >> (first_ % kWordBits) & kAll;
  }

  bool gather_asked() {
    asked_lanes_ = 0;
    for (int64_t b = 0; b < extents_[1]; ++b) {
      uint64_t bits = 0;
      for (int64_t c = 0; c < extents_[2]; ++c) {
        bits |= asked_bits(b, c);
      }
      asked_of_row_[b] = bits;
      asked_lanes_ |= bits;
    }
    return asked_lanes_ != 0;
  }

  // Squared distances to the nearest sites of one row, which has some.
  void transform_line(const uint64_t* row, double* heights) const {
    constexpr int64_t kFar = std::numeric_limits<int64_t>::max() / 4;
    const int64_t end = std::min(first_ + kLanes, extents_[0]);
    std::array<int64_t, kLanes> distances{};
    int64_t site = last_bit_before(row, first_, -kFar);
    for (int64_t x = first_; x < end; ++x) {
      site = (row[x / kWordBits] >> (x % kWordBits) & 1) != 0 ? x : site;
      distances[x - first_] = x - site;
    }
    site = first_bit_from(row, end, sites_.row_words(), kFar);
    for (int64_t x = end - 1; x >= first_; --x) {
      site = (row[x / kWordBits] >> (x % kWordBits) & 1) != 0 ? x : site;
      heights[x - first_] = squares_[std::min(distances[x - first_], site - x)];
    }
  }

  [[nodiscard]] double* plane(int64_t b, int64_t slice) {
    return planes_.data() + (b * extents_[2] + slice) * kLanes;
  }

  void transform_plane(int64_t slice) {
    const std::vector<int32_t>& rows = rows_of_slice_[slice];
    for (size_t i = 0; i < rows.size(); ++i) {
      transform_line(sites_.row(rows[i], slices_[slice]),
                     heights_.data() + static_cast<int64_t>(i) * kLanes);
    }
    const int64_t lanes = std::min(kLanes, extents_[0] - first_);
    for (int64_t lane = 0; lane < lanes; ++lane) {
      if ((asked_lanes_ >> lane & 1) == 0) {
        continue;
      }
      along_1_.build(rows, heights_.data() + lane);
      for (int64_t b = 0; b < extents_[1]; ++b) {
        if (asked_of_row_[b] >> lane & 1) {
          plane(b, slice)[lane] = along_1_.at(b);
        }
      }
    }
  }

  void transform_row(int64_t b, const std::function<void(const TransformedLanes&)>& take) {
    for (uint64_t left = asked_of_row_[b]; left != 0; left &= left - 1) {
      const int64_t lane = std::countr_zero(left);
      along_2_.build(slices_, plane(b, 0) + lane);
      for (int64_t c = 0; c < extents_[2]; ++c) {
        if (asked_bits(b, c) >> lane & 1) {
          results_[c * kLanes + lane] = along_2_.at(c);
        }
      }
    }
    for (int64_t c = 0; c < extents_[2]; ++c) {
      const uint64_t bits = asked_bits(b, c);
      if (bits != 0) {
        TransformedLanes lanes{{first_, b, c}, bits, {}};
        std::copy_n(results_.data() + c * kLanes, kLanes, lanes.squared_mm2.begin());
        take(lanes);
      }
    }
  }

  const BitRows& sites_;
  const BitRows& asked_;
  core::Shape3 extents_;
  std::vector<double> squares_;
  Envelope along_1_;
  Envelope along_2_;
  std::vector<int32_t> slices_;                      // that have sites
  std::vector<std::vector<int32_t>> rows_of_slice_;  // that have sites, for each of slices_
  std::vector<double> planes_;                       // by row along axis 1, slice, lane
  std::vector<double> heights_;
  std::vector<double> results_;
  std::vector<uint64_t> asked_of_row_;  // lanes, by row along axis 1
  uint64_t asked_lanes_ = 0;
  int64_t first_ = 0;
};

}  // namespace

void transform_distances(const BitRows& sites, const BitRows& asked,
                         const std::array<double, 3>& spacing_mm,
                         const std::function<void(const TransformedLanes&)>& take) {
  Transform(sites, asked, spacing_mm).run(take);
}

double transform_work_ns(const BitRows& sites, const BitRows& asked) {
  constexpr double kPlaneNs = 14;  // a column of axis 1: distance, parabola and its evaluation
  constexpr double kColumnNs = 9;  // a parabola of axis 2
  constexpr double kAskedNs = 6;   // an evaluation along axis 2
  const core::Shape3& extents = sites.extents();
  const auto words = static_cast<size_t>(asked.row_words());
  std::vector<uint64_t> lanes(words);
  int64_t columns = 0;
  int64_t points = 0;
  for (int64_t b = 0; b < extents[1]; ++b) {
    std::vector<uint64_t> row_lanes(words);
    for (int64_t c = 0; c < extents[2]; ++c) {
      for (size_t i = 0; i < words; ++i) {
        row_lanes[i] |= asked.row(b, c)[i];
        points += std::popcount(asked.row(b, c)[i]);
      }
    }
    for (size_t i = 0; i < words; ++i) {
      lanes[i] |= row_lanes[i];
      columns += std::popcount(row_lanes[i]);
    }
  }
  int64_t asked_lanes = 0;
  for (const uint64_t word : lanes) {
    asked_lanes += std::popcount(word);
  }
  int64_t slices = 0;
  for (int64_t c = 0; c < extents[2]; ++c) {
    const uint64_t* plane = sites.row(0, c);
    slices +=
        std::any_of(plane, plane + sites.plane_words(), [](uint64_t word) { return word != 0; })
            ? 1
            : 0;
  }
  return kPlaneNs * static_cast<double>(asked_lanes * extents[1] * slices) +
         kColumnNs * static_cast<double>(columns * slices) + kAskedNs * static_cast<double>(points);
}

}  // namespace volseg::score::internal
