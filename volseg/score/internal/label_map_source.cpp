// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/core/files.h"
#include "volseg/dataset/pack.h"
#include "volseg/score/internal/case_source.h"
#include "volseg/score/internal/label_files.h"
#include "volseg/volume/formats.h"

namespace volseg::score::internal {

namespace {

namespace fs = std::filesystem;

constexpr const char* kLabelNamesFile = "label_names.json";
constexpr const char* kNnunetFile = "dataset.json";

// Files of one case: one label map under the empty class name, or one mask file for each class.
using CaseFiles = std::map<std::string, fs::path>;

class LabelMapSource : public CaseSource {
 public:
  LabelMapSource(const fs::path& path, const SourceSettings& settings)
      : one_file_(!fs::is_directory(path)),
        files_{.channel_axis = settings.import_settings.channel_axis,
               .probability_threshold = settings.probability_threshold} {
    if (one_file_) {
      add_file(path);
    } else {
      add_folder(path);
    }
    names_file_ = find_names_file(one_file_ ? path.parent_path() : path, settings.label_names);
    if (!names_file_.empty()) {
      set_label_names(dataset::read_label_names(names_file_));
    }
  }

  [[nodiscard]] std::vector<std::string> case_names() const override {
    std::vector<std::string> names;
    for (const auto& [name, files] : cases_) {
      names.push_back(name);
    }
    return names;
  }

  [[nodiscard]] std::vector<std::string> class_names() const override {
    std::vector<std::string> names;
    for (const auto& [label, name] : files_.label_names) {
      names.push_back(name);
    }
    return names;
  }

  [[nodiscard]] std::map<int32_t, std::string> label_names() const override {
    return files_.label_names;
  }

  void set_label_names(std::map<int32_t, std::string> names) override {
    names.erase(0);
    std::set<std::string> distinct;
    for (const auto& [label, name] : names) {
      if (!distinct.insert(name).second) {
        throw Error(ErrorKind::kFormat, "score.label_names",
                    names_file_.string() + ": class \"" + name + "\" names two label values");
      }
    }
    files_.label_names = std::move(names);
  }

  // Joins <case>_<class> files to cases: where the other side knows the case, or every class has
  // its file, as volseg writes classes that may overlap.
  void see_other_side(const std::vector<std::string>& other_names) override {
    std::map<std::string, CaseFiles> joined;
    for (const auto& [stem, files] : cases_) {
      const std::string class_name = class_suffix(stem);
      if (!class_name.empty()) {
        joined[stem.substr(0, stem.size() - class_name.size() - 1)].emplace(class_name,
                                                                            files.begin()->second);
      }
    }
    const std::set<std::string> others(other_names.begin(), other_names.end());
    strip_suffixes(others);
    for (const auto& [name, files] : joined) {
      const bool complete =
          files_.label_names.size() > 1 && files.size() == files_.label_names.size();
      if (!cases_.contains(name) && (others.contains(name) || complete)) {
        for (const auto& [class_name, file] : files) {
          cases_.erase(name + "_" + class_name);
        }
        cases_[name] = files;
      }
    }
  }

  [[nodiscard]] std::string own_name(const std::string& case_name) const override {
    const auto renamed = own_names_.find(case_name);
    return renamed == own_names_.end() ? case_name : renamed->second;
  }

  [[nodiscard]] std::vector<std::string> remarks() const override {
    std::vector<std::string> remarks;
    for (const auto& [name, files] : cases_) {
      if (files.contains("")) {
        continue;
      }
      for (const auto& [label, class_name] : files_.label_names) {
        if (!files.contains(class_name)) {
          remarks.push_back("case " + name + " has no file of class " + class_name +
                            "; taken as absent there");
        }
      }
    }
    return remarks;
  }

  [[nodiscard]] fs::path names_file() const override { return names_file_; }
  [[nodiscard]] bool is_one_file() const override { return one_file_; }

  [[nodiscard]] LoadedCase load(const std::string& case_name) const override {
    LoadedCase loaded;
    for (const auto& [class_name, file] : cases_.at(case_name)) {
      if (class_name.empty()) {
        return read_label_map(file, files_);
      }
      join_class(loaded, read_class_mask(file, class_name, files_), file);
    }
    return loaded;
  }

 private:
  static bool names_labels(const fs::path& dataset_json) {
    return fs::exists(dataset_json) &&
           core::read_text(dataset_json).find("\"labels\"") != std::string::npos;
  }

  static fs::path find_names_file(const fs::path& folder, const fs::path& given) {
    const bool above = folder.filename().string().starts_with("labels");
    for (const fs::path& place : {folder, above ? folder.parent_path() : folder}) {
      if (fs::exists(place / kLabelNamesFile)) {
        return place / kLabelNamesFile;
      }
      if (given.empty() && names_labels(place / kNnunetFile)) {
        return place / kNnunetFile;
      }
    }
    return given;
  }

  void add_file(const fs::path& file) {
    const std::string stem = volume::stem_of_name(file.filename().string());
    if (!cases_.emplace(stem, CaseFiles{{"", file}}).second) {
      throw Error(ErrorKind::kUsage, "score.open",
                  file.string() + ": case " + stem + " has a second file beside it");
    }
  }

  void add_folder(const fs::path& folder) {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      if (entry.is_regular_file() && volume::format_of_name(entry.path().filename().string())) {
        add_file(entry.path());
      }
    }
    if (cases_.empty()) {
      throw Error(ErrorKind::kNotFound, "score.open",
                  folder.string() + ": no label map and no Parquet table");
    }
  }

  // Renames label maps such as case_7_seg to a case that the other side has.
  void strip_suffixes(const std::set<std::string>& others) {
    std::map<std::string, CaseFiles> renamed;
    for (const auto& [stem, files] : cases_) {
      const auto name = dataset::case_of_label(stem, [&](const std::string& each) {
        return each == stem ? others.contains(each)
                            : others.contains(each) && !cases_.contains(each);
      });
      if (!renamed.emplace(name.value_or(stem), files).second) {
        throw Error(ErrorKind::kUsage, "score.open",
                    "two label maps belong to case " + name.value_or(stem) + "; keep one");
      }
      if (name && *name != stem) {
        own_names_[*name] = own_name(stem);
      }
    }
    cases_ = std::move(renamed);
  }

  // The longest class name behind the last "_" of a stem; empty without one.
  [[nodiscard]] std::string class_suffix(const std::string& stem) const {
    std::string longest;
    for (const auto& [label, name] : files_.label_names) {
      if (stem.size() > name.size() + 1 && stem.ends_with("_" + name) &&
          name.size() > longest.size()) {
        longest = name;
      }
    }
    return longest;
  }

  bool one_file_;
  LabelFileSettings files_;
  std::map<std::string, CaseFiles> cases_;
  std::map<std::string, std::string> own_names_;  // of renamed cases
  fs::path names_file_;
};

bool holds_table(const fs::path& folder) {
  constexpr auto kSkip = fs::directory_options::skip_permission_denied;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder, kSkip)) {
    const fs::path extension = entry.path().extension();
    if (entry.is_regular_file() && (extension == ".pq" || extension == ".parquet")) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::unique_ptr<CaseSource> open_label_map_source(const fs::path& path,
                                                  const SourceSettings& settings) {
  return std::make_unique<LabelMapSource>(path, settings);
}

std::unique_ptr<CaseSource> open_source(const fs::path& path, const SourceSettings& settings) try {
  if (!fs::exists(path)) {
    throw Error(ErrorKind::kNotFound, "score.open", path.string() + ": no such file or folder");
  }
  const bool is_label_map = fs::is_directory(path)
                                ? !holds_table(path)
                                : volume::format_of_name(path.filename().string()).has_value();
  if (!is_label_map) {
    return open_dataset_source(path, settings);
  }
  if (settings.fold) {
    throw Error(ErrorKind::kUsage, "score.open",
                path.string() + ": a fold is asked for; label maps have none");
  }
  if (settings.part != "auto" && settings.part != "all") {
    throw Error(ErrorKind::kUsage, "score.open",
                path.string() + ": part " + settings.part + " is asked for; label maps have none");
  }
  return open_label_map_source(path, settings);
} catch (const fs::filesystem_error& error) {
  throw Error(ErrorKind::kIo, "score.open", error.what());
}

}  // namespace volseg::score::internal
