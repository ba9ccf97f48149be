// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "volseg/dataset/dataset.h"
#include "volseg/mask/run_mask.h"

namespace volseg::report::internal {

/// Predictions of any form that `predict` writes: a dataset, a folder of label maps (one file for a
/// case, or one for each class named <case>_<class>), or one label map.
class PredictedMasks {
 public:
  /// @param class_names  of the truth; label i + 1 is class i where there is no label_names.json
  PredictedMasks(const std::filesystem::path& path, std::vector<std::string> class_names);

  /// The mask of a class in a case, empty where nothing is predicted. @throws Error when a file is
  /// unsound
  [[nodiscard]] mask::RunMask load(const std::string& case_name, size_t class_index,
                                   const core::Shape3& shape) const;

 private:
  [[nodiscard]] mask::RunMask load_row(const std::string& case_name, size_t class_index,
                                       const core::Shape3& shape) const;

  std::vector<std::string> class_names_;
  std::optional<dataset::Dataset> dataset_;
  std::map<std::string, std::filesystem::path> files_;  // by stem
  std::map<int32_t, std::string> label_names_;
};

}  // namespace volseg::report::internal
