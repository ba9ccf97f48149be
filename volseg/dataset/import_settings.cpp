// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/import_settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/core/near_names.h"

namespace volseg::dataset {

namespace {

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorKind::kUsage, "dataset.import_settings", message);
}

template <typename T>
T scalar(const YAML::Node& node, const std::string& key, std::string_view expected) {
  try {
    return node.as<T>();
  } catch (const YAML::Exception&) {
    refuse(fmt::format("line {}, key {}: not {}", node.Mark().line + 1, key, expected));
  }
}

// Hydrogen Torch writes None for a setting that is not set.
std::string name(const YAML::Node& node, const std::string& key) {
  if (node.IsNull()) {
    return "";
  }
  const auto text = scalar<std::string>(node, key, "a text");
  return text == "None" ? "" : text;
}

std::string file_name(const YAML::Node& node, const std::string& key) {
  const std::string text = name(node, key);
  return text.substr(text.find_last_of("/\\") + 1);
}

std::optional<ValidationStrategy> strategy(const YAML::Node& node, const std::string& key) {
  const std::string text = name(node, key);
  if (text.empty()) {
    return std::nullopt;
  }
  // Hydrogen Torch's exports say custom.
  const auto found = validation_strategy_of(text == "custom" ? "custom_holdout" : text);
  if (!found) {
    refuse(fmt::format("line {}, key {}: {}; expected {}", node.Mark().line + 1, key, text,
                       fmt::join(kValidationStrategies, ", ")));
  }
  return found;
}

double size_fraction(const YAML::Node& node, const std::string& key) {
  const auto value = scalar<double>(node, key, "a number");
  if (!(value > 0 && value < 1)) {
    refuse(fmt::format("line {}, key {}: {}; expected a fraction between 0 and 1",
                       node.Mark().line + 1, key, value));
  }
  return value;
}

std::vector<std::string> folds(const YAML::Node& node, const std::string& key) {
  std::vector<std::string> names;
  if (!node.IsSequence()) {
    const std::string only = name(node, key);
    return only.empty() ? names : std::vector{only};
  }
  for (const YAML::Node& one : node) {
    names.push_back(scalar<std::string>(one, key, "a list of fold names"));
  }
  return names;
}

std::optional<int> channel_axis(const YAML::Node& node, const std::string& key) {
  if (node.IsNull()) {
    return std::nullopt;
  }
  const int axis = scalar<int>(node, key, "0 or 3");
  if (axis != 0 && axis != 3) {
    refuse(fmt::format("line {}, key {}: {}; expected 0 or 3", node.Mark().line + 1, key, axis));
  }
  return axis;
}

uint64_t seed(const YAML::Node& node, const std::string& key) {
  return scalar<uint64_t>(node, key, "a whole number from 0");
}

bool flag(const YAML::Node& node, const std::string& key) {
  return scalar<bool>(node, key, "true or false");
}

using Assign = void (*)(ImportSettings&, const YAML::Node&, const std::string&);

struct Key {
  std::string_view name;
  Assign assign;
};

template <auto member, auto read>
void assign(ImportSettings& settings, const YAML::Node& node, const std::string& key) {
  settings.*member = read(node, key);
}

template <auto member>
constexpr Assign kAssignName = assign<member, name>;

constexpr std::array kKeys = {
    Key{"train_dataframe", assign<&ImportSettings::train_dataframe, file_name>},
    Key{"validation_dataframe", assign<&ImportSettings::validation_dataframe, file_name>},
    Key{"test_dataframe", assign<&ImportSettings::test_dataframe, file_name>},
    Key{"data_folder", kAssignName<&ImportSettings::data_folder>},
    Key{"data_folder_test", kAssignName<&ImportSettings::data_folder_test>},
    Key{"image_column", kAssignName<&ImportSettings::image_column>},
    Key{"class_name_column", kAssignName<&ImportSettings::class_name_column>},
    Key{"rle_mask_column", kAssignName<&ImportSettings::rle_mask_column>},
    Key{"fold_column", kAssignName<&ImportSettings::fold_column>},
    Key{"group_fold_column", kAssignName<&ImportSettings::group_fold_column>},
    Key{"validation_strategy", assign<&ImportSettings::validation_strategy, strategy>},
    Key{"validation_size", assign<&ImportSettings::validation_size_fraction, size_fraction>},
    Key{"selected_folds", assign<&ImportSettings::selected_folds, folds>},
    Key{"folds", assign<&ImportSettings::selected_folds, folds>},
    Key{"channel_axis", assign<&ImportSettings::channel_axis, channel_axis>},
    Key{"seed", assign<&ImportSettings::seed, seed>},
    Key{"allow_extra_bytes", assign<&ImportSettings::allow_extra_bytes, flag>},
};

// Keys that say nothing about how files are read: of Hydrogen Torch's dataset group, and of volseg.
constexpr std::array<std::string_view, 8> kPassedOver = {
    "data_sample",      "data_sample_choice", "data_format",     "dataset_name",
    "problem_category", "problem_type",       "experiment_name", "recipe"};

void assign_key(ImportSettings& settings, const YAML::Node& key_node, const YAML::Node& node) {
  const auto key = scalar<std::string>(key_node, "?", "a text");
  if (std::ranges::find(kPassedOver, key) != kPassedOver.end()) {
    return;
  }
  const auto* found = std::ranges::find(kKeys, key, &Key::name);
  if (found == kKeys.end()) {
    std::vector<std::string> names;
    for (const Key& one : kKeys) {
      names.emplace_back(one.name);
    }
    refuse(fmt::format("line {}: unknown key {}; the nearest is {}", key_node.Mark().line + 1, key,
                       core::near_names(key, std::move(names), 1).at(0)));
  }
  found->assign(settings, node, key);
}

ImportSettings settings_of(YAML::Node root) {
  ImportSettings settings;
  for (const char* group : {"import_settings", "dataset"}) {
    if (root.IsMap() && root[group].IsMap()) {
      root.reset(YAML::Node(root[group]));
    }
  }
  if (root.IsNull()) {
    return settings;
  }
  if (!root.IsMap()) {
    refuse("line 1: not a map; expected lines such as `train_dataframe: train.pq`");
  }
  std::set<std::string> seen;
  for (const auto& entry : root) {
    if (!seen.insert(entry.first.Scalar()).second) {
      refuse(fmt::format("line {}: key {} is given twice", entry.first.Mark().line + 1,
                         entry.first.Scalar()));
    }
    assign_key(settings, entry.first, entry.second);
  }
  return settings;
}

}  // namespace

std::string_view name_of(ValidationStrategy strategy) {
  return kValidationStrategies.at(static_cast<size_t>(strategy));
}

std::optional<ValidationStrategy> validation_strategy_of(std::string_view name) {
  const auto* const found = std::ranges::find(kValidationStrategies, name);
  return found == kValidationStrategies.end() ? std::nullopt
                                              : std::optional(static_cast<ValidationStrategy>(
                                                    found - kValidationStrategies.begin()));
}

ImportSettings parse_import_settings(const std::string& yaml, std::string_view name) {
  try {
    return settings_of(YAML::Load(yaml));
  } catch (const YAML::Exception& fault) {
    throw Error(ErrorKind::kUsage, "dataset.import_settings",
                fmt::format("{} line {}: not YAML: {}", name, fault.mark.line + 1, fault.msg));
  } catch (const Error& fault) {
    throw Error(fault.kind(), fault.operation(), fmt::format("{} {}", name, fault.message()));
  }
}

}  // namespace volseg::dataset
