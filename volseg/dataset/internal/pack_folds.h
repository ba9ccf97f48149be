// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "volseg/dataset/internal/pack_case.h"
#include "volseg/dataset/internal/pack_inputs.h"
#include "volseg/dataset/pack.h"

namespace volseg::dataset::internal {

/// Checks what `options` asks for before cases are read: enough groups for the folds or, without
/// folds to make, that all training cases have a fold or none has.
/// @throws Error(kUsage) when there are fewer groups than folds; Error(kFormat) listing cases
///         without a fold beside others with one
void check_folds(const PackOptions& options, PackInputs& inputs);

/// Gives the training cases the folds that `options` asks for, as a dataset without folds gets them
/// when it is opened: see balance_folds.
/// @param packed  the training cases, read
void make_folds(const PackOptions& options, const std::vector<PackedCase>& packed,
                const std::vector<std::string>& class_names, std::vector<PackCase>& cases);

/// Takes the splits of nnU-Net's splits_final.json: several become folds numbered from 0, one
/// becomes a validation table. Splits that are neither leave the cases as they are, with a warning.
/// @throws Error(kFormat) on another content
void take_splits(const std::filesystem::path& file, PackInputs& inputs);

}  // namespace volseg::dataset::internal
