// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "volseg/dataset/dataset.h"
#include "volseg/plan/recipe.h"
#include "volseg/train/internal/checkpoint.h"
#include "volseg/train/train.h"

namespace volseg::train::internal {

/// The settings and the dataset of a training, without its plan.
[[nodiscard]] RunIdentity identify(const TrainOptions& options, const plan::Recipe& recipe,
                                   const dataset::Dataset& data, int threads);

}  // namespace volseg::train::internal
