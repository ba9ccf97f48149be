// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/pack_inputs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset::internal {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFirstChannel = "_0000";
constexpr size_t kNamesListed = 20;

[[noreturn]] void refuse(ErrorKind kind, const std::string& message) {
  throw Error(kind, "dataset.pack", message);
}

std::string listed(std::vector<std::string> names) {
  const size_t count = names.size();
  names.resize(std::min(count, kNamesListed));
  const std::string more =
      count > kNamesListed ? fmt::format(" and {} more", count - kNamesListed) : "";
  return fmt::format("{}{}", fmt::join(names, ", "), more);
}

bool is_image(const fs::path& path) {
  return volume::format_of_name(path.filename().string()).has_value();
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

std::string stem_of(const fs::path& path) { return volume::stem_of_name(path.filename().string()); }

struct Listing {
  std::vector<fs::path> files;
  std::vector<fs::path> folders;
};

Listing list_folder(const fs::path& folder) {
  Listing listing;
  try {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      if (entry.is_directory()) {
        listing.folders.push_back(entry.path());
      } else if (entry.is_regular_file() && is_image(entry.path())) {
        listing.files.push_back(entry.path());
      }
    }
  } catch (const fs::filesystem_error& error) {
    refuse(ErrorKind::kIo, folder.string() + ": cannot be listed: " + error.code().message());
  }
  std::ranges::sort(listing.files);
  std::ranges::sort(listing.folders);
  return listing;
}

fs::path checked_file(const fs::path& path) {
  std::error_code code;
  if (!fs::is_regular_file(path, code)) {
    refuse(ErrorKind::kNotFound, path.string() + ": no such file or folder");
  }
  if (!is_image(path)) {
    refuse(ErrorKind::kUnsupported,
           path.string() + ": not an image that volseg reads; expected .npy, .nii or .nii.gz");
  }
  return path;
}

std::vector<fs::path> list_images(const std::vector<fs::path>& inputs) {
  std::vector<fs::path> images;
  for (const fs::path& input : inputs) {
    if (!is_folder(input)) {
      images.push_back(checked_file(input));
      continue;
    }
    const Listing listing = list_folder(input);
    if (listing.files.empty()) {
      refuse(ErrorKind::kNotFound,
             input.string() + ": the folder holds no .npy, .nii or .nii.gz file");
    }
    images.insert(images.end(), listing.files.begin(), listing.files.end());
  }
  const auto place = [](const fs::path& image) { return fs::absolute(image).lexically_normal(); };
  std::ranges::sort(images, {}, place);
  const auto repeated = std::ranges::unique(images, {}, place);
  images.erase(repeated.begin(), repeated.end());
  return images;
}

std::vector<std::string> texts_of(const std::vector<fs::path>& paths) {
  std::vector<std::string> texts;
  for (const fs::path& path : paths) {
    texts.push_back(path.string());
  }
  return texts;
}

// A folder without image files is a folder of class folders.
std::vector<LabelFile> list_labels(const std::vector<fs::path>& inputs) {
  std::vector<LabelFile> labels;
  const auto append = [&labels](const std::vector<fs::path>& files, const std::string& class_name) {
    for (const fs::path& file : files) {
      labels.push_back({file, class_name});
    }
  };
  for (const fs::path& input : inputs) {
    if (!is_folder(input)) {
      labels.push_back({checked_file(input), ""});
      continue;
    }
    const Listing listing = list_folder(input);
    append(listing.files, "");
    if (listing.files.empty()) {
      for (const fs::path& folder : listing.folders) {
        append(list_folder(folder).files, folder.filename().string());
      }
    }
  }
  if (labels.empty()) {
    refuse(ErrorKind::kNotFound,
           fmt::format("{}: no label files; expected .npy, .nii or .nii.gz files, or a folder for "
                       "each class",
                       fmt::join(texts_of(inputs), ", ")));
  }
  return labels;
}

class CaseMatcher {
 public:
  explicit CaseMatcher(const std::vector<fs::path>& images) {
    for (const fs::path& image : images) {
      const std::string name = stem_of(image);
      const auto [other, is_new] = cases_.try_emplace(name, PackCase{name, image, {}});
      if (!is_new) {
        refuse(ErrorKind::kUsage, fmt::format("{} and {}: two images of one name",
                                              other->second.image.string(), image.string()));
      }
      keys_[name] = name;
    }
    for (const auto& [name, one] : cases_) {
      add_channel_key(name);
    }
  }

  void add(LabelFile label) {
    const std::string stem = stem_of(label.path);
    std::optional<std::string> key = whole_name(stem);
    if (!key && label.class_name.empty()) {
      key = leading_name(stem);
      label.class_name = key ? stem.substr(key->size() + 1) : "";
    }
    if (!key) {
      unmatched_.push_back(label.path.filename().string());
      return;
    }
    cases_.at(keys_.at(*key)).labels.push_back(std::move(label));
  }

  std::vector<PackCase> take(bool with_labels, std::vector<std::string>& warnings) {
    std::vector<PackCase> cases;
    std::vector<std::string> bare;
    for (auto& [name, one] : cases_) {
      check_labels(one);
      if (with_labels && one.labels.empty()) {
        bare.push_back(one.image.filename().string());
      }
      cases.push_back(std::move(one));
    }
    if (!bare.empty()) {
      refuse(ErrorKind::kNotFound,
             fmt::format("images without labels: {}; a label file has the name of its image, as "
                         "in case_7.nii.gz and case_7_seg.nii.gz",
                         listed(bare)));
    }
    if (!unmatched_.empty()) {
      warnings.push_back(fmt::format("{} without an image left out: {}",
                                     counted(static_cast<int64_t>(unmatched_.size()), "label file"),
                                     listed(unmatched_)));
    }
    return cases;
  }

 private:
  // nnU-Net names the first channel of case `a` a_0000 and its labels a.
  void add_channel_key(const std::string& name) {
    if (!name.ends_with(kFirstChannel) || name.size() == kFirstChannel.size()) {
      return;
    }
    const std::string key = name.substr(0, name.size() - kFirstChannel.size());
    if (cases_.contains(key + "_0001")) {
      refuse(ErrorKind::kUnsupported,
             key + ": channels are in separate files; join them into one image with four axes");
    }
    keys_.try_emplace(key, name);
  }

  std::optional<std::string> whole_name(const std::string& stem) const {
    return case_of_label(stem, [this](const std::string& key) { return keys_.contains(key); });
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

  static void check_labels(PackCase& one) {
    std::ranges::sort(one.labels, {}, [](const LabelFile& label) {
      return std::pair(label.class_name, label.path);
    });
    for (size_t index = 1; index < one.labels.size(); ++index) {
      const LabelFile& first = one.labels[index - 1];
      const LabelFile& second = one.labels[index];
      if (first.class_name.empty() || first.class_name == second.class_name) {
        refuse(
            ErrorKind::kUsage,
            fmt::format("{}: {} and {} both label it; one label map, or one file for each class",
                        one.image.filename().string(), first.path.string(), second.path.string()));
      }
    }
  }

  std::map<std::string, PackCase> cases_;
  std::map<std::string, std::string> keys_;  // name as labels use it -> case
  std::vector<std::string> unmatched_;
};

}  // namespace

std::vector<PackCase> match_cases(const PackPart& part, std::vector<std::string>& warnings) {
  CaseMatcher matcher(list_images(part.images));
  if (!part.labels.empty()) {
    for (LabelFile& label : list_labels(part.labels)) {
      matcher.add(std::move(label));
    }
  }
  return matcher.take(!part.labels.empty(), warnings);
}

void find_missing_masks(const std::vector<const PackCase*>& cases,
                        std::vector<std::string>& warnings) {
  std::set<std::string> class_names;
  for (const PackCase* one : cases) {
    for (const LabelFile& label : one->labels) {
      class_names.insert(label.class_name);
    }
  }
  class_names.erase("");
  for (const PackCase* one : cases) {
    if (one->labels.empty() || one->labels[0].class_name.empty()) {
      continue;
    }
    for (const std::string& name : class_names) {
      if (std::ranges::find(one->labels, name, &LabelFile::class_name) == one->labels.end()) {
        warnings.push_back(
            fmt::format("case {}: no mask file for class {}; taken as absent", one->name, name));
      }
    }
  }
}

}  // namespace volseg::dataset::internal
