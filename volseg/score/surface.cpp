// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/surface.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "volseg/core/error.h"
#include "volseg/score/internal/surface_bits.h"
#include "volseg/score/internal/surface_distances.h"
#include "volseg/score/internal/surface_points.h"

namespace volseg::score {

namespace {

using internal::DirectedDistances;

constexpr std::string_view kOperation = "score.surface";

void require_usable(const mask::RunMask& truth, const mask::RunMask& prediction,
                    const std::array<double, 3>& spacing_mm, const SurfaceSettings& settings) {
  if (truth.shape != prediction.shape) {
    throw Error(ErrorKind::kShape, kOperation,
                fmt::format("truth has shape {}, prediction {}; they must be equal",
                            core::to_string(truth.shape), core::to_string(prediction.shape)));
  }
  for (const double spacing : spacing_mm) {
    if (!(spacing > 0) || !std::isfinite(spacing)) {
      throw Error(ErrorKind::kUsage, kOperation,
                  fmt::format("spacing is {} x {} x {} mm; each must be a number above 0",
                              spacing_mm[0], spacing_mm[1], spacing_mm[2]));
    }
  }
  for (const double percentile : settings.percentiles) {
    if (!(percentile >= 0 && percentile <= 100)) {
      throw Error(ErrorKind::kUsage, kOperation,
                  fmt::format("percentile is {}; it must lie from 0 to 100", percentile));
    }
  }
  for (const double tolerance_mm : settings.tolerances_mm) {
    if (!(tolerance_mm >= 0)) {
      throw Error(ErrorKind::kUsage, kOperation,
                  fmt::format("tolerance is {} mm; it must be 0 or more", tolerance_mm));
    }
  }
}

SurfaceScore summarize(const DirectedDistances& truth, const DirectedDistances& prediction,
                       const SurfaceSettings& settings) {
  SurfaceScore score;
  const double both = truth.weight + prediction.weight;
  const bool by_area = settings.definition == SurfaceDefinition::kElement;
  score.hausdorff_mm = std::max(truth.largest_mm(), prediction.largest_mm());
  for (const double percentile : settings.percentiles) {
    score.hausdorff_percentiles_mm.push_back(
        by_area ? std::max(truth.percentile_of_area(percentile),
                           prediction.percentile_of_area(percentile))
                : std::max(truth.percentile_of_points(percentile),
                           prediction.percentile_of_points(percentile)));
  }
  score.truth_to_prediction_mm = truth.weighted_sum() / truth.weight;
  score.prediction_to_truth_mm = prediction.weighted_sum() / prediction.weight;
  score.symmetric_average_mm = (truth.weighted_sum() + prediction.weighted_sum()) / both;
  for (const double tolerance_mm : settings.tolerances_mm) {
    const double within =
        truth.weight_within(tolerance_mm) + prediction.weight_within(tolerance_mm);
    score.surface_dice.push_back(within / both);
  }
  score.truth_size = truth.weight;
  score.prediction_size = prediction.weight;
  return score;
}

}  // namespace

std::optional<SurfaceScore> score_surface(const mask::RunMask& truth,
                                          const mask::RunMask& prediction,
                                          const std::array<double, 3>& spacing_mm,
                                          const SurfaceSettings& settings) {
  require_usable(truth, prediction, spacing_mm, settings);
  if (truth.runs.empty() || prediction.runs.empty()) {
    return std::nullopt;
  }
  const mask::Box box = internal::joint_box(truth, prediction);
  const auto points_of = [&](const mask::RunMask& mask) {
    return internal::surface_points(internal::crop_to_bits(mask, box), spacing_mm,
                                    settings.definition);
  };
  const internal::SurfacePoints truth_points = points_of(truth);
  const internal::SurfacePoints prediction_points = points_of(prediction);
  return summarize(internal::distances_between(truth_points, prediction_points, spacing_mm),
                   internal::distances_between(prediction_points, truth_points, spacing_mm),
                   settings);
}

}  // namespace volseg::score
