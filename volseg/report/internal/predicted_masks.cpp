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

core::Array<int32_t> read_labels(const fs::path& file) {
  return volume::to_labels(volume::read_volume(file), file.filename().string());
}

std::map<int32_t, std::string> read_label_names(const fs::path& folder) {
  std::vector<fs::path> places{folder / kLabelNames};
  if (folder.filename() == "labels") {
    places.push_back(folder.parent_path() / kLabelNames);
  }
  std::error_code ignored;
  const auto found =
      std::ranges::find_if(places, [&](const fs::path& each) { return fs::exists(each, ignored); });
  return found == places.end() ? std::map<int32_t, std::string>{}
                               : dataset::read_label_names(*found);
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
  const fs::path folder = fs::absolute(path).lexically_normal();
  const bool one_file = files == std::vector{path};
  label_names_ =
      read_label_names(one_file || !folder.has_filename() ? folder.parent_path() : folder);
  if (!label_names_.empty()) {
    return;
  }
  for (size_t i = 0; i < class_names_.size(); ++i) {
    label_names_[static_cast<int32_t>(i) + 1] = class_names_[i];
  }
}

void PredictedMasks::load_row(const std::string& case_name,
                              std::vector<mask::RunMask>& masks) const {
  const dataset::Row& row = dataset_->row(case_name);
  if (!row.has_masks) {
    return;
  }
  const std::vector<std::string>& names = dataset_->class_names();
  std::vector<mask::RunMask> loaded = dataset_->load_masks(row, masks.front().shape);
  for (size_t i = 0; i < masks.size(); ++i) {
    const auto found = std::ranges::find(names, class_names_[i]);
    if (found != names.end()) {
      masks[i] = std::move(loaded[static_cast<size_t>(found - names.begin())]);
    }
  }
}

std::optional<size_t> PredictedMasks::class_of_label(int32_t label) const {
  const auto name = label_names_.find(label);
  if (name == label_names_.end()) {
    return std::nullopt;
  }
  const auto found = std::ranges::find(class_names_, name->second);
  return found == class_names_.end()
             ? std::nullopt
             : std::optional(static_cast<size_t>(found - class_names_.begin()));
}

void PredictedMasks::load_files(const std::string& case_name,
                                std::vector<mask::RunMask>& masks) const {
  if (const auto whole = files_.find(case_name); whole != files_.end()) {
    const core::Array<int32_t> labels = read_labels(whole->second);
    for (mask::LabelRuns& found : mask::encode_labels(labels.view())) {
      if (const std::optional<size_t> index = class_of_label(found.label)) {
        masks[*index] = std::move(found.mask);
      }
    }
  }
  for (size_t i = 0; i < masks.size(); ++i) {
    if (const auto own = files_.find(case_name + "_" + class_names_[i]); own != files_.end()) {
      const core::Array<int32_t> labels = read_labels(own->second);
      masks[i] = mask::encode(core::ArrayView<const int32_t>(labels.view()));
    }
  }
}

std::vector<mask::RunMask> PredictedMasks::load(const std::string& case_name,
                                                const core::Shape3& shape) const {
  std::vector<mask::RunMask> masks(class_names_.size(), mask::RunMask{shape, {}});
  if (dataset_ && !masks.empty()) {
    load_row(case_name, masks);
  } else if (!dataset_) {
    load_files(case_name, masks);
  }
  return masks;
}

}  // namespace volseg::report::internal
