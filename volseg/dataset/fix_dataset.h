// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>
#include <optional>

#include "volseg/core/files.h"
#include "volseg/core/work.h"
#include "volseg/dataset/findings.h"
#include "volseg/dataset/import_settings.h"

namespace volseg::dataset {

/// What the user knows about a dataset and the data cannot tell.
struct FixOptions {
  /// Starts of runs count voxels from 0.
  bool assume_zero_based = false;
  /// Masks are those of arrays whose axis i is axis [i] of the stored image.
  std::optional<std::array<int, 3>> assume_axis_order;
};

/// Writes a copy of a dataset in which everything is repaired that has one meaning: run-length
/// texts become canonical, classes take the order of the first row, plain text becomes lists, image
/// names lose their folder, tables get the columns shape and spacing_mm, leftovers of operating
/// systems stay behind. Images are copied byte for byte; the same input gives the same bytes.
/// @return what `check` finds in the output, the fixes, and members that could not be taken along.
///         When no table can be read nothing is written and `output` is empty.
/// @throws Error(kUsage) when an assumption contradicts the masks; Error(kIo) as archive::ZipWriter
[[nodiscard]] CheckReport fix_dataset(const std::filesystem::path& dataset,
                                      const ImportSettings& settings, const FixOptions& options,
                                      const std::filesystem::path& output,
                                      core::Overwrite overwrite, const core::WorkOptions& work);

}  // namespace volseg::dataset
