// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "volseg/dataset/internal/pack_inputs.h"

namespace volseg::dataset::internal {

using Json = nlohmann::ordered_json;

/// The dataset.json of a folder, whose form nnU-Net and the Medical Segmentation Decathlon share.
class DatasetJson {
 public:
  /// @throws Error(kFormat) when it is not a JSON object
  explicit DatasetJson(const std::filesystem::path& folder);

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] bool has(const std::string& key) const { return root_.contains(key); }
  /// @throws Error(kFormat) naming a missing key
  [[nodiscard]] const Json& at(const std::string& key) const;
  /// Number of entries of channel_names or modality.
  [[nodiscard]] int64_t channel_count() const;
  /// Fills the label names unless the caller gave some.
  void read_label_names(const std::map<int32_t, std::string>& given_names,
                        PackInputs& inputs) const;
  /// A warning when numTraining is not the number of training cases.
  void warn_of_count(const std::string& found_in, PackInputs& inputs) const;
  /// @throws Error(kFormat) naming the file
  [[noreturn]] void refuse(const std::string& message) const;

 private:
  std::filesystem::path folder_;
  std::filesystem::path file_;
  Json root_;
};

/// imagesTr/CASE_0000, labelsTr/CASE, imagesTs and, where it exists, labelsTs and
/// splits_final.json.
/// Source: nnU-Net v2, documentation/dataset_format.md.
[[nodiscard]] PackInputs read_nnunet(const DatasetJson& json,
                                     const std::map<int32_t, std::string>& given_names);

/// The lists `training`, `validation` and `test`; paths are one folder and one file name. Channels
/// in files of their own (nnU-Net v1) are found by their number.
[[nodiscard]] PackInputs read_decathlon(const DatasetJson& json,
                                        const std::map<int32_t, std::string>& given_names);

}  // namespace volseg::dataset::internal
