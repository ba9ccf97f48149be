// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/measures.h"

#include <algorithm>

namespace volseg::score::internal {

namespace {

constexpr double kCubicMillimetresPerMillilitre = 1000;

LesionSettings lesion_settings(const MetricSettings& settings, double voxel_volume_ml) {
  // Half a voxel less, so that a lesion of exactly that many voxels stays whatever the rounding.
  const double smallest_ml =
      (static_cast<double>(settings.smallest_lesion_voxels) - 0.5) * voxel_volume_ml;
  return {.connectivity = settings.lesion_connectivity,
          .iou_threshold_fraction = settings.lesion_threshold_fraction,
          .smallest_ml = std::max({smallest_ml, settings.smallest_lesion_ml, 0.0}),
          .voxel_volume_ml = voxel_volume_ml};
}

}  // namespace

ClassMeasures measure_class(const mask::RunMask& truth, const mask::RunMask& prediction,
                            const std::array<double, 3>& spacing_mm, double tolerance_mm,
                            const MetricSettings& settings) {
  ClassMeasures measures;
  measures.counts = count_overlap(truth, prediction);
  measures.voxel_volume_ml =
      spacing_mm[0] * spacing_mm[1] * spacing_mm[2] / kCubicMillimetresPerMillilitre;
  if (settings.has(MetricGroup::kSurface)) {
    measures.surface = score_surface(truth, prediction, spacing_mm,
                                     {.definition = settings.surface,
                                      .percentiles = {settings.percentile},
                                      .tolerances_mm = {tolerance_mm}});
  }
  if (settings.has(MetricGroup::kLesions)) {
    measures.lesions =
        score_lesions(truth, prediction, lesion_settings(settings, measures.voxel_volume_ml));
  }
  if (settings.has(MetricGroup::kTopology)) {
    measures.centrelines = score_centrelines(truth, prediction);
    measures.components = count_components(truth, prediction, settings.lesion_connectivity);
  }
  return measures;
}

}  // namespace volseg::score::internal
