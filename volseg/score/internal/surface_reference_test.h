// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/mask/run_mask.h"
#include "volseg/score/internal/surface_elements.h"
#include "volseg/score/internal/surface_masks_test.h"
#include "volseg/score/surface.h"

// Surface distances by comparing every point with every other.
namespace volseg::score::internal {

struct PlainPoint {
  core::Shape3 index{};
  double weight = 1;
};

inline bool plain_inside(const core::Array<uint8_t>& voxels, const core::Shape3& index) {
  for (int axis = 0; axis < 3; ++axis) {
    if (index[axis] < 0 || index[axis] >= voxels.shape()[axis]) {
      return false;
    }
  }
  return voxels.view()(index[0], index[1], index[2]) != 0;
}

inline bool plain_has_outer_face(const core::Array<uint8_t>& voxels, const core::Shape3& index) {
  for (int axis = 0; axis < 3; ++axis) {
    for (const int64_t step : {-1, 1}) {
      core::Shape3 neighbour = index;
      neighbour[axis] += step;
      if (!plain_inside(voxels, neighbour)) {
        return true;
      }
    }
  }
  return false;
}

inline unsigned plain_code(const core::Array<uint8_t>& voxels, const core::Shape3& corner) {
  unsigned code = 0;
  for (int bit = 0; bit < 8; ++bit) {
    const core::Shape3 voxel = {corner[0] - 1 + bit % 2, corner[1] - 1 + bit / 2 % 2,
                                corner[2] - 1 + bit / 4};
    code |= plain_inside(voxels, voxel) ? 1U << bit : 0U;
  }
  return code;
}

inline std::vector<PlainPoint> plain_points(const mask::RunMask& mask,
                                            const std::array<double, 3>& spacing_mm,
                                            SurfaceDefinition definition) {
  const core::Array<uint8_t> voxels = to_voxels(mask);
  const auto areas_mm2 = element_areas_mm2(spacing_mm);
  const bool corners = definition != SurfaceDefinition::kVoxel;
  const int64_t more = corners ? 1 : 0;
  const core::Shape3 extents = {mask.shape[0] + more, mask.shape[1] + more, mask.shape[2] + more};
  std::vector<PlainPoint> points;
  for (int64_t i = 0; i < core::voxel_count(extents); ++i) {
    const core::Shape3 index = {i % extents[0], i / extents[0] % extents[1],
                                i / extents[0] / extents[1]};
    const unsigned code = corners ? plain_code(voxels, index) : 0;
    if (corners && code != 0 && code != 255) {
      points.push_back({index, definition == SurfaceDefinition::kElement ? areas_mm2[code] : 1});
    }
    if (!corners && plain_inside(voxels, index) && plain_has_outer_face(voxels, index)) {
      points.push_back({index, 1});
    }
  }
  return points;
}

struct PlainDistance {
  double distance_mm = 0;
  double weight = 0;
};

inline std::vector<PlainDistance> plain_distances(const std::vector<PlainPoint>& points,
                                                  const std::vector<PlainPoint>& sites,
                                                  const std::array<double, 3>& spacing_mm) {
  std::vector<PlainDistance> distances;
  for (const PlainPoint& point : points) {
    double nearest = 1e300;
    for (const PlainPoint& site : sites) {
      double squared = 0;
      for (int axis = 0; axis < 3; ++axis) {
        const double offset_mm =
            static_cast<double>(site.index[axis] - point.index[axis]) * spacing_mm[axis];
        squared += offset_mm * offset_mm;
      }
      nearest = std::min(nearest, squared);
    }
    distances.push_back({std::sqrt(nearest), point.weight});
  }
  std::sort(distances.begin(), distances.end(),
            [](const PlainDistance& one, const PlainDistance& other) {
              return one.distance_mm < other.distance_mm;
            });
  return distances;
}

inline double plain_weight(const std::vector<PlainDistance>& distances) {
  double weight = 0;
  for (const PlainDistance& each : distances) {
    weight += each.weight;
  }
  return weight;
}

inline double plain_percentile(const std::vector<PlainDistance>& distances, double percentile,
                               bool by_area) {
  if (by_area) {
    double area = 0;
    for (const PlainDistance& each : distances) {
      area += each.weight;
      if (area >= percentile / 100 * plain_weight(distances) * (1 - 1e-12)) {
        return each.distance_mm;
      }
    }
    return distances.back().distance_mm;
  }
  const double rank = percentile / 100 * static_cast<double>(distances.size() - 1);
  const auto below = static_cast<size_t>(rank);
  const size_t above = std::min(below + 1, distances.size() - 1);
  const double fraction = rank - std::floor(rank);
  return distances[below].distance_mm * (1 - fraction) + distances[above].distance_mm * fraction;
}

inline double plain_mean(const std::vector<PlainDistance>& distances) {
  double sum = 0;
  for (const PlainDistance& each : distances) {
    sum += each.distance_mm * each.weight;
  }
  return sum / plain_weight(distances);
}

inline SurfaceScore plain_summary(const std::vector<PlainDistance>& truth,
                                  const std::vector<PlainDistance>& prediction,
                                  const SurfaceSettings& settings) {
  const bool by_area = settings.definition == SurfaceDefinition::kElement;
  std::vector<PlainDistance> both = truth;
  both.insert(both.end(), prediction.begin(), prediction.end());
  SurfaceScore score;
  score.hausdorff_mm = std::max(truth.back().distance_mm, prediction.back().distance_mm);
  for (const double percentile : settings.percentiles) {
    score.hausdorff_percentiles_mm.push_back(
        std::max(plain_percentile(truth, percentile, by_area),
                 plain_percentile(prediction, percentile, by_area)));
  }
  score.truth_to_prediction_mm = plain_mean(truth);
  score.prediction_to_truth_mm = plain_mean(prediction);
  score.symmetric_average_mm = plain_mean(both);
  for (const double tolerance_mm : settings.tolerances_mm) {
    double within = 0;
    for (const PlainDistance& each : both) {
      within += each.distance_mm <= tolerance_mm ? each.weight : 0;
    }
    score.surface_dice.push_back(within / plain_weight(both));
  }
  score.truth_size = plain_weight(truth);
  score.prediction_size = plain_weight(prediction);
  return score;
}

inline std::optional<SurfaceScore> plain_score(const mask::RunMask& truth,
                                               const mask::RunMask& prediction,
                                               const std::array<double, 3>& spacing_mm,
                                               const SurfaceSettings& settings) {
  const auto truth_points = plain_points(truth, spacing_mm, settings.definition);
  const auto prediction_points = plain_points(prediction, spacing_mm, settings.definition);
  if (truth_points.empty() || prediction_points.empty()) {
    return std::nullopt;
  }
  return plain_summary(plain_distances(truth_points, prediction_points, spacing_mm),
                       plain_distances(prediction_points, truth_points, spacing_mm), settings);
}

/// Sums are taken in another order than expected, so the last digits differ.
inline void expect_same_score(const SurfaceScore& found, const SurfaceScore& expected) {
  const auto near = [](double one, double other, const char* what) {
    EXPECT_NEAR(one, other, 1e-12 * (1 + std::abs(other))) << what;
  };
  near(found.hausdorff_mm, expected.hausdorff_mm, "hausdorff");
  ASSERT_EQ(found.hausdorff_percentiles_mm.size(), expected.hausdorff_percentiles_mm.size());
  for (size_t i = 0; i < expected.hausdorff_percentiles_mm.size(); ++i) {
    near(found.hausdorff_percentiles_mm[i], expected.hausdorff_percentiles_mm[i], "percentile");
  }
  near(found.truth_to_prediction_mm, expected.truth_to_prediction_mm, "truth to prediction");
  near(found.prediction_to_truth_mm, expected.prediction_to_truth_mm, "prediction to truth");
  near(found.symmetric_average_mm, expected.symmetric_average_mm, "symmetric average");
  ASSERT_EQ(found.surface_dice.size(), expected.surface_dice.size());
  for (size_t i = 0; i < expected.surface_dice.size(); ++i) {
    near(found.surface_dice[i], expected.surface_dice[i], "surface dice");
  }
  near(found.truth_size, expected.truth_size, "truth size");
  near(found.prediction_size, expected.prediction_size, "prediction size");
}

}  // namespace volseg::score::internal
