// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "volseg/core/text.h"
#include "volseg/dataset/internal/pack_channel_names.h"
#include "volseg/dataset/internal/pack_inputs.h"
#include "volseg/volume/formats.h"
#include "volseg/volume/image_paths.h"

namespace volseg::dataset::internal {

namespace {

namespace fs = std::filesystem;

fs::path place_of(const fs::path& path) { return fs::absolute(path).lexically_normal(); }

std::vector<std::string> texts_of(const std::vector<fs::path>& paths) {
  std::vector<std::string> texts;
  for (const fs::path& path : paths) {
    texts.push_back(path.string());
  }
  return texts;
}

/// Which files of a listing are images and which are labels, by the ends of their names.
class NameRules {
 public:
  explicit NameRules(const PackOptions& options)
      : image_suffixes_(options.image_suffixes), label_suffixes_(options.label_suffixes) {}

  [[nodiscard]] bool is_image(const std::string& stem) const {
    return image_suffixes_.empty() ? !suffix_of(stem, label_suffixes_)
                                   : suffix_of(stem, image_suffixes_).has_value();
  }
  [[nodiscard]] bool is_label(const std::string& stem) const {
    return label_suffixes_.empty() || suffix_of(stem, label_suffixes_).has_value();
  }
  [[nodiscard]] std::string without_label_suffix(const std::string& stem) const {
    const auto index = suffix_of(stem, label_suffixes_);
    return index ? stem.substr(0, stem.size() - label_suffixes_[*index].size()) : stem;
  }
  [[nodiscard]] bool has_label_suffixes() const { return !label_suffixes_.empty(); }
  [[nodiscard]] const std::vector<std::string>& image_suffixes() const { return image_suffixes_; }
  /// What is missing when a listing is empty.
  [[nodiscard]] std::string expected_image() const {
    return image_suffixes_.empty()
               ? "no image; expected " + volume::listed_extensions() +
                     ", or folders or zips of slices"
               : fmt::format("no image whose name ends in {}", fmt::join(image_suffixes_, " or "));
  }

 private:
  const std::vector<std::string>& image_suffixes_;
  const std::vector<std::string>& label_suffixes_;
};

std::vector<fs::path> list_images(const std::vector<fs::path>& inputs, const NameRules& rules) {
  std::vector<fs::path> images;
  for (const fs::path& input : inputs) {
    std::vector<fs::path> files =
        is_folder(input) ? volume::list_images(input) : std::vector{checked_image(input)};
    const auto drop_others = [&] {
      std::erase_if(
          files, [&](const fs::path& file) { return !rules.is_image(volume::stem_of_path(file)); });
    };
    drop_others();
    if (files.empty() && is_folder(input)) {
      files = volume::list_slice_folders(input);
      drop_others();
    }
    if (files.empty()) {
      refuse_to_pack(ErrorKind::kNotFound,
                     fmt::format("{}: the {} holds {}", input.string(),
                                 is_folder(input) ? "folder" : "list", rules.expected_image()));
    }
    images.insert(images.end(), files.begin(), files.end());
  }
  std::ranges::sort(images, {}, place_of);
  const auto repeated = std::ranges::unique(images, {}, place_of);
  images.erase(repeated.begin(), repeated.end());
  return images;
}

// Folders and zips with the names of images are label maps as slices, or DICOM segmentations. A
// folder without label files is a folder of class folders.
std::vector<LabelFile> list_labels(const std::vector<fs::path>& inputs, const NameRules& rules,
                                   const std::set<std::string>& image_names) {
  std::vector<LabelFile> labels;
  const auto is_image = [&](const std::string& name) { return image_names.contains(name); };
  const auto append = [&](const std::vector<fs::path>& files, const std::string& class_name) {
    for (const fs::path& file : files) {
      if (rules.is_label(volume::stem_of_path(file))) {
        labels.push_back({file, class_name});
      }
    }
  };
  for (const fs::path& input : inputs) {
    if (!is_folder(input)) {
      append({checked_image(input)}, "");
      continue;
    }
    const std::vector<fs::path> files = volume::list_image_files(input);
    append(files, "");
    for (const fs::path& path : volume::list_slice_folders(input)) {
      const std::string name = volume::stem_of_path(path);
      if (case_of_label(rules.without_label_suffix(name), is_image)) {
        append({path}, "");
      } else if (files.empty() && is_folder(path)) {
        append(volume::list_images(path), name);
      }
    }
  }
  if (labels.empty()) {
    refuse_to_pack(ErrorKind::kNotFound,
                   fmt::format("{}: no label files; expected {}, or a folder for each class",
                               fmt::join(texts_of(inputs), ", "), volume::listed_extensions()));
  }
  return labels;
}

class CaseMatcher {
 public:
  CaseMatcher(const std::vector<fs::path>& images, const NameRules& rules) : rules_(rules) {
    for (const fs::path& image : images) {
      images_.insert(place_of(image));
    }
  }

  void take(std::vector<ImageGroup> groups) {
    for (ImageGroup& group : groups) {
      const std::string text = group.files.front().string();
      const auto [other, is_new] = cases_.try_emplace(
          group.name, PackCase{.name = group.name, .images = std::move(group.files)});
      if (!is_new) {
        refuse_to_pack(ErrorKind::kUsage, fmt::format("{} and {}: two images of one name",
                                                      other->second.image_text(), text));
      }
      keys_.insert_or_assign(group.name, group.name);
      aliases_.emplace_back(group.key, group.name);
    }
    for (const auto& [key, name] : aliases_) {
      keys_.try_emplace(key, name);
    }
  }

  void add(LabelFile label) {
    if (images_.contains(place_of(label.path))) {
      refuse_to_pack(ErrorKind::kUsage, label.path.string() +
                                            ": among the images and among the labels; tell them "
                                            "apart by --label-suffix");
    }
    const std::string stem = volume::stem_of_path(label.path);
    std::optional<std::string> key = whole_name(stem);
    if (!key && label.class_name.empty() && !rules_.has_label_suffixes()) {
      key = leading_name(stem);
      label.class_name = key ? stem.substr(key->size() + 1) : "";
    }
    if (!key) {
      unmatched_.push_back(label.path.filename().string());
      return;
    }
    cases_.at(keys_.at(*key)).labels.push_back(std::move(label));
  }

  std::vector<PackCase> finish(bool with_labels, std::vector<std::string>& warnings) {
    std::vector<PackCase> cases;
    std::vector<std::string> bare;
    for (auto& [name, one] : cases_) {
      check_labels(one);
      if (with_labels && one.labels.empty()) {
        bare.push_back(one.images.front().filename().string());
      }
      cases.push_back(std::move(one));
    }
    if (!bare.empty()) {
      refuse_without_labels(bare);
    }
    if (!unmatched_.empty()) {
      warnings.push_back(fmt::format("{} without an image left out: {}",
                                     core::counted(std::ssize(unmatched_), "label file"),
                                     listed(unmatched_)));
    }
    return cases;
  }

 private:
  std::optional<std::string> whole_name(const std::string& stem) const {
    const auto is_case = [this](const std::string& key) { return keys_.contains(key); };
    if (!rules_.has_label_suffixes()) {
      return case_of_label(stem, is_case);
    }
    const std::string key = rules_.without_label_suffix(stem);
    return is_case(key) ? std::optional(key) : std::nullopt;
  }

  // The longest case name that is followed by "_" or "-" and more.
  std::optional<std::string> leading_name(const std::string& stem) const {
    for (size_t end = stem.size(); end > 1; --end) {
      const char mark = stem[end - 1];
      const std::string key = stem.substr(0, end - 1);
      if ((mark == '_' || mark == '-') && end < stem.size() && keys_.contains(key)) {
        return key;
      }
    }
    return std::nullopt;
  }

  [[noreturn]] void refuse_without_labels(const std::vector<std::string>& bare) const {
    const std::string unused =
        unmatched_.empty() ? "" : "; label files without an image: " + listed(unmatched_);
    refuse_to_pack(ErrorKind::kNotFound,
                   fmt::format("images without labels: {}; a label file has the name of its "
                               "image, as in case_7.nii.gz and case_7_seg.nii.gz{}",
                               listed(bare), unused));
  }

  static void check_labels(PackCase& one) {
    std::ranges::sort(one.labels, {}, [](const LabelFile& label) {
      return std::pair(label.class_name, label.path);
    });
    for (size_t index = 1; index < one.labels.size(); ++index) {
      const LabelFile& first = one.labels[index - 1];
      const LabelFile& second = one.labels[index];
      if (first.class_name.empty() || first.class_name == second.class_name) {
        refuse_to_pack(
            ErrorKind::kUsage,
            fmt::format("{}: {} and {} both label it; one label map, or one file for each class",
                        one.images.front().filename().string(), first.path.string(),
                        second.path.string()));
      }
    }
  }

  const NameRules& rules_;
  std::set<fs::path> images_;
  std::map<std::string, PackCase> cases_;
  std::map<std::string, std::string> keys_;  // name as labels use it -> case
  std::vector<std::pair<std::string, std::string>> aliases_;
  std::vector<std::string> unmatched_;
};

}  // namespace

std::vector<PackCase> match_cases(const PackPart& part, const PackOptions& options,
                                  bool joins_channels, std::vector<std::string>& warnings) {
  const NameRules rules(options);
  const std::vector<fs::path> images = list_images(part.images, rules);
  const bool beside = part.labels.empty() && !options.label_suffixes.empty();
  std::set<std::string> image_names;
  for (const fs::path& image : images) {
    image_names.insert(volume::stem_of_path(image));
  }
  std::vector<LabelFile> labels;
  if (!part.labels.empty() || (beside && &part != &options.test)) {
    labels = list_labels(beside ? part.images : part.labels, rules, image_names);
  }
  std::vector<std::string> label_stems;
  for (const LabelFile& label : labels) {
    label_stems.push_back(volume::stem_of_path(label.path));
  }
  CaseMatcher matcher(images, rules);
  matcher.take(rules.image_suffixes().empty() ? group_by_number(images, label_stems, joins_channels)
                                              : group_by_suffix(images, rules.image_suffixes()));
  for (LabelFile& label : labels) {
    matcher.add(std::move(label));
  }
  return matcher.finish(!labels.empty(), warnings);
}

}  // namespace volseg::dataset::internal
