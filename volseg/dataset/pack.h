// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/core/buffer.h"
#include "volseg/core/files.h"
#include "volseg/core/work.h"
#include "volseg/dataset/import_settings.h"

namespace volseg::dataset {

/// Images and their masks for one table of a new dataset. Images and labels are matched by file
/// name without extension (also with a suffix such as _seg, _label, _mask or _labels on the label).
struct PackPart {
  std::vector<std::filesystem::path> images;  ///< files or folders of .npy, .nii, .nii.gz
  /// Label maps (one file per case), or mask files per class: a folder per class named for it, or
  /// files named <case>_<class>. Empty: a table without masks.
  std::vector<std::filesystem::path> labels;
};

/// The case that a label file belongs to by its name without extension: that name, or the name
/// without a suffix such as _seg or -mask; none when `is_case` knows neither.
[[nodiscard]] std::optional<std::string> case_of_label(
    const std::string& stem, const std::function<bool(const std::string&)>& is_case);

struct PackOptions {
  PackPart train;
  PackPart validation;  ///< empty: no such table
  PackPart test;
  /// Label value -> class name; empty: every label found becomes "label_<value>".
  std::map<int32_t, std::string> label_names;
  bool images_as_npy = false;  ///< convert; geometry then goes to the table's columns
  core::Overwrite overwrite = core::Overwrite::kNo;
  core::WorkOptions work;
};

struct PackSummary {
  int64_t train_cases = 0;
  int64_t validation_cases = 0;
  int64_t test_cases = 0;
  std::vector<std::string> class_names;
  std::vector<std::string> warnings;
  int64_t size_bytes = 0;
};

/// Reads label names: JSON ({"1": "liver"} or {"liver": 1}), or text lines `value name`.
/// @throws Error(kFormat) with the line
[[nodiscard]] std::map<int32_t, std::string> read_label_names(const std::filesystem::path& path);

/// Makes a dataset zip (train.pq, validation.pq, test.pq, images/). The same inputs give the same
/// bytes.
/// @throws Error(kShape) with both values when an image and its labels differ in shape or geometry;
///         Error(kFormat) on a damaged file, a negative label without a name, labels that are all
///         0; Error(kNotFound) listing images without labels
PackSummary pack(const std::filesystem::path& output, const PackOptions& options);

enum class ExportFormat { kNiftiGz, kNpy };
struct ExportOptions {
  ExportFormat format = ExportFormat::kNiftiGz;
  ImportSettings import_settings;  ///< how to read the dataset
  core::Overwrite overwrite = core::Overwrite::kNo;
  core::WorkOptions work;
};
/// Writes images/, labels/ (label maps; one file per class where classes overlap) and
/// label_names.json for each part below `output`. Image files keep their bytes and names.
void export_dataset(const std::filesystem::path& input, const std::filesystem::path& output,
                    const ExportOptions& options);

/// One case to write into a dataset of predictions.
struct PredictedCase {
  std::string image;  ///< file name
  core::Buffer image_bytes;
  std::vector<std::string> run_texts;
  core::Shape3 shape{};
  std::array<double, 3> spacing_mm{1, 1, 1};
};
/// Writes a dataset zip with one table `train.pq`, case by case: image bytes wait in temporary
/// files beside the output and only run texts stay in memory. Destroyed without `commit`, it leaves
/// nothing behind.
class DatasetWriter {
 public:
  /// @throws Error(kIo) as core::check_output
  DatasetWriter(const std::filesystem::path& output, std::vector<std::string> class_names,
                core::Overwrite overwrite);
  ~DatasetWriter();
  DatasetWriter(const DatasetWriter&) = delete;
  DatasetWriter& operator=(const DatasetWriter&) = delete;

  /// @throws Error(kUsage) when the number of masks is not that of the classes or the image is not
  ///         a plain file name or repeated; Error(kIo)
  void add(PredictedCase one);
  /// Puts the dataset in place, rows in order of image names. @throws Error(kIo)
  void commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Writes all `cases` through a DatasetWriter.
void write_dataset(const std::filesystem::path& output, std::vector<PredictedCase> cases,
                   const std::vector<std::string>& class_names, core::Overwrite overwrite);

}  // namespace volseg::dataset
