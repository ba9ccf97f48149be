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
#include "volseg/volume/formats.h"
#include "volseg/volume/segmentation.h"

namespace volseg::dataset {

/// Images and their masks for one table of a new dataset. Images and labels are matched by file
/// name without extension (also with a suffix such as _seg, _label, _mask or _labels on the label).
/// Images a_0000, a_0001, ... are the channels of one, unless labels are named so too.
struct PackPart {
  /// Files, or folders of files; of a folder without image files, each folder or zip in it is an
  /// image as slices, or else the folder itself.
  std::vector<std::filesystem::path> images;
  /// Label maps (one file per case), or mask files per class: a folder per class named for it, or
  /// files named <case>_<class>. A DICOM segmentation (a file, or a folder or zip with some) brings
  /// its classes with it. Empty: a table without masks.
  std::vector<std::filesystem::path> labels;
};

/// The case that a label file belongs to by its name without extension: that name, or the name
/// without a suffix such as _seg or -mask; none when `is_case` knows neither.
[[nodiscard]] std::optional<std::string> case_of_label(
    const std::string& stem, const std::function<bool(const std::string&)>& is_case);

/// What to pack, and how. Training cases come from `train`, `pairs` or `source`, exactly one.
struct PackOptions {
  PackPart train;
  PackPart validation;  ///< empty: no such table, unless the source has one
  PackPart test;
  /// CSV with the columns image (channels separated by ";"), label or label:CLASS, and where wanted
  /// fold, group, part (train, validation, test) and spacing; paths are relative to its folder.
  std::filesystem::path pairs;
  /// nnU-Net raw folder, Medical Segmentation Decathlon folder, or dataset to pack again.
  std::filesystem::path source;
  ImportSettings import_settings;  ///< how to read a dataset
  /// Ends of image names in folders; several are the channels of a case, in this order.
  std::vector<std::string> image_suffixes;
  /// Ends of label names; without `labels` they are looked for beside the images.
  std::vector<std::string> label_suffixes;
  /// Label value -> class name; empty: the names of the source, else "label_<value>".
  std::map<int32_t, std::string> label_names;
  std::optional<volume::FileFormat> images_as;  ///< convert; kNpy moves geometry to the table
  std::optional<std::string> series;            ///< as volume::ReadOptions::series, of images
  /// A voxel of a fractional DICOM segmentation is inside from this share of the largest value on.
  double fraction_threshold = volume::SegmentationOptions{}.threshold_fraction;
  bool resample_masks = false;  ///< bring masks of another grid onto the image's, nearest voxel
  bool recanonicalise = false;  ///< rewrite the run texts of a dataset canonically
  int64_t folds = 0;            ///< 0: those of the source, if any
  uint64_t fold_seed = ImportSettings{}.seed;
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

/// Reads label names: JSON ({"1": "liver"} or {"liver": 1}), or text lines `value name`. Label 0 is
/// the background.
/// @throws Error(kFormat) with the line or key, also on regions of several labels
[[nodiscard]] std::map<int32_t, std::string> read_label_names(const std::filesystem::path& path);

/// Label names from texts such as "1=liver". @throws Error(kUsage)
[[nodiscard]] std::map<int32_t, std::string> parse_label_names(
    const std::vector<std::string>& texts);

/// Makes a dataset zip (train.pq, validation.pq, test.pq, images/). The same inputs give the same
/// bytes.
/// @throws Error(kShape) with both values when an image and its labels differ in shape or geometry;
///         Error(kFormat) on a damaged file, a negative label without a name, labels that are all
///         0; Error(kNotFound) listing images without labels; Error(kUsage) on none or several
///         sources and names that could mean two things
PackSummary pack(const std::filesystem::path& output, const PackOptions& options);

enum class ExportFormat { kNiftiGz, kNpy, kNnunet };
struct ExportOptions {
  ExportFormat format = ExportFormat::kNiftiGz;
  bool convert_images = false;             ///< images in the format of the label maps too
  std::vector<std::string> channel_names;  ///< of an nnU-Net folder; empty: "image", "channel_0"
  ImportSettings import_settings;          ///< how to read the dataset
  core::Overwrite overwrite = core::Overwrite::kNo;
  core::WorkOptions work;
};
/// Writes images/, labels/ (label maps; one file per class where classes overlap) and
/// label_names.json for each part below `output`, and cases.csv, which PackOptions::pairs reads.
/// Image files keep their bytes and names. kNnunet writes an nnU-Net raw folder instead: images of
/// one channel in .nii.gz keep their bytes, folds or the validation table become splits_final.json.
/// @return remarks on what the format does not hold
/// @throws Error(kUnsupported) when an nnU-Net folder cannot hold the dataset, such as classes that
///         overlap
std::vector<std::string> export_dataset(const std::filesystem::path& input,
                                        const std::filesystem::path& output,
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
