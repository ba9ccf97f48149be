// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace volseg::dataset {

enum class ValidationStrategy { kKfold, kGroupedKfold, kCustomHoldout, kAutomatic };
/// Names of the strategies, as in files and flags, in the order of the enumeration.
inline constexpr std::array<std::string_view, 4> kValidationStrategies = {
    "kfold", "grouped_kfold", "custom_holdout", "automatic"};
[[nodiscard]] std::string_view name_of(ValidationStrategy strategy);
/// None when there is no such strategy.
[[nodiscard]] std::optional<ValidationStrategy> validation_strategy_of(std::string_view name);

/// How a dataset is read; names are Hydrogen Torch's. An empty value is detected when the dataset
/// is opened, and what was detected is told to the user.
struct ImportSettings {
  std::string train_dataframe;  ///< member name of a Parquet table
  std::string validation_dataframe;
  std::string test_dataframe;
  std::string data_folder;  ///< folder of the image files inside the archive
  std::string data_folder_test;
  std::string image_column;
  std::string class_name_column;
  std::string rle_mask_column;
  std::string fold_column;
  std::string group_fold_column;
  std::optional<ValidationStrategy> validation_strategy;
  double validation_size_fraction = 0.2;  ///< of the automatic holdout
  std::vector<std::string> selected_folds;
  std::optional<int> channel_axis;  ///< of four-dimensional .npy images: 0 or 3
  uint64_t seed = 12345;            ///< of automatic folds
  bool allow_extra_bytes = false;   ///< accept a zip with other bytes before or behind it
};

/// Reads YAML with the keys above, also below `dataset:` as Hydrogen Torch exports it or below
/// `import_settings:` as in a run's config.yaml; other groups are passed over. Unknown keys are
/// errors that name the nearest key.
/// @param name  of the file, for messages
/// @throws Error(kUsage)
[[nodiscard]] ImportSettings parse_import_settings(const std::string& yaml, std::string_view name);

}  // namespace volseg::dataset
