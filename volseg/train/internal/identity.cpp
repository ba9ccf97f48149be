// SPDX-License-Identifier: Apache-2.0
#include "volseg/train/internal/identity.h"

#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>

namespace volseg::train::internal {

namespace {

using Json = nlohmann::json;

// FNV-1a over length and bytes of each text.
class Digest {
 public:
  void add(std::string_view text) {
    add_bytes(std::to_string(text.size()) + ":");
    add_bytes(text);
  }
  [[nodiscard]] std::string text() const { return std::to_string(value_); }

 private:
  void add_bytes(std::string_view bytes) {
    constexpr uint64_t kPrime = 1099511628211U;
    for (const char byte : bytes) {
      value_ = (value_ ^ static_cast<unsigned char>(byte)) * kPrime;
    }
  }
  uint64_t value_ = 14695981039346656037U;
};

std::string digest_of(const dataset::Dataset& data) {
  Digest digest;
  for (const std::string& name : data.class_names()) {
    digest.add(name);
  }
  for (const dataset::Part part : {dataset::Part::kTrain, dataset::Part::kValidation}) {
    digest.add(dataset::name_of(part));
    for (const dataset::Row& row : data.rows(part)) {
      digest.add(row.image);
      const auto* member = data.archive().find(row.member);
      digest.add(member == nullptr
                     ? ""
                     : std::to_string(member->crc32) + " " + std::to_string(member->size_bytes));
      digest.add(row.fold);
      digest.add(row.group);
      for (const std::string& text : row.run_texts) {
        digest.add(text);
      }
    }
  }
  return digest.text();
}

// JSON strings and numbers are YAML too.
std::string settings_yaml(const dataset::ImportSettings& settings) {
  std::string text;
  const auto add = [&](std::string_view key, const Json& value) {
    text += "  " + std::string(key) + ": " + value.dump() + "\n";
  };
  add("train_dataframe", settings.train_dataframe);
  add("validation_dataframe", settings.validation_dataframe);
  add("test_dataframe", settings.test_dataframe);
  add("data_folder", settings.data_folder);
  add("data_folder_test", settings.data_folder_test);
  add("image_column", settings.image_column);
  add("class_name_column", settings.class_name_column);
  add("rle_mask_column", settings.rle_mask_column);
  add("fold_column", settings.fold_column);
  add("group_fold_column", settings.group_fold_column);
  add("validation_strategy", settings.validation_strategy
                                 ? Json(dataset::name_of(*settings.validation_strategy))
                                 : Json());
  add("validation_size", settings.validation_size_fraction);
  add("selected_folds", settings.selected_folds);
  add("channel_axis", settings.channel_axis ? Json(*settings.channel_axis) : Json());
  add("seed", settings.seed);
  if (settings.allow_extra_bytes) {
    add("allow_extra_bytes", true);
  }
  return text;
}

std::string indented(const std::string& yaml) {
  std::istringstream stream(yaml);
  std::string text;
  for (std::string line; std::getline(stream, line);) {
    text += "  " + line + "\n";
  }
  return text;
}

}  // namespace

RunIdentity identify(const TrainOptions& options, const plan::Recipe& recipe,
                     const dataset::Dataset& data, int threads) {
  RunIdentity identity;
  identity.threads = threads;
  identity.class_names = Json(data.class_names()).dump();
  identity.dataset_key = digest_of(data);
  const auto line = [](std::string_view key, const Json& value) {
    return std::string(key) + ": " + value.dump() + "\n";
  };
  identity.config = line("dataset", options.dataset.string()) + line("fold", options.fold) +
                    line("seed", options.seed.value_or(0)) + line("device", options.device) +
                    line("threads", threads) + "import_settings:\n" +
                    settings_yaml(data.settings()) + "recipe:\n" + indented(plan::to_yaml(recipe));
  return identity;
}

}  // namespace volseg::train::internal
