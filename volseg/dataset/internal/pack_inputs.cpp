// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/pack_inputs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

#include "volseg/core/files.h"
#include "volseg/core/text.h"
#include "volseg/dataset/internal/pack_folds.h"
#include "volseg/dataset/internal/resolve.h"
#include "volseg/volume/formats.h"
#include "volseg/volume/image_paths.h"

namespace volseg::dataset::internal {

namespace {

namespace fs = std::filesystem;

constexpr size_t kNamesListed = 20;

bool is_empty(const PackPart& part) { return part.images.empty() && part.labels.empty(); }

// Exactly one of the ways to name the training cases.
void check_sources(const PackOptions& options) {
  const int sources = static_cast<int>(!is_empty(options.train)) +
                      static_cast<int>(!options.pairs.empty()) +
                      static_cast<int>(!options.source.empty());
  if (sources == 0) {
    refuse_to_pack(ErrorKind::kUsage,
                   "no images to pack; give --images and --labels, --pairs, or an nnU-Net, "
                   "Decathlon or dataset folder or zip");
  }
  if (sources > 1) {
    refuse_to_pack(ErrorKind::kUsage,
                   "several sources of training cases; give --images, --pairs or one folder or "
                   "dataset");
  }
}

PackInputs read_source(const PackOptions& options) {
  const fs::path& source = options.source;
  if (is_file(source / "dataset.json")) {
    return read_labelled_folder(source, options.label_names);
  }
  return read_packed(source, options.import_settings);
}

PackInputs read_train(const PackOptions& options) {
  if (!options.pairs.empty()) {
    return read_pairs(options.pairs);
  }
  if (!options.source.empty()) {
    return read_source(options);
  }
  PackInputs inputs;
  inputs.of(Part::kTrain) = match_cases(options.train, options, false, inputs.warnings);
  return inputs;
}

void add_part(const PackPart& files, Part part, const PackOptions& options, PackInputs& inputs) {
  if (is_empty(files)) {
    return;
  }
  if (!inputs.of(part).empty()) {
    refuse_to_pack(ErrorKind::kUsage, fmt::format("{} images are given and the source has a {} "
                                                  "table of its own; leave one out",
                                                  name_of(part), name_of(part)));
  }
  const bool joins = std::ranges::any_of(inputs.of(Part::kTrain),
                                         [](const PackCase& one) { return one.images.size() > 1; });
  inputs.of(part) = match_cases(files, options, joins, inputs.warnings);
}

void check_masks(Part part, const std::vector<PackCase>& cases) {
  std::vector<std::string> bare;
  for (const PackCase& one : cases) {
    if (!one.has_masks()) {
      bare.push_back(one.image_text());
    }
  }
  const bool all_bare = bare.size() == cases.size();
  if (bare.empty() || (all_bare && part == Part::kTest)) {
    return;
  }
  refuse_to_pack(ErrorKind::kUsage,
                 all_bare ? fmt::format("the {} images have no labels; only test images need none",
                                        name_of(part))
                          : fmt::format("{} images without labels beside others with labels: {}",
                                        name_of(part), listed(bare)));
}

}  // namespace

std::string PackCase::image_text() const {
  return row == nullptr ? images.front().string() : row->member;
}

PackInputs read_pack_inputs(const PackOptions& options) {
  check_sources(options);
  PackInputs inputs = read_train(options);
  add_part(options.validation, Part::kValidation, options, inputs);
  add_part(options.test, Part::kTest, options, inputs);
  for (const Part part : kParts) {
    std::ranges::sort(inputs.of(part), {}, &PackCase::name);
    check_masks(part, inputs.of(part));
  }
  if (inputs.of(Part::kTrain).empty()) {
    refuse_to_pack(ErrorKind::kUsage, "no training images to pack");
  }
  if (!options.label_names.empty()) {
    inputs.label_names = options.label_names;
  }
  check_folds(options, inputs);
  find_missing_masks(inputs, inputs.warnings);
  return inputs;
}

PackInputs read_packed(const fs::path& path, const ImportSettings& settings) {
  PackInputs inputs;
  const auto dataset = std::make_shared<Dataset>(Dataset::open(path, settings));
  inputs.warnings = dataset->warnings();
  for (const Part part : kParts) {
    for (const Row& row : dataset->rows(part)) {
      inputs.of(part).push_back(
          {.name = row.name, .fold = row.fold, .group = row.group, .row = &row});
    }
  }
  inputs.dataset = dataset;
  return inputs;
}

void find_missing_masks(const PackInputs& inputs, std::vector<std::string>& warnings) {
  std::set<std::string> class_names;
  for (const auto& cases : inputs.cases) {
    for (const PackCase& one : cases) {
      for (const LabelFile& label : one.labels) {
        class_names.insert(label.class_name);
      }
    }
  }
  class_names.erase("");
  const auto find_in = [&](const PackCase& one) {
    for (const std::string& name : class_names) {
      if (std::ranges::find(one.labels, name, &LabelFile::class_name) == one.labels.end()) {
        warnings.push_back(
            fmt::format("case {}: no mask file for class {}; taken as absent", one.name, name));
      }
    }
  };
  for (const auto& cases : inputs.cases) {
    for (const PackCase& one : cases) {
      if (!one.labels.empty() && !one.labels[0].class_name.empty()) {
        find_in(one);
      }
    }
  }
}

std::string listed(const std::vector<std::string>& names) {
  return core::listed(names.size(), kNamesListed, [&](size_t index) { return names[index]; });
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

fs::path checked_image(const fs::path& path) {
  const bool has_format = volume::format_of_name(path.filename().string()).has_value();
  const bool is_there = is_folder(path) || is_file(path);
  if (!is_there && (has_format || !volume::may_be_image(path))) {
    refuse_to_pack(ErrorKind::kNotFound, path.string() + ": no such file or folder");
  }
  if (!volume::may_be_image(path)) {
    refuse_to_pack(ErrorKind::kUnsupported,
                   path.string() + ": not an image that volseg reads; expected " +
                       volume::listed_extensions() + ", DICOM, or a folder or zip of slices");
  }
  return path;
}

void refuse_to_pack(ErrorKind kind, const std::string& message) {
  throw Error(kind, "dataset.pack", message);
}

}  // namespace volseg::dataset::internal
