// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "volseg/core/work.h"
#include "volseg/dataset/dataset.h"

namespace volseg::app {

/// What `info` tells of one case.
struct CaseSummary {
  std::string part;
  std::string name;
  std::string type;
  core::Shape3 shape{};
  int64_t channels = 1;
  bool geometry_known = false;
  std::array<double, 3> spacing_mm{1, 1, 1};
  std::array<double, 3> intensity_percentiles{};  ///< 0.5, 50, 99.5 of the first channel
  std::vector<double> class_volumes_ml;           ///< empty without masks
};

/// What `info` tells of a dataset.
struct DatasetSummary {
  std::string name;
  std::vector<std::string> detected;
  std::vector<std::string> warnings;
  std::vector<std::string> class_names;
  std::vector<CaseSummary> cases;
  std::vector<std::string> folds;  ///< one line each
};

/// Reads every case once, one in memory per thread.
[[nodiscard]] DatasetSummary summarize(const dataset::Dataset& dataset,
                                       const core::WorkOptions& work);

[[nodiscard]] std::string to_json(const DatasetSummary& summary);
[[nodiscard]] std::string to_text(const DatasetSummary& summary);

}  // namespace volseg::app
