// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/match_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "volseg/core/error.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset::internal {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 10> kLabelSuffixes = {
    "_seg", "_label", "_labels", "_mask", "_masks", "-seg", "-label", "-labels", "-mask", "-masks"};
constexpr size_t kNamesListed = 10;

struct LabelFile {
  fs::path path;
  std::string stem;
  std::string class_folder;  // empty for a file at the top
};

bool is_volume(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.front() != '.' && volume::format_of_name(name).has_value();
}

void check_exists(const fs::path& path) {
  if (!fs::exists(path)) {
    throw Error(ErrorKind::kNotFound, "dataset.pack", path.string() + ": no such file or folder");
  }
}

std::vector<fs::path> volumes_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file() && is_volume(entry.path())) {
      files.push_back(entry.path());
    }
  }
  if (files.empty()) {
    throw Error(ErrorKind::kNotFound, "dataset.pack",
                folder.string() + ": the folder holds no .npy, .nii or .nii.gz file");
  }
  std::ranges::sort(files);
  return files;
}

std::vector<fs::path> expand(const std::vector<fs::path>& paths) {
  std::vector<fs::path> files;
  for (const fs::path& path : paths) {
    check_exists(path);
    if (fs::is_directory(path)) {
      std::ranges::copy(volumes_in(path), std::back_inserter(files));
    } else if (is_volume(path)) {
      files.push_back(path);
    } else {
      throw Error(ErrorKind::kUnsupported, "dataset.pack",
                  path.string() + ": not a name of a volume; expected .npy, .nii or .nii.gz");
    }
  }
  return files;
}

void add_label_files(const std::vector<fs::path>& files, const std::string& class_folder,
                     std::vector<LabelFile>& labels) {
  for (const fs::path& path : files) {
    labels.push_back({path, volume::stem_of_name(path.filename().string()), class_folder});
  }
}

bool has_class_folders(const fs::path& folder) {
  return std::ranges::any_of(fs::directory_iterator(folder),
                             [](const auto& entry) { return entry.is_directory(); });
}

std::vector<LabelFile> expand_labels(const std::vector<fs::path>& paths) {
  std::vector<LabelFile> labels;
  for (const fs::path& path : paths) {
    check_exists(path);
    if (!fs::is_directory(path) || !has_class_folders(path)) {
      add_label_files(expand({path}), "", labels);
      continue;
    }
    for (const auto& entry : fs::directory_iterator(path)) {
      if (entry.is_directory()) {
        add_label_files(volumes_in(entry.path()), entry.path().filename().string(), labels);
      } else if (is_volume(entry.path())) {
        add_label_files({entry.path()}, "", labels);
      }
    }
  }
  std::ranges::sort(labels, {}, &LabelFile::path);
  return labels;
}

std::string without_label_suffix(const std::string& stem) {
  for (const std::string_view suffix : kLabelSuffixes) {
    if (stem.size() > suffix.size() && stem.ends_with(suffix)) {
      return stem.substr(0, stem.size() - suffix.size());
    }
  }
  return stem;
}

using CasesByName = std::map<std::string, CaseFiles>;

// Longest case name that `stem` begins with, followed by "_" and a class.
CasesByName::iterator case_of_class_mask(CasesByName& cases, const std::string& stem) {
  for (size_t cut = stem.rfind('_'); cut != std::string::npos && cut > 0;
       cut = stem.rfind('_', cut - 1)) {
    const auto found = cases.find(stem.substr(0, cut));
    if (found != cases.end() && cut + 1 < stem.size()) {
      return found;
    }
  }
  return cases.end();
}

bool take_label(const LabelFile& label, CasesByName& cases) {
  auto found = cases.find(label.stem);
  if (found == cases.end()) {
    found = cases.find(without_label_suffix(label.stem));
  }
  if (found != cases.end() && label.class_folder.empty()) {
    if (!found->second.label_map.empty()) {
      throw Error(ErrorKind::kUsage, "dataset.pack",
                  fmt::format("case {}: two label maps, {} and {}", found->first,
                              found->second.label_map.string(), label.path.string()));
    }
    found->second.label_map = label.path;
    return true;
  }
  std::string class_name = label.class_folder;
  if (found == cases.end() && class_name.empty()) {
    found = case_of_class_mask(cases, label.stem);
    class_name = found == cases.end() ? "" : label.stem.substr(found->first.size() + 1);
  }
  if (found == cases.end()) {
    return false;
  }
  found->second.class_masks[class_name] = label.path;
  return true;
}

void check_labels(const CasesByName& cases) {
  std::vector<std::string> unlabelled;
  for (const auto& [name, files] : cases) {
    if (files.label_map.empty() && files.class_masks.empty()) {
      unlabelled.push_back(name);
    }
    if (!files.label_map.empty() && !files.class_masks.empty()) {
      throw Error(
          ErrorKind::kUsage, "dataset.pack",
          fmt::format("case {}: a label map ({}) and mask files per class ({}); give one sort",
                      name, files.label_map.string(), files.class_masks.begin()->second.string()));
    }
  }
  if (unlabelled.empty()) {
    return;
  }
  const size_t count = unlabelled.size();
  unlabelled.resize(std::min(count, kNamesListed));
  throw Error(
      ErrorKind::kNotFound, "dataset.pack",
      fmt::format("{} of {} images have no labels: {}{}; a label file has the image's name, "
                  "optionally with _seg, _label or _mask, or <image>_<class>",
                  count, cases.size(), fmt::join(unlabelled, ", "),
                  count > kNamesListed ? ", ..." : ""));
}

}  // namespace

std::vector<CaseFiles> match_files(const PackPart& part, std::vector<std::string>& warnings) {
  CasesByName cases;
  for (const fs::path& image : expand(part.images)) {
    const std::string name = volume::stem_of_name(image.filename().string());
    const auto [found, added] = cases.emplace(name, CaseFiles{.name = name, .image = image});
    if (!added) {
      throw Error(ErrorKind::kUsage, "dataset.pack",
                  fmt::format("two images are named {}: {} and {}", name,
                              found->second.image.string(), image.string()));
    }
  }
  for (const LabelFile& label : expand_labels(part.labels)) {
    if (!take_label(label, cases)) {
      warnings.push_back(label.path.string() + ": no image of this name; passed over");
    }
  }
  if (!part.labels.empty()) {
    check_labels(cases);
  }
  std::vector<CaseFiles> matched;
  for (auto& [name, files] : cases) {
    matched.push_back(std::move(files));
  }
  return matched;
}

}  // namespace volseg::dataset::internal
