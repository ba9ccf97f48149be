// SPDX-License-Identifier: Apache-2.0
#include "volseg/predict/internal/inputs.h"

#include <algorithm>
#include <set>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/core/files.h"
#include "volseg/core/text.h"
#include "volseg/volume/image_paths.h"

namespace volseg::predict::internal {

namespace fs = std::filesystem;

namespace {

bool is_dataset(const fs::path& path) {
  if (!fs::is_directory(path)) {
    return !volume::format_of_name(path.filename().string()) && !volume::holds_slices(path);
  }
  return std::ranges::any_of(fs::directory_iterator(path), [](const fs::directory_entry& entry) {
    const std::string extension = entry.path().extension().string();
    return extension == ".pq" || extension == ".parquet";
  });
}

std::vector<const dataset::Row*> rows_of_part(const dataset::Dataset& data,
                                              const std::string& part) {
  using dataset::Part;
  std::vector<Part> parts;
  if (part == "auto") {
    parts = {data.rows(Part::kTest).empty() ? Part::kValidation : Part::kTest};
  }
  for (const Part candidate : {Part::kTrain, Part::kValidation, Part::kTest}) {
    if (dataset::name_of(candidate) == part) {
      parts = {candidate};
    }
  }
  if (parts.empty()) {
    throw Error(ErrorKind::kUsage, "predict.input",
                "part \"" + part + "\"; expected auto, train, validation or test");
  }
  std::vector<const dataset::Row*> rows;
  for (const dataset::Row& row : data.rows(parts.front())) {
    rows.push_back(&row);
  }
  return rows;
}

// The folds that the training made, by its own settings.
dataset::ImportSettings settings_of_run(const fs::path& run) {
  const fs::path config = run / "config.yaml";
  return dataset::parse_import_settings(core::read_text(config), config.string());
}

}  // namespace

Inputs::Inputs(const PredictOptions& options)
    : read_options_{.channel_axis = options.import_settings.channel_axis,
                    .series = options.series} {
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
    throw Error(ErrorKind::kNotFound, "predict.input",
                options.input.string() +
                    ": no image to predict; expected images, or a dataset with " +
                    (options.part == "auto" ? "test or held-out" : options.part) + " rows");
  }
  check_names();
}

void Inputs::add_file(const fs::path& path) {
  const std::string name = volume::stem_of_path(path);
  const bool kept = volume::is_single_file(path);
  cases_.push_back({name, kept ? path.filename().string() : name + ".nii.gz", path, nullptr});
}

void Inputs::add_folder(const fs::path& folder) {
  const std::vector<fs::path> paths = volume::list_images(folder);
  for (const fs::path& path : paths) {
    add_file(path);
  }
  one_file_ = paths == std::vector{folder};
}

void Inputs::add_dataset(const PredictOptions& options) {
  dataset_ = dataset::Dataset::open(options.input, options.import_settings);
  std::vector<const dataset::Row*> rows = rows_of_part(*dataset_, options.part);
  if (rows.empty() && (options.part == "auto" || options.part == "validation")) {
    rows = held_out_rows(options);
  }
  for (const dataset::Row* row : rows) {
    const std::string file_name = fs::path(row->member).filename().string();
    cases_.push_back({volume::stem_of_name(file_name), file_name, {}, row});
  }
}

std::vector<const dataset::Row*> Inputs::held_out_rows(const PredictOptions& options) {
  dataset_ = dataset::Dataset::open(options.input, settings_of_run(options.run));
  const std::vector<dataset::Split> splits = dataset_->splits();
  if (options.fold < 0 || options.fold >= std::ssize(splits)) {
    throw Error(ErrorKind::kUsage, "predict.input",
                "fold " + std::to_string(options.fold) + "; " + options.input.string() + " has " +
                    core::counted(std::ssize(splits), "fold") + ", counted from 0");
  }
  return splits[static_cast<size_t>(options.fold)].validation;
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
  return volume::read_volume(input.path, read_options_);
}

core::Buffer Inputs::bytes(const InputCase& input, const volume::Volume& image) const {
  if (input.row == nullptr) {
    return volume::is_single_file(input.path)
               ? core::read_file(input.path)
               : volume::encode_volume(image, volume::FileFormat::kNiftiGz);
  }
  const archive::Member* member = dataset_->archive().find(input.row->member);
  if (member == nullptr) {
    throw Error(ErrorKind::kNotFound, "predict.input", input.row->member + ": not in the dataset");
  }
  return dataset_->archive().read(*member);
}

}  // namespace volseg::predict::internal
