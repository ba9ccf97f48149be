// SPDX-License-Identifier: Apache-2.0
#include "volseg/predict/internal/inputs.h"

#include <algorithm>
#include <set>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/core/files.h"

namespace volseg::predict::internal {

namespace fs = std::filesystem;

namespace {

bool is_dataset(const fs::path& path) {
  if (!fs::is_directory(path)) {
    return !volume::format_of_name(path.filename().string()).has_value();
  }
  return std::ranges::any_of(fs::directory_iterator(path), [](const fs::directory_entry& entry) {
    const std::string extension = entry.path().extension().string();
    return extension == ".pq" || extension == ".parquet";
  });
}

const std::vector<dataset::Row>& rows_of_part(const dataset::Dataset& data,
                                              const std::string& part) {
  using dataset::Part;
  if (part == "auto") {
    const auto& test = data.rows(Part::kTest);
    return test.empty() ? data.rows(Part::kValidation) : test;
  }
  for (const Part candidate : {Part::kTrain, Part::kValidation, Part::kTest}) {
    if (dataset::name_of(candidate) == part) {
      return data.rows(candidate);
    }
  }
  throw Error(ErrorKind::kUsage, "predict.input",
              "part \"" + part + "\"; expected auto, train, validation or test");
}

}  // namespace

Inputs::Inputs(const PredictOptions& options)
    : channel_axis_(options.import_settings.channel_axis) {
  if (!fs::exists(options.input)) {
    throw Error(ErrorKind::kNotFound, "predict.input", options.input.string() + ": not found");
  }
  if (is_dataset(options.input)) {
    add_dataset(options);
  } else if (fs::is_directory(options.input)) {
    add_folder(options.input);
  } else {
    add_file(options.input);
    one_file_ = true;
  }
  if (cases_.empty()) {
    throw Error(
        ErrorKind::kNotFound, "predict.input",
        options.input.string() +
            ": no image to predict; expected .npy, .nii or .nii.gz files, or a dataset with " +
            (options.part == "auto" ? "test or validation rows (--part train for others)"
                                    : options.part + " rows"));
  }
  check_names();
}

void Inputs::add_file(const fs::path& path) {
  const std::string name = path.filename().string();
  cases_.push_back({volume::stem_of_name(name), name, path, nullptr});
}

void Inputs::add_folder(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && volume::format_of_name(name).has_value()) {
      paths.push_back(entry.path());
    }
  }
  std::ranges::sort(paths);
  for (const fs::path& path : paths) {
    add_file(path);
  }
}

void Inputs::add_dataset(const PredictOptions& options) {
  dataset_ = dataset::Dataset::open(options.input, options.import_settings);
  for (const dataset::Row& row : rows_of_part(*dataset_, options.part)) {
    const std::string file_name = fs::path(row.member).filename().string();
    cases_.push_back({volume::stem_of_name(file_name), file_name, {}, &row});
  }
}

void Inputs::check_names() const {
  std::set<std::string> names;
  for (const InputCase& input : cases_) {
    if (!core::is_plain_file_name(input.name)) {
      throw Error(ErrorKind::kUnsupported, "predict.input",
                  "image \"" + input.file_name + "\": its name cannot name an output file");
    }
    if (!names.insert(input.name).second) {
      throw Error(ErrorKind::kUsage, "predict.input",
                  "two images are named " + input.name +
                      "; predict them apart, or give their files different names");
    }
  }
}

volume::Volume Inputs::load(const InputCase& input) const {
  if (input.row != nullptr) {
    return dataset_->load_volume(*input.row);
  }
  return volume::read_volume(input.path, {.channel_axis = channel_axis_});
}

core::Buffer Inputs::bytes(const InputCase& input) const {
  if (input.row == nullptr) {
    return core::read_file(input.path);
  }
  const archive::Member* member = dataset_->archive().find(input.row->member);
  if (member == nullptr) {
    throw Error(ErrorKind::kNotFound, "predict.input", input.row->member + ": not in the dataset");
  }
  return dataset_->archive().read(*member);
}

}  // namespace volseg::predict::internal
