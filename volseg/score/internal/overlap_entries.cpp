// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "volseg/score/internal/measures.h"

namespace volseg::score::internal {

namespace {

double as_number(int64_t count) { return static_cast<double>(count); }

constexpr std::array kEntries = {
    MetricEntry{.key = "dice",
                .name = "Dice",
                .short_name = "Dice",
                .definition = "2 TP / (2 TP + FP + FN)",
                .source = "Dice 1945",
                .headline = true,
                .value = [](const ClassMeasures& each) { return dice(each.counts); }},
    MetricEntry{.key = "iou",
                .name = "IoU",
                .short_name = "IoU",
                .definition = "TP / (TP + FP + FN)",
                .source = "Jaccard 1912",
                .headline = true,
                .value = [](const ClassMeasures& each) { return iou(each.counts); }},
    MetricEntry{.key = "precision",
                .name = "precision",
                .short_name = "precision",
                .definition = "TP / (TP + FP)",
                .value = [](const ClassMeasures& each) { return precision(each.counts); }},
    MetricEntry{.key = "recall",
                .name = "recall",
                .short_name = "recall",
                .definition = "TP / (TP + FN)",
                .value = [](const ClassMeasures& each) { return recall(each.counts); }},
    MetricEntry{.key = "specificity",
                .name = "specificity",
                .short_name = "specificity",
                .definition = "TN / (TN + FP)",
                .needs_presence = false,
                .value = [](const ClassMeasures& each) { return specificity(each.counts); }},
    MetricEntry{.key = "volume_similarity",
                .name = "volume similarity",
                .short_name = "volume sim.",
                .definition = "1 - |FN - FP| / (2 TP + FP + FN)",
                .source = "Taha and Hanbury 2015",
                .value = [](const ClassMeasures& each) { return volume_similarity(each.counts); }},
    MetricEntry{
        .key = "relative_volume_difference",
        .name = "relative volume difference",
        .short_name = "rel. volume",
        .definition = "(FP - FN) / (TP + FN): positive where the prediction is larger",
        .direction = Direction::kNone,
        .best = 0,
        .worst = kInfinite,
        .value = [](const ClassMeasures& each) { return relative_volume_difference(each.counts); }},
    MetricEntry{.key = "absolute_volume_difference_ml",
                .name = "absolute volume difference",
                .short_name = "|volume|",
                .unit = "ml",
                .definition = "|FP - FN| times the volume of a voxel",
                .direction = Direction::kLowerIsBetter,
                .needs_presence = false,
                .best = 0,
                .worst = kInfinite,
                .value = [](const ClassMeasures& each) -> std::optional<double> {
                  return absolute_volume_difference_ml(each.counts, each.voxel_volume_ml);
                }},
    MetricEntry{.key = "cohen_kappa",
                .name = "Cohen's kappa",
                .short_name = "kappa",
                .definition =
                    "(observed - chance agreement) / (1 - chance agreement) of the voxels, "
                    "those outside included",
                .source = "Cohen 1960",
                .value = [](const ClassMeasures& each) { return cohen_kappa(each.counts); }},
    MetricEntry{.key = "true_positive",
                .name = "true positive (TP)",
                .short_name = "TP",
                .unit = "voxels",
                .definition = "voxels of the class in truth and in prediction",
                .direction = Direction::kNone,
                .needs_presence = false,
                .value = [](const ClassMeasures& each) -> std::optional<double> {
                  return as_number(each.counts.true_positive);
                }},
    MetricEntry{.key = "false_positive",
                .name = "false positive (FP)",
                .short_name = "FP",
                .unit = "voxels",
                .definition = "voxels of the class in the prediction only",
                .direction = Direction::kNone,
                .needs_presence = false,
                .value = [](const ClassMeasures& each) -> std::optional<double> {
                  return as_number(each.counts.false_positive);
                }},
    MetricEntry{.key = "false_negative",
                .name = "false negative (FN)",
                .short_name = "FN",
                .unit = "voxels",
                .definition = "voxels of the class in the truth only",
                .direction = Direction::kNone,
                .needs_presence = false,
                .value = [](const ClassMeasures& each) -> std::optional<double> {
                  return as_number(each.counts.false_negative);
                }},
    MetricEntry{.key = "true_negative",
                .name = "true negative (TN)",
                .short_name = "TN",
                .unit = "voxels",
                .definition = "voxels of the volume in neither",
                .direction = Direction::kNone,
                .needs_presence = false,
                .value = [](const ClassMeasures& each) -> std::optional<double> {
                  return as_number(each.counts.true_negative);
                }},
    MetricEntry{.key = "truth_voxels",
                .name = "voxels of the truth",
                .short_name = "truth voxels",
                .unit = "voxels",
                .definition = "TP + FN",
                .direction = Direction::kNone,
                .needs_presence = false,
                .value = [](const ClassMeasures& each) -> std::optional<double> {
                  return as_number(each.counts.truth_voxels());
                }},
    MetricEntry{.key = "prediction_voxels",
                .name = "voxels of the prediction",
                .short_name = "pred. voxels",
                .unit = "voxels",
                .definition = "TP + FP",
                .direction = Direction::kNone,
                .needs_presence = false,
                .value = [](const ClassMeasures& each) -> std::optional<double> {
                  return as_number(each.counts.prediction_voxels());
                }},
    MetricEntry{.key = "truth_volume_ml",
                .name = "volume of the truth",
                .short_name = "truth",
                .unit = "ml",
                .definition = "TP + FN voxels times the product of the spacings in mm / 1000",
                .direction = Direction::kNone,
                .needs_presence = false,
                .value = [](const ClassMeasures& each) -> std::optional<double> {
                  return as_number(each.counts.truth_voxels()) * each.voxel_volume_ml;
                }},
    MetricEntry{.key = "prediction_volume_ml",
                .name = "volume of the prediction",
                .short_name = "prediction",
                .unit = "ml",
                .definition = "TP + FP voxels times the product of the spacings in mm / 1000",
                .direction = Direction::kNone,
                .needs_presence = false,
                .value = [](const ClassMeasures& each) -> std::optional<double> {
                  return as_number(each.counts.prediction_voxels()) * each.voxel_volume_ml;
                }},
    MetricEntry{
        .key = "generalized_dice",
        .name = "generalized Dice",
        .short_name = "gen. Dice",
        .definition = "of all classes of a case: 2 sum(w TP) / sum(w (2 TP + FP + FN)), w = "
                      "1 / (TP + FN)^2; a class without truth takes the largest w",
        .source = "Crum et al. 2006, Sudre et al. 2017",
        .headline = true,
        .case_value =
            [](std::span<const OverlapCounts> classes) { return generalized_dice(classes); }},
};

}  // namespace

std::span<const MetricEntry> overlap_entries() { return kEntries; }

}  // namespace volseg::score::internal
