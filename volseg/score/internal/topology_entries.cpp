// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "volseg/score/internal/measures.h"

namespace volseg::score::internal {

namespace {

using Value = std::optional<double>;

Value as_value(int64_t count) { return static_cast<double>(count); }

constexpr std::array kEntries = {
    MetricEntry{
        .key = "cl_dice",
        .name = "centreline Dice (clDice)",
        .short_name = "clDice",
        .definition = "harmonic mean of topology precision and topology sensitivity",
        .source = "Shit et al. 2021",
        .headline = true,
        .value = [](const ClassMeasures& each) { return centreline_dice(*each.centrelines); }},
    MetricEntry{
        .key = "topology_precision",
        .name = "topology precision",
        .short_name = "topo. prec.",
        .definition = "share of the prediction's centreline that lies in the truth",
        .source = "Shit et al. 2021",
        .value = [](const ClassMeasures& each) { return topology_precision(*each.centrelines); }},
    MetricEntry{
        .key = "topology_sensitivity",
        .name = "topology sensitivity",
        .short_name = "topo. sens.",
        .definition = "share of the truth's centreline that lies in the prediction",
        .source = "Shit et al. 2021",
        .value = [](const ClassMeasures& each) { return topology_sensitivity(*each.centrelines); }},
    MetricEntry{
        .key = "betti_0_error",
        .name = "Betti-0 error",
        .short_name = "Betti-0 err.",
        .unit = "components",
        .definition = "|components of the prediction - components of the truth|",
        .direction = Direction::kLowerIsBetter,
        .headline = true,
        .needs_presence = false,
        .best = 0,
        .worst = kInfinite,
        .value =
            [](const ClassMeasures& each) { return as_value(betti_0_error(each.components)); }},
    MetricEntry{.key = "truth_components",
                .name = "components of the truth",
                .short_name = "true comp.",
                .unit = "components",
                .definition = "connected components",
                .direction = Direction::kNone,
                .needs_presence = false,
                .value = [](const ClassMeasures& each) { return as_value(each.components.truth); }},
    MetricEntry{
        .key = "prediction_components",
        .name = "components of the prediction",
        .short_name = "pred. comp.",
        .unit = "components",
        .definition = "connected components",
        .direction = Direction::kNone,
        .needs_presence = false,
        .value = [](const ClassMeasures& each) { return as_value(each.components.prediction); }},
};

}  // namespace

std::span<const MetricEntry> topology_entries() { return kEntries; }

}  // namespace volseg::score::internal
