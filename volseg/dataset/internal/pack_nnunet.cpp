// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "volseg/core/text.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/dataset/internal/pack_channel_names.h"
#include "volseg/dataset/internal/pack_dataset_json.h"
#include "volseg/dataset/internal/pack_folds.h"
#include "volseg/volume/formats.h"
#include "volseg/volume/image_paths.h"

namespace volseg::dataset::internal {

namespace {

namespace fs = std::filesystem;

class NnunetReader {
 public:
  explicit NnunetReader(const DatasetJson& json)
      : json_(json), channels_(json.channel_count()), ending_(file_ending()) {}

  PackInputs read(const std::map<int32_t, std::string>& given_names) {
    if (json_.has("dataset")) {
      json_.refuse(
          "the key dataset lists files elsewhere, which is not read; bring them into "
          "imagesTr and labelsTr");
    }
    json_.read_label_names(given_names, inputs_);
    read_images("imagesTr", Part::kTrain);
    read_labels("labelsTr", Part::kTrain);
    if (is_folder(json_.folder() / "imagesTs")) {
      read_images("imagesTs", Part::kTest);
      if (is_folder(json_.folder() / "labelsTs")) {
        read_labels("labelsTs", Part::kTest);
      }
    }
    json_.warn_of_count("imagesTr has", inputs_);
    const fs::path splits = json_.folder() / "splits_final.json";
    if (is_file(splits)) {
      take_splits(splits, inputs_);
    }
    return std::move(inputs_);
  }

 private:
  std::string file_ending() const {
    const Json& ending = json_.at("file_ending");
    std::string text = ending.is_string() ? ending.get<std::string>() : ending.dump();
    if (!volume::format_of_name("case" + text)) {
      json_.refuse(
          fmt::format("key file_ending: {}, a format that volseg does not read", in_quotes(text)));
    }
    return text;
  }

  // Names of the files that have the ending, without it.
  std::vector<std::string> list_stems(const fs::path& folder) {
    std::vector<std::string> stems;
    std::vector<std::string> others;
    for (const fs::path& file : volume::list_image_files(folder)) {
      const std::string name = file.filename().string();
      const bool fits = name.ends_with(ending_) && name.size() > ending_.size();
      (fits ? stems : others).push_back(fits ? name.substr(0, name.size() - ending_.size()) : name);
    }
    if (!others.empty()) {
      inputs_.warnings.push_back(fmt::format("{}: files that do not end in {} left out: {}",
                                             folder.string(), ending_, listed(others)));
    }
    return stems;
  }

  void read_images(const std::string& folder_name, Part part) {
    const fs::path folder = json_.folder() / folder_name;
    std::map<std::string, std::set<int64_t>> cases;
    for (const std::string& stem : list_stems(folder)) {
      const auto name = numbered_name(stem);
      if (!name) {
        refuse_to_pack(ErrorKind::kFormat,
                       fmt::format("{}: no channel number; expected a name such as case_0000{}",
                                   (folder / (stem + ending_)).string(), ending_));
      }
      cases[name->key].insert(name->channel);
    }
    if (cases.empty() && part == Part::kTrain) {
      refuse_to_pack(ErrorKind::kNotFound, folder.string() + ": no images that end in " + ending_);
    }
    check_channels(folder, cases);
    for (const auto& [key, numbers] : cases) {
      PackCase one{.name = key};
      for (const int64_t number : numbers) {
        one.images.push_back(folder / (key + channel_suffix(number) + ending_));
      }
      inputs_.of(part).push_back(std::move(one));
    }
  }

  void check_channels(const fs::path& folder,
                      const std::map<std::string, std::set<int64_t>>& cases) const {
    std::vector<std::string> faults;
    for (const auto& [key, numbers] : cases) {
      const bool fits = std::ssize(numbers) == channels_ && *numbers.rbegin() == channels_ - 1;
      if (!fits) {
        faults.push_back(fmt::format("{} has {}", key, channel_list(numbers)));
      }
    }
    if (!faults.empty()) {
      refuse_to_pack(ErrorKind::kNotFound,
                     fmt::format("{}: dataset.json names {}, so every case needs {} to {}; {}",
                                 folder.string(), core::counted(channels_, "channel"),
                                 channel_suffix(0), channel_suffix(channels_ - 1), listed(faults)));
    }
  }

  static std::string channel_list(const std::set<int64_t>& numbers) {
    std::vector<std::string> names;
    for (const int64_t number : numbers) {
      names.push_back(channel_suffix(number));
    }
    return listed(names);
  }

  void read_labels(const std::string& folder_name, Part part) {
    const fs::path folder = json_.folder() / folder_name;
    const std::vector<std::string> stems = list_stems(folder);
    std::set<std::string> unused(stems.begin(), stems.end());
    std::vector<std::string> bare;
    for (PackCase& one : inputs_.of(part)) {
      if (unused.erase(one.name) == 0) {
        bare.push_back(one.name);
        continue;
      }
      one.labels.push_back({folder / (one.name + ending_), ""});
    }
    if (!bare.empty()) {
      refuse_to_pack(ErrorKind::kNotFound,
                     fmt::format("{}: no label file of {}; expected CASE{} for every case of {}",
                                 folder.string(), listed(bare), ending_,
                                 part == Part::kTest ? "imagesTs" : "imagesTr"));
    }
    if (!unused.empty()) {
      inputs_.warnings.push_back(fmt::format("{}: label files without an image left out: {}",
                                             folder.string(),
                                             listed({unused.begin(), unused.end()})));
    }
  }

  const DatasetJson& json_;
  int64_t channels_;
  std::string ending_;
  PackInputs inputs_;
};

}  // namespace

PackInputs read_nnunet(const DatasetJson& json, const std::map<int32_t, std::string>& given_names) {
  return NnunetReader(json).read(given_names);
}

}  // namespace volseg::dataset::internal
