// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "volseg/score/internal/measures.h"

namespace volseg::score::internal {

namespace {

using Value = std::optional<double>;

// A field of the surface score; none where a side is absent.
template <double SurfaceScore::*field>
Value value_of(const ClassMeasures& each) {
  return each.surface ? Value((*each.surface).*field) : std::nullopt;
}

// The first of a field of several.
template <std::vector<double> SurfaceScore::*field>
Value first_of(const ClassMeasures& each) {
  return each.surface ? Value(((*each.surface).*field).front()) : std::nullopt;
}

constexpr MetricEntry as_distance(MetricEntry entry) {
  entry.unit = "mm";
  entry.direction = Direction::kLowerIsBetter;
  entry.best = 0;
  entry.worst = kInfinite;
  return entry;
}

constexpr std::array kEntries = {
    as_distance({.key = "hausdorff_mm",
                 .name = "Hausdorff distance",
                 .short_name = "HD",
                 .definition = "the largest distance from a point of either surface to the other "
                               "surface",
                 .source = "Huttenlocher et al. 1993",
                 .value = value_of<&SurfaceScore::hausdorff_mm>}),
    as_distance({.key = "hausdorff_{percentile}_mm",
                 .name = "Hausdorff distance, {percentile}th percentile",
                 .short_name = "HD{percentile}",
                 .definition = "the larger of the {percentile}th percentiles of the distances from "
                               "each surface to the other",
                 .source = "Huttenlocher et al. 1993",
                 .headline = true,
                 .value = first_of<&SurfaceScore::hausdorff_percentiles_mm>}),
    as_distance({.key = "average_surface_distance_mm",
                 .name = "average surface distance (ASD)",
                 .short_name = "ASD",
                 .definition = "mean distance from the prediction's surface to the truth's",
                 .source = "Heimann et al. 2009",
                 .value = value_of<&SurfaceScore::prediction_to_truth_mm>}),
    as_distance({.key = "average_surface_distance_from_truth_mm",
                 .name = "average surface distance from the truth",
                 .short_name = "ASD truth",
                 .definition = "mean distance from the truth's surface to the prediction's",
                 .source = "Heimann et al. 2009",
                 .value = value_of<&SurfaceScore::truth_to_prediction_mm>}),
    as_distance(
        {.key = "average_symmetric_surface_distance_mm",
         .name = "average symmetric surface distance (ASSD)",
         .short_name = "ASSD",
         .definition = "mean of the distances from each surface to the other, both together",
         .source = "Heimann et al. 2009",
         .headline = true,
         .value = value_of<&SurfaceScore::symmetric_average_mm>}),
    MetricEntry{.key = "surface_dice",
                .name = "surface Dice (NSD)",
                .short_name = "NSD",
                .definition = "share of both surfaces that lies within the tolerance of the other",
                .source = "Nikolov et al. 2018",
                .headline = true,
                .value = first_of<&SurfaceScore::surface_dice>},
};

}  // namespace

std::span<const MetricEntry> surface_entries() { return kEntries; }

}  // namespace volseg::score::internal
