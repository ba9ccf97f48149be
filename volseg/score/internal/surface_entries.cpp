// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "volseg/score/internal/measures.h"

namespace volseg::score::internal {

namespace {

using Value = std::optional<double>;

// A field of the surface score; none where a side is absent.
template <typename Field>
Value of_surface(const ClassMeasures& each, const Field& field) {
  return each.surface ? Value(field(*each.surface)) : std::nullopt;
}

constexpr std::array kEntries = {
    MetricEntry{.key = "hausdorff_mm",
                .name = "Hausdorff distance",
                .short_name = "HD",
                .unit = "mm",
                .definition = "the largest distance from a point of either surface to the other "
                              "surface",
                .source = "Huttenlocher et al. 1993",
                .direction = Direction::kLowerIsBetter,
                .best = 0,
                .worst = kInfinite,
                .value =
                    [](const ClassMeasures& each) {
                      return of_surface(each, [](const auto& one) { return one.hausdorff_mm; });
                    }},
    MetricEntry{.key = "hausdorff_{percentile}_mm",
                .name = "Hausdorff distance, {percentile}th percentile",
                .short_name = "HD{percentile}",
                .unit = "mm",
                .definition = "the larger of the {percentile}th percentiles of the distances from "
                              "each surface to the other",
                .source = "Huttenlocher et al. 1993",
                .direction = Direction::kLowerIsBetter,
                .headline = true,
                .best = 0,
                .worst = kInfinite,
                .value =
                    [](const ClassMeasures& each) {
                      return of_surface(each, [](const auto& one) {
                        return one.hausdorff_percentiles_mm.front();
                      });
                    }},
    MetricEntry{.key = "average_surface_distance_mm",
                .name = "average surface distance (ASD)",
                .short_name = "ASD",
                .unit = "mm",
                .definition = "mean distance from the prediction's surface to the truth's",
                .source = "Heimann et al. 2009",
                .direction = Direction::kLowerIsBetter,
                .best = 0,
                .worst = kInfinite,
                .value =
                    [](const ClassMeasures& each) {
                      return of_surface(each,
                                        [](const auto& one) { return one.prediction_to_truth_mm; });
                    }},
    MetricEntry{.key = "average_surface_distance_from_truth_mm",
                .name = "average surface distance from the truth",
                .short_name = "ASD truth",
                .unit = "mm",
                .definition = "mean distance from the truth's surface to the prediction's",
                .source = "Heimann et al. 2009",
                .direction = Direction::kLowerIsBetter,
                .best = 0,
                .worst = kInfinite,
                .value =
                    [](const ClassMeasures& each) {
                      return of_surface(each,
                                        [](const auto& one) { return one.truth_to_prediction_mm; });
                    }},
    MetricEntry{.key = "average_symmetric_surface_distance_mm",
                .name = "average symmetric surface distance (ASSD)",
                .short_name = "ASSD",
                .unit = "mm",
                .definition = "mean of the distances from each surface to the other, both together",
                .source = "Heimann et al. 2009",
                .direction = Direction::kLowerIsBetter,
                .headline = true,
                .best = 0,
                .worst = kInfinite,
                .value =
                    [](const ClassMeasures& each) {
                      return of_surface(each,
                                        [](const auto& one) { return one.symmetric_average_mm; });
                    }},
    MetricEntry{.key = "surface_dice",
                .name = "surface Dice (NSD)",
                .short_name = "NSD",
                .definition = "share of both surfaces that lies within the tolerance of the other",
                .source = "Nikolov et al. 2018",
                .headline = true,
                .value =
                    [](const ClassMeasures& each) {
                      return of_surface(each,
                                        [](const auto& one) { return one.surface_dice.front(); });
                    }},
};

}  // namespace

std::span<const MetricEntry> surface_entries() { return kEntries; }

}  // namespace volseg::score::internal
