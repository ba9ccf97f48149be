// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "volseg/core/buffer.h"
#include "volseg/dataset/dataset.h"
#include "volseg/predict/predict.h"
#include "volseg/volume/formats.h"

namespace volseg::predict::internal {

/// One image to predict: a file, or a row of a dataset.
struct InputCase {
  std::string name;       ///< without extension
  std::string file_name;  ///< with it
  std::filesystem::path path;
  const dataset::Row* row = nullptr;
};

/// What a user gave as input: an image file, a folder or zip of slices, a folder of images, or a
/// dataset.
class Inputs {
 public:
  /// @throws Error(kNotFound) when there is no image or no row
  explicit Inputs(const PredictOptions& options);

  [[nodiscard]] const std::vector<InputCase>& cases() const { return cases_; }
  [[nodiscard]] bool is_one_file() const { return one_file_; }
  [[nodiscard]] volume::Volume load(const InputCase& input) const;
  /// The image as a file: its own, or a .nii.gz of what is no file that can be copied.
  [[nodiscard]] core::Buffer bytes(const InputCase& input, const volume::Volume& image) const;

 private:
  void add_file(const std::filesystem::path& path);
  void add_folder(const std::filesystem::path& folder);
  void add_dataset(const PredictOptions& options);
  [[nodiscard]] std::vector<const dataset::Row*> held_out_rows(const PredictOptions& options);
  void check_names() const;

  std::vector<InputCase> cases_;
  std::optional<dataset::Dataset> dataset_;
  volume::ReadOptions read_options_;
  bool one_file_ = false;
};

}  // namespace volseg::predict::internal
