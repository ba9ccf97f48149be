// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/dataset/dataset.h"
#include "volseg/dataset/pack.h"

namespace volseg::dataset::internal {

/// One mask file of a class, or a label map when class_name is empty.
struct LabelFile {
  std::filesystem::path path;
  std::string class_name;
};

/// An image with what labels it: files, or the row of a dataset.
struct PackCase {
  std::string name;                           ///< image file name without extension
  std::vector<std::filesystem::path> images;  ///< a file or folder, or one for each channel
  std::vector<LabelFile> labels;  ///< one label map, or one file for each class, by class name
  std::string fold;
  std::string group;
  std::optional<std::array<double, 3>> spacing_mm;  ///< of an image without geometry
  const Row* row = nullptr;                         ///< of PackInputs::dataset, in place of files

  [[nodiscard]] bool has_masks() const { return row == nullptr ? !labels.empty() : row->has_masks; }
  /// The image's path, or its name in the dataset, for messages.
  [[nodiscard]] std::string image_text() const;
};

/// What the source of a dataset holds.
struct PackInputs {
  std::array<std::vector<PackCase>, 3> cases;  ///< by part, by name
  std::map<int32_t, std::string> label_names;  ///< empty when the source names none
  std::shared_ptr<const Dataset> dataset;      ///< when the source is one
  std::vector<std::string> warnings;

  [[nodiscard]] std::vector<PackCase>& of(Part part) { return cases[static_cast<size_t>(part)]; }
  [[nodiscard]] const std::vector<PackCase>& of(Part part) const {
    return cases[static_cast<size_t>(part)];
  }
};

/// Finds and pairs everything that `options` names. @throws Error(kUsage), Error(kNotFound) listing
/// what has no partner, Error(kFormat)
[[nodiscard]] PackInputs read_pack_inputs(const PackOptions& options);

/// Images and labels of one table, matched by file name; cases come out by name.
/// @param joins_channels  whether a_0000 and a_0001 are one case where no labels tell
/// @throws Error(kNotFound) listing images without labels, Error(kUsage) on names that could mean
///         two things
[[nodiscard]] std::vector<PackCase> match_cases(const PackPart& part, const PackOptions& options,
                                                bool joins_channels,
                                                std::vector<std::string>& warnings);

/// Pairs of a CSV table. @throws Error(kFormat) with the row
[[nodiscard]] PackInputs read_pairs(const std::filesystem::path& table);

/// An nnU-Net raw folder or a Medical Segmentation Decathlon folder, told by its dataset.json.
/// @param given_names  the caller's label names; when there are any, those of the file are passed
///                     over
[[nodiscard]] PackInputs read_labelled_folder(const std::filesystem::path& folder,
                                              const std::map<int32_t, std::string>& given_names);

/// The rows of a dataset that is to be packed again.
[[nodiscard]] PackInputs read_packed(const std::filesystem::path& path,
                                     const ImportSettings& settings);

/// A warning for each case with a file per class that lacks the file of a class that others have.
void find_missing_masks(const PackInputs& inputs, std::vector<std::string>& warnings);

/// The first 20 names, and how many more there are.
[[nodiscard]] std::string listed(const std::vector<std::string>& names);
/// True for a file that exists.
[[nodiscard]] bool is_file(const std::filesystem::path& path);
/// True for a folder that exists.
[[nodiscard]] bool is_folder(const std::filesystem::path& path);
/// `path` when it is a file that volseg reads, a folder or zip of slices or a dataset in a file.
/// @throws Error(kNotFound), Error(kUnsupported)
[[nodiscard]] std::filesystem::path checked_image(const std::filesystem::path& path);
[[noreturn]] void refuse_to_pack(ErrorKind kind, const std::string& message);

}  // namespace volseg::dataset::internal
