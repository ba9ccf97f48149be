// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/predicted_masks.h"

#include <algorithm>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/dataset/pack.h"
#include "volseg/volume/formats.h"

namespace volseg::report::internal {

namespace {

namespace fs = std::filesystem;

constexpr const char* kLabelNames = "label_names.json";

std::vector<fs::path> files_below(const fs::path& path) {
  std::error_code failure;
  if (!fs::is_directory(path, failure)) {
    return {path};
  }
  std::vector<fs::path> files;
  for (fs::directory_iterator each(path, failure), end; !failure && each != end;
       each.increment(failure)) {
    files.push_back(each->path());
  }
  if (failure) {
    throw Error(ErrorKind::kIo, "report.read_predictions",
                path.string() + ": cannot list the folder: " + failure.message());
  }
  std::ranges::sort(files);
  return files;
}

bool is_table(const fs::path& file) {
  return file.extension() == ".pq" || file.extension() == ".parquet";
}

// The voxels of `label`, or all labelled voxels without one.
mask::RunMask read_mask(const fs::path& file, std::optional<int32_t> label) {
  const volume::Volume map = volume::read_volume(file);
  const core::Array<int32_t> labels = volume::to_labels(map, file.filename().string());
  if (!label) {
    return mask::encode(core::ArrayView<const int32_t>(labels.view()));
  }
  for (mask::LabelRuns& found : mask::encode_labels(labels.view())) {
    if (found.label == *label) {
      return std::move(found.mask);
    }
  }
  return {labels.shape(), {}};
}

}  // namespace

PredictedMasks::PredictedMasks(const fs::path& path, std::vector<std::string> class_names)
    : class_names_(std::move(class_names)) {
  const std::vector<fs::path> files = files_below(path);
  if (path.extension() == ".zip" || std::ranges::any_of(files, is_table)) {
    dataset_ = dataset::Dataset::open(path);
    return;
  }
  for (const fs::path& file : files) {
    const std::string name = file.filename().string();
    if (volume::format_of_name(name)) {
      files_[volume::stem_of_name(name)] = file;
    }
  }
  const fs::path names = (files == std::vector{path} ? path.parent_path() : path) / kLabelNames;
  std::error_code ignored;
  if (fs::exists(names, ignored)) {
    label_names_ = dataset::read_label_names(names);
  }
  for (size_t i = 0; label_names_.empty() && i < class_names_.size(); ++i) {
    label_names_[static_cast<int32_t>(i) + 1] = class_names_[i];
  }
}

mask::RunMask PredictedMasks::load_row(const std::string& case_name, size_t class_index,
                                       const core::Shape3& shape) const {
  const std::vector<std::string>& names = dataset_->class_names();
  const auto found = std::ranges::find(names, class_names_[class_index]);
  const dataset::Row& row = dataset_->row(case_name);
  if (found == names.end() || !row.has_masks) {
    return {shape, {}};
  }
  std::vector<mask::RunMask> masks = dataset_->load_masks(row, shape);
  return std::move(masks[static_cast<size_t>(found - names.begin())]);
}

mask::RunMask PredictedMasks::load(const std::string& case_name, size_t class_index,
                                   const core::Shape3& shape) const {
  if (dataset_) {
    return load_row(case_name, class_index, shape);
  }
  const std::string& class_name = class_names_[class_index];
  if (const auto own = files_.find(case_name + "_" + class_name); own != files_.end()) {
    return read_mask(own->second, std::nullopt);
  }
  const auto whole = files_.find(case_name);
  const auto label = std::ranges::find_if(
      label_names_, [&](const auto& entry) { return entry.second == class_name; });
  if (whole == files_.end() || label == label_names_.end()) {
    return {shape, {}};
  }
  return read_mask(whole->second, label->first);
}

}  // namespace volseg::report::internal
