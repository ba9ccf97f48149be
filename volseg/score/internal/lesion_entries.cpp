// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "volseg/score/internal/measures.h"

namespace volseg::score::internal {

namespace {

using Value = std::optional<double>;

template <typename Field>
Value of_lesions(const ClassMeasures& each, const Field& field) {
  return each.lesions ? Value(field(*each.lesions)) : std::nullopt;
}

Value as_value(size_t count) { return static_cast<double>(count); }

constexpr std::array kEntries = {
    MetricEntry{.key = "lesion_precision",
                .name = "lesion precision",
                .short_name = "lesion prec.",
                .definition = "matched lesions / lesions of the prediction",
                .value = [](const ClassMeasures& each) { return lesion_precision(*each.lesions); }},
    MetricEntry{.key = "lesion_recall",
                .name = "lesion recall",
                .short_name = "lesion recall",
                .definition = "matched lesions / lesions of the truth",
                .value = [](const ClassMeasures& each) { return lesion_recall(*each.lesions); }},
    MetricEntry{.key = "lesion_f1",
                .name = "lesion F1",
                .short_name = "lesion F1",
                .definition = "2 matched / (lesions of the truth + lesions of the prediction)",
                .headline = true,
                .value = [](const ClassMeasures& each) { return lesion_f1(*each.lesions); }},
    MetricEntry{.key = "panoptic_quality",
                .name = "panoptic quality (PQ)",
                .short_name = "PQ",
                .definition = "sum of the IoU of matched lesions / (matched + half of the others)",
                .source = "Kirillov et al. 2019",
                .headline = true,
                .value = [](const ClassMeasures& each) { return panoptic_quality(*each.lesions); }},
    MetricEntry{
        .key = "segmentation_quality",
        .name = "segmentation quality (SQ)",
        .short_name = "SQ",
        .definition = "mean IoU of matched lesions; no value without a match",
        .source = "Kirillov et al. 2019",
        .needs_presence = false,
        .value = [](const ClassMeasures& each) { return segmentation_quality(*each.lesions); }},
    MetricEntry{
        .key = "matched_lesion_dice",
        .name = "Dice of matched lesions",
        .short_name = "matched Dice",
        .definition = "mean Dice of matched lesions; no value without a match",
        .needs_presence = false,
        .value = [](const ClassMeasures& each) { return matched_lesion_dice(*each.lesions); }},
    MetricEntry{.key = "lesion_dice",
                .name = "lesion-wise Dice",
                .short_name = "lesion Dice",
                .definition = "sum of the Dice of matched lesions / (matched, missed and false "
                              "lesions)",
                .source = "BraTS 2023",
                .headline = true,
                .value = [](const ClassMeasures& each) { return lesion_wise_dice(*each.lesions); }},
    MetricEntry{.key = "false_positive_lesion_volume_ml",
                .name = "volume of false lesions",
                .short_name = "false lesions",
                .unit = "ml",
                .definition = "volume of the predicted lesions without a match",
                .direction = Direction::kLowerIsBetter,
                .needs_presence = false,
                .best = 0,
                .worst = kInfinite,
                .value =
                    [](const ClassMeasures& each) {
                      return of_lesions(
                          each, [](const auto& one) { return one.false_positive_volume_ml; });
                    }},
    MetricEntry{.key = "false_negative_lesion_volume_ml",
                .name = "volume of missed lesions",
                .short_name = "missed lesions",
                .unit = "ml",
                .definition = "volume of the true lesions without a match",
                .direction = Direction::kLowerIsBetter,
                .needs_presence = false,
                .best = 0,
                .worst = kInfinite,
                .value =
                    [](const ClassMeasures& each) {
                      return of_lesions(
                          each, [](const auto& one) { return one.false_negative_volume_ml; });
                    }},
    MetricEntry{
        .key = "truth_lesions",
        .name = "lesions of the truth",
        .short_name = "true lesions",
        .unit = "lesions",
        .definition = "connected components that are not too small",
        .direction = Direction::kNone,
        .needs_presence = false,
        .value = [](const ClassMeasures& each) { return as_value(each.lesions->truth.size()); }},
    MetricEntry{
        .key = "prediction_lesions",
        .name = "lesions of the prediction",
        .short_name = "pred. lesions",
        .unit = "lesions",
        .definition = "connected components that are not too small",
        .direction = Direction::kNone,
        .needs_presence = false,
        .value =
            [](const ClassMeasures& each) { return as_value(each.lesions->prediction.size()); }},
    MetricEntry{
        .key = "matched_lesions",
        .name = "matched lesions",
        .short_name = "matched",
        .unit = "lesions",
        .definition = "pairs, one to one, of an IoU above the threshold, largest sum of IoU",
        .direction = Direction::kNone,
        .needs_presence = false,
        .value = [](const ClassMeasures& each) { return as_value(each.lesions->matches.size()); }},
};

}  // namespace

std::span<const MetricEntry> lesion_entries() { return kEntries; }

}  // namespace volseg::score::internal
