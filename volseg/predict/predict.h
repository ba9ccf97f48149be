// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "volseg/core/files.h"
#include "volseg/core/work.h"
#include "volseg/dataset/import_settings.h"

namespace volseg::predict {

/// What to write: label maps in the input's own format, in one chosen format, or a dataset zip.
enum class OutputFormat { kAsInput, kNiftiGz, kNpy, kDataset };

struct PredictOptions {
  std::filesystem::path run;     ///< run folder of a training
  std::filesystem::path input;   ///< image file, folder of images or slices, zip of slices, dataset
  std::filesystem::path output;  ///< folder of label maps (one file for one input file), or .zip
  dataset::ImportSettings import_settings;
  std::optional<std::string> series;  ///< as volume::ReadOptions::series
  /// Rows of a dataset: train, validation, test; auto: test, else validation. Without a validation
  /// table, validation is what the run's fold held out.
  std::string part = "auto";
  OutputFormat format = OutputFormat::kAsInput;
  int fold = 0;
  std::string checkpoint = "best";  ///< best or last
  bool mirror = false;              ///< average over mirrored inputs
  double step_fraction = 0.5;       ///< of the patch, between windows
  core::Overwrite overwrite = core::Overwrite::kNo;
  std::string device = "auto";
  core::WorkOptions work;
};

struct PredictSummary {
  int64_t cases = 0;
  double network_s = 0;
  double total_s = 0;
  int64_t peak_memory_bytes = 0;
  std::vector<std::string> written;  ///< file names in the output
};

/// Predicts every case; each output file appears whole. A folder of label maps also gets
/// label_names.json. Softmax: label i + 1 is class i of the plan, 0 background. Classes that may
/// overlap (sigmoid) are written as one file per class, or as a dataset.
/// @throws Error; cases are checked before the first is predicted
PredictSummary predict(const PredictOptions& options);

}  // namespace volseg::predict
