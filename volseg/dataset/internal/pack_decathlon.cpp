// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <set>
#include <utility>

#include "volseg/core/files.h"
#include "volseg/core/text.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/dataset/internal/pack_channel_names.h"
#include "volseg/dataset/internal/pack_dataset_json.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset::internal {

namespace {

namespace fs = std::filesystem;

class DecathlonReader {
 public:
  explicit DecathlonReader(const DatasetJson& json)
      : json_(json), channels_(json.channel_count()) {}

  PackInputs read(const std::map<int32_t, std::string>& given_names) {
    json_.read_label_names(given_names, inputs_);
    read_list("training", Part::kTrain);
    for (const auto& [key, part] :
         {std::pair("validation", Part::kValidation), std::pair("test", Part::kTest)}) {
      if (json_.has(key)) {
        read_list(key, part);
      }
    }
    json_.warn_of_count("training lists", inputs_);
    return std::move(inputs_);
  }

 private:
  void read_list(const std::string& key, Part part) {
    const Json& list = json_.at(key);
    if (!list.is_array()) {
      json_.refuse(fmt::format("key {}: not a list", key));
    }
    std::set<std::string> names;
    for (size_t index = 0; index < list.size(); ++index) {
      const std::string where = fmt::format("key {}, entry {}", key, index);
      PackCase one = read_entry(list[index], where);
      if (!names.insert(one.name).second) {
        json_.refuse(fmt::format("{}: case {} is listed twice", where, in_quotes(one.name)));
      }
      if (one.labels.empty() && part != Part::kTest) {
        json_.refuse(where + ": no label; expected the keys image and label");
      }
      inputs_.of(part).push_back(std::move(one));
    }
  }

  PackCase read_entry(const Json& entry, const std::string& where) const {
    if (entry.is_string()) {
      return case_of(entry, where);
    }
    if (!entry.is_object() || !entry.contains("image")) {
      json_.refuse(where + ": no image; expected the keys image and label");
    }
    PackCase one = case_of(entry["image"], where);
    if (entry.contains("label")) {
      one.labels.push_back({checked(path_of(entry["label"], where), where), ""});
    }
    if (entry.contains("fold")) {
      one.fold =
          entry["fold"].is_string() ? entry["fold"].get<std::string>() : entry["fold"].dump();
    }
    return one;
  }

  // "./imagesTr/case.nii.gz": one folder and one file, both plain names.
  fs::path path_of(const Json& value, const std::string& where) const {
    const std::string whole = value.is_string() ? value.get<std::string>() : value.dump();
    const std::string text = whole.starts_with("./") ? whole.substr(2) : whole;
    const size_t slash = text.find('/');
    const std::string folder = text.substr(0, slash);
    const std::string file = slash == std::string::npos ? "" : text.substr(slash + 1);
    if (!core::is_plain_file_name(folder) || !core::is_plain_file_name(file)) {
      json_.refuse(
          fmt::format("{}: {} is not a folder and a file of this dataset; expected such "
                      "as ./imagesTr/case.nii.gz",
                      where, in_quotes(whole)));
    }
    return json_.folder() / folder / file;
  }

  fs::path checked(const fs::path& path, const std::string& where) const {
    try {
      return checked_image(path);
    } catch (const Error& error) {
      refuse_to_pack(error.kind(),
                     fmt::format("{}: {}: {}", (json_.folder() / "dataset.json").string(), where,
                                 error.message()));
    }
  }

  // nnU-Net v1 lists case.nii.gz and keeps case_0000.nii.gz.
  PackCase case_of(const Json& value, const std::string& where) const {
    const fs::path image = path_of(value, where);
    const std::string file = image.filename().string();
    PackCase one{.name = volume::stem_of_name(file)};
    const std::string extension = file.substr(one.name.size());
    const auto channel_file = [&](int64_t channel) {
      return image.parent_path() / (one.name + channel_suffix(channel) + extension);
    };
    if (is_file(image) || !is_file(channel_file(0))) {
      one.images.push_back(checked(image, where));
      return one;
    }
    for (int64_t channel = 0; channel < channels_; ++channel) {
      one.images.push_back(checked(channel_file(channel), where));
    }
    return one;
  }

  const DatasetJson& json_;
  int64_t channels_;
  PackInputs inputs_;
};

}  // namespace

PackInputs read_decathlon(const DatasetJson& json,
                          const std::map<int32_t, std::string>& given_names) {
  return DecathlonReader(json).read(given_names);
}

}  // namespace volseg::dataset::internal
