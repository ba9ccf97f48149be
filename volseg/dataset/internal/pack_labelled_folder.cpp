// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "volseg/core/files.h"
#include "volseg/core/text.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/dataset/internal/pack_dataset_json.h"
#include "volseg/dataset/pack.h"

namespace volseg::dataset::internal {

DatasetJson::DatasetJson(const std::filesystem::path& folder)
    : folder_(folder), file_(folder / "dataset.json") {
  root_ = Json::parse(core::read_text(file_), nullptr, false);
  if (root_.is_discarded() || !root_.is_object()) {
    refuse("not a JSON object");
  }
}

const Json& DatasetJson::at(const std::string& key) const {
  if (!root_.contains(key)) {
    refuse(fmt::format("no key {}", key));
  }
  return root_[key];
}

void DatasetJson::refuse(const std::string& message) const {
  refuse_to_pack(ErrorKind::kFormat, printable(file_.string() + ": " + message));
}

int64_t DatasetJson::channel_count() const {
  const std::string key = has("channel_names") ? "channel_names" : "modality";
  const Json& channels = at(key);
  const bool named = (channels.is_object() || channels.is_array()) && !channels.empty();
  if (!named) {
    refuse(fmt::format("key {}: no channels; expected such as {{\"0\": \"CT\"}}", key));
  }
  return std::ssize(channels);
}

void DatasetJson::read_label_names(const std::map<int32_t, std::string>& given_names,
                                   PackInputs& inputs) const {
  if (!given_names.empty()) {
    return;
  }
  if (!at("labels").is_object()) {
    refuse("key labels: expected label names and values, such as {\"liver\": 1}");
  }
  inputs.label_names = dataset::read_label_names(file_);
  for (const auto& [value, name] : inputs.label_names) {
    if (name == "ignore") {
      refuse(
          fmt::format("label {} is \"ignore\", voxels without truth, which a dataset cannot "
                      "hold; give the labels names with --label-names to take it as a class",
                      value));
    }
  }
}

void DatasetJson::warn_of_count(const std::string& found_in, PackInputs& inputs) const {
  if (!has("numTraining")) {
    return;
  }
  const auto found = static_cast<int64_t>(inputs.of(Part::kTrain).size());
  const Json& stated = at("numTraining");
  if (!stated.is_number_integer() || stated.get<int64_t>() != found) {
    inputs.warnings.push_back(fmt::format("dataset.json: numTraining is {}; {} {}",
                                          printable(stated.dump()), found_in,
                                          core::counted(found, "case")));
  }
}

PackInputs read_labelled_folder(const std::filesystem::path& folder,
                                const std::map<int32_t, std::string>& given_names) {
  const DatasetJson json(folder);
  if (json.has("file_ending") || json.has("channel_names")) {
    return read_nnunet(json, given_names);
  }
  if (json.has("training")) {
    return read_decathlon(json, given_names);
  }
  json.refuse(
      "neither the keys channel_names, labels and file_ending of an nnU-Net raw folder nor the "
      "keys training, labels and modality of a Medical Segmentation Decathlon folder");
}

}  // namespace volseg::dataset::internal
