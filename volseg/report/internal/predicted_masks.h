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
/// case, or one for each class named <case>_<class>), or one label map. label_names.json lies
/// beside the label maps, or one level up where their folder is named labels.
class PredictedMasks {
 public:
  /// @param class_names  of the truth; label i + 1 is class i where there is no label_names.json
  PredictedMasks(const std::filesystem::path& path, std::vector<std::string> class_names);

  /// The masks of a case in the order of the class names, empty where nothing is predicted.
  /// @throws Error when a file is unsound
  [[nodiscard]] std::vector<mask::RunMask> load(const std::string& case_name,
                                                const core::Shape3& shape) const;

 private:
  void load_row(const std::string& case_name, std::vector<mask::RunMask>& masks) const;
  void load_files(const std::string& case_name, std::vector<mask::RunMask>& masks) const;
  [[nodiscard]] std::optional<size_t> class_of_label(int32_t label) const;

  std::vector<std::string> class_names_;
  std::optional<dataset::Dataset> dataset_;
  std::map<std::string, std::filesystem::path> files_;  // by stem
  std::map<int32_t, std::string> label_names_;
};

}  // namespace volseg::report::internal
