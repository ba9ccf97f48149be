// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "volseg/core/files.h"

namespace volseg::train::internal {

/// Names inside a run folder; docs/formats/run-folder.md.
struct RunPaths {
  RunPaths(const std::filesystem::path& run, int fold_index);

  std::filesystem::path run, config, plan, prepared, fold;
  std::filesystem::path log, metrics, summary, last, previous, next, best;
};

/// Checks whether a training may use the folder; changes nothing.
/// @return true when a training of this fold is to be continued
/// @throws Error(kIo) when the fold was trained before and neither `resume` nor kYes is given, or
///         the folder is not a run folder; Error(kNotFound) when there is nothing to resume
bool check_run_folder(const RunPaths& paths, bool resume, core::Overwrite overwrite);

/// True when a trained fold of the run binds settings and plan of this training.
[[nodiscard]] bool binds_settings(const RunPaths& paths, core::Overwrite overwrite);

/// Makes the run folder and the fold's folder; without `keep_folds`, what was trained before is
/// removed.
void make_run_folder(const RunPaths& paths, bool keep_folds);

/// What a run's config.yaml says of its training.
struct RecordedSettings {
  std::string recipe_yaml;
  uint64_t seed = 0;
};

/// The recorded settings of a run. @throws Error(kFormat) when config.yaml was not written by
/// volseg
[[nodiscard]] RecordedSettings recorded_settings(const RunPaths& paths);

/// The first line that two settings texts do not share, as `key: value` of both; empty when they
/// agree. Lines whose key is `device`, `threads`, `fold`, `seed` or `dataset` are not compared when
/// `whole` is false; `device`, `threads` and `dataset` never are.
[[nodiscard]] std::string first_difference(std::string_view before, std::string_view now,
                                           bool whole);

}  // namespace volseg::train::internal
