// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <functional>

#include "volseg/score/internal/measures.h"

namespace volseg::score::internal {

namespace {

using Value = std::optional<double>;

// Lesions are measured for every class of which the group is asked.
template <auto function>
Value value_of(const ClassMeasures& each) {
  return std::invoke(function, *each.lesions);
}

template <auto field>
Value count_of(const ClassMeasures& each) {
  return static_cast<double>(std::invoke(field, *each.lesions).size());
}

constexpr MetricEntry as_volume(MetricEntry entry) {
  entry.unit = "ml";
  entry.direction = Direction::kLowerIsBetter;
  entry.needs_presence = false;
  entry.best = 0;
  entry.worst = kInfinite;
  return entry;
}

constexpr MetricEntry as_count(MetricEntry entry) {
  entry.unit = "lesions";
  entry.direction = Direction::kNone;
  entry.needs_presence = false;
  return entry;
}

constexpr std::array kEntries = {
    MetricEntry{.key = "lesion_precision",
                .name = "lesion precision",
                .short_name = "lesion prec.",
                .definition = "matched lesions / lesions of the prediction",
                .value = value_of<lesion_precision>},
    MetricEntry{.key = "lesion_recall",
                .name = "lesion recall",
                .short_name = "lesion recall",
                .definition = "matched lesions / lesions of the truth",
                .value = value_of<lesion_recall>},
    MetricEntry{.key = "lesion_f1",
                .name = "lesion F1",
                .short_name = "lesion F1",
                .definition = "2 matched / (lesions of the truth + lesions of the prediction)",
                .headline = true,
                .value = value_of<lesion_f1>},
    MetricEntry{.key = "panoptic_quality",
                .name = "panoptic quality (PQ)",
                .short_name = "PQ",
                .definition = "sum of the IoU of matched lesions / (matched + half of the others)",
                .source = "Kirillov et al. 2019",
                .headline = true,
                .value = value_of<panoptic_quality>},
    MetricEntry{.key = "segmentation_quality",
                .name = "segmentation quality (SQ)",
                .short_name = "SQ",
                .definition = "mean IoU of matched lesions; no value without a match",
                .source = "Kirillov et al. 2019",
                .needs_presence = false,
                .value = value_of<segmentation_quality>},
    MetricEntry{.key = "matched_lesion_dice",
                .name = "Dice of matched lesions",
                .short_name = "matched Dice",
                .definition = "mean Dice of matched lesions; no value without a match",
                .needs_presence = false,
                .value = value_of<matched_lesion_dice>},
    MetricEntry{.key = "lesion_dice",
                .name = "lesion-wise Dice",
                .short_name = "lesion Dice",
                .definition = "sum of the Dice of matched lesions / (matched, missed and false "
                              "lesions)",
                .source = "BraTS 2023",
                .headline = true,
                .value = value_of<lesion_wise_dice>},
    as_volume({.key = "false_positive_lesion_volume_ml",
               .name = "volume of false lesions",
               .short_name = "false lesions",
               .definition = "volume of the predicted lesions without a match",
               .value = value_of<&LesionScore::false_positive_volume_ml>}),
    as_volume({.key = "false_negative_lesion_volume_ml",
               .name = "volume of missed lesions",
               .short_name = "missed lesions",
               .definition = "volume of the true lesions without a match",
               .value = value_of<&LesionScore::false_negative_volume_ml>}),
    as_count({.key = "truth_lesions",
              .name = "lesions of the truth",
              .short_name = "true lesions",
              .definition = "connected components that are not too small",
              .value = count_of<&LesionScore::truth>}),
    as_count({.key = "prediction_lesions",
              .name = "lesions of the prediction",
              .short_name = "pred. lesions",
              .definition = "connected components that are not too small",
              .value = count_of<&LesionScore::prediction>}),
    as_count({.key = "matched_lesions",
              .name = "matched lesions",
              .short_name = "matched",
              .definition = "pairs, one to one, of an IoU above the threshold, largest sum of IoU",
              .value = count_of<&LesionScore::matches>}),
};

}  // namespace

std::span<const MetricEntry> lesion_entries() { return kEntries; }

}  // namespace volseg::score::internal
