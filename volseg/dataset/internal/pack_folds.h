// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "volseg/dataset/internal/pack_inputs.h"
#include "volseg/dataset/pack.h"

namespace volseg::dataset::internal {

/// Gives the training cases the folds that `options` asks for: groups, largest first, go to the
/// fold with the fewest cases, equal sizes in an order drawn by the seed. Without such a wish it
/// checks that all cases or none have a fold.
/// @throws Error(kUsage) when there are fewer groups than folds; Error(kFormat) listing cases
///         without a fold beside others with one
void make_folds(const PackOptions& options, PackInputs& inputs);

/// Takes the splits of nnU-Net's splits_final.json: several become folds numbered from 0, one
/// becomes a validation table. Splits that are neither leave the cases as they are, with a warning.
/// @throws Error(kFormat) on another content
void take_splits(const std::filesystem::path& file, PackInputs& inputs);

}  // namespace volseg::dataset::internal
