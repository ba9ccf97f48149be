// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "volseg/core/progress.h"
#include "volseg/core/threads.h"
#include "volseg/dataset/import_settings.h"
#include "volseg/score/score_table.h"

namespace volseg::score {

struct ScoreOptions {
  /// Table of a truth dataset: train, validation, test; auto: those with a case of the prediction.
  std::string part = "auto";
  /// Names of label values, for label maps that have no label_names.json beside them; may be empty.
  std::filesystem::path label_names;
  dataset::ImportSettings import_settings;  ///< of a truth dataset
  int threads = 0;
  core::ProgressSink* progress = nullptr;
  const core::CancelToken* cancel = nullptr;
};

/// Scores predictions against the truth. Each side is a dataset (zip, or folder with Parquet
/// tables), a folder of label maps, or one label map file. Cases are matched by file name without
/// extension, classes by name; what has no partner is told in `notes`. Labels without names: value
/// i + 1 is class i of the truth. One case for each thread is in memory at a time.
/// @throws Error(kShape) with both values when shapes or known geometries of a case differ;
///         Error(kNotFound) when no case or no class matches; Error(kFormat) for a label without a
///         name; Error(kUsage) when a case name occurs twice
[[nodiscard]] ScoreTable score_paths(const std::filesystem::path& truth,
                                     const std::filesystem::path& prediction,
                                     const ScoreOptions& options);

}  // namespace volseg::score
