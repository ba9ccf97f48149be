// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>

#include "volseg/core/error.h"
#include "volseg/core/near_names.h"
#include "volseg/plan/recipe.h"

namespace volseg::plan {
namespace {

constexpr double kAny = std::numeric_limits<double>::max();
constexpr double kMost = 1e9;

template <typename Owner>
using Member = std::variant<bool Owner::*, int Owner::*, int64_t Owner::*, double Owner::*,
                            std::string Owner::*, std::vector<bool> Owner::*, Optimizer Owner::*>;

/// A key, where its value lives, and the numbers it may take.
template <typename Owner>
struct Field {
  std::string_view name;
  Member<Owner> member;
  double lowest = -kAny;
  double highest = kAny;
};

constexpr std::pair<std::string_view, Optimizer> kOptimizers[] = {
    {"sgd_nesterov", Optimizer::kSgdNesterov}, {"adamw", Optimizer::kAdamW}};

const Field<Augmentation> kAugmentationFields[] = {
    {"rotation_probability", &Augmentation::rotation_probability, 0, 1},
    {"rotation_degrees", &Augmentation::rotation_degrees, 0, 180},
    {"scaling_probability", &Augmentation::scaling_probability, 0, 1},
    {"scaling_low", &Augmentation::scaling_low, 0.1, 10},
    {"scaling_high", &Augmentation::scaling_high, 0.1, 10},
    {"axis_scaling_fraction", &Augmentation::axis_scaling_fraction, 0, 0.9},
    {"translation_fraction", &Augmentation::translation_fraction, 0, 1},
    {"elastic_probability", &Augmentation::elastic_probability, 0, 1},
    {"elastic_magnitude_voxels", &Augmentation::elastic_magnitude_voxels, 0, 1000},
    {"elastic_spacing_voxels", &Augmentation::elastic_spacing_voxels, 1, 10000},
    {"noise_probability", &Augmentation::noise_probability, 0, 1},
    {"noise_deviation", &Augmentation::noise_deviation, 0, 100},
    {"brightness_probability", &Augmentation::brightness_probability, 0, 1},
    {"brightness_low", &Augmentation::brightness_low, 0, 100},
    {"brightness_high", &Augmentation::brightness_high, 0, 100},
    {"contrast_probability", &Augmentation::contrast_probability, 0, 1},
    {"contrast_low", &Augmentation::contrast_low, 0, 100},
    {"contrast_high", &Augmentation::contrast_high, 0, 100},
    {"gamma_probability", &Augmentation::gamma_probability, 0, 1},
    {"gamma_inverted_probability", &Augmentation::gamma_inverted_probability, 0, 1},
    {"gamma_low", &Augmentation::gamma_low, 0.01, 100},
    {"gamma_high", &Augmentation::gamma_high, 0.01, 100},
    {"mirror_axes", &Augmentation::mirror_axes},
};

const Field<Recipe> kRecipeFields[] = {
    {"name", &Recipe::name},
    {"fit_one_patch", &Recipe::fit_one_patch},
    {"patch_voxels", &Recipe::patch_voxels, 0, 1e12},
    {"base_features", &Recipe::base_features, 1, 4096},
    {"most_features", &Recipe::most_features, 1, 65536},
    {"most_stages", &Recipe::most_stages, 1, 32},
    {"memory_gib", &Recipe::memory_gib, 0.1, 1e6},
    {"batch_size", &Recipe::batch_size, 0, 65536},
    {"optimizer", &Recipe::optimizer},
    {"learning_rate", &Recipe::learning_rate, 0, 100},
    {"momentum", &Recipe::momentum, 0, 1},
    {"weight_decay", &Recipe::weight_decay, 0, 100},
    {"polynomial_power", &Recipe::polynomial_power, 0, 100},
    {"warmup_steps", &Recipe::warmup_steps, 0, kMost},
    {"gradient_clip_norm", &Recipe::gradient_clip_norm, 0, kMost},
    {"epochs", &Recipe::epochs, 1, kMost},
    {"steps_per_epoch", &Recipe::steps_per_epoch, 1, kMost},
    {"validation_every_epochs", &Recipe::validation_every_epochs, 1, kMost},
    {"validation_patches", &Recipe::validation_patches, 0, kMost},
    {"weight_average_decay", &Recipe::weight_average_decay, 0, 1},
    {"foreground_fraction", &Recipe::foreground_fraction, 0, 1},
    {"deep_supervision", &Recipe::deep_supervision},
};

constexpr std::string_view kAugmentationKey = "augmentation";

[[noreturn]] void fail(std::string_view path, std::string_view found, std::string_view expected) {
  throw Error(ErrorKind::kUsage, "plan.recipe",
              fmt::format("key \"{}\": found {}; expected {}", path, found, expected));
}

std::string text_of(bool value) { return value ? "true" : "false"; }
std::string text_of(int64_t value) { return fmt::format("{}", value); }
std::string text_of(int value) { return fmt::format("{}", value); }
std::string text_of(double value) { return fmt::format("{}", value); }
std::string text_of(const std::string& value) {
  YAML::Emitter emitter;
  emitter << YAML::DoubleQuoted << value;
  return emitter.c_str();
}
std::string text_of(const std::vector<bool>& values) {
  std::vector<std::string> texts;
  texts.reserve(values.size());
  for (const bool value : values) {
    texts.push_back(text_of(value));
  }
  return fmt::format("[{}]", fmt::join(texts, ", "));
}
std::string text_of(Optimizer value) {
  const auto entry =
      std::ranges::find(kOptimizers, value, &std::pair<std::string_view, Optimizer>::second);
  return std::string(entry->first);
}

std::string shown(const YAML::Node& node) {
  return node.IsScalar() ? fmt::format("\"{}\"", node.Scalar()) : "no single value";
}

template <typename T>
T scalar(const YAML::Node& node, std::string_view path, std::string_view expected) {
  T value{};
  if (!node.IsScalar() || !YAML::convert<T>::decode(node, value)) {
    fail(path, shown(node), expected);
  }
  return value;
}

/// A type's values in words, with the field's range.
template <typename T>
std::string expectation(double lowest, double highest) {
  if constexpr (std::is_same_v<T, bool>) {
    return "true or false";
  }
  if constexpr (std::is_same_v<T, std::string>) {
    return "text";
  }
  return fmt::format("{} from {} to {}",
                     std::is_floating_point_v<T> ? "a number" : "a whole number", lowest, highest);
}

template <typename T, typename Owner>
void assign(const YAML::Node& node, T& target, const Field<Owner>& field, std::string_view path) {
  const std::string expected = expectation<T>(field.lowest, field.highest);
  const T value = scalar<T>(node, path, expected);
  if constexpr (!std::is_same_v<T, std::string>) {
    const auto number = static_cast<double>(value);
    if (!(number >= field.lowest && number <= field.highest)) {
      fail(path, shown(node), expected);
    }
  }
  target = value;
}

template <typename Owner>
void assign(const YAML::Node& node, std::vector<bool>& target, const Field<Owner>&,
            std::string_view path) {
  constexpr std::string_view kExpected = "a list of three: true or false for each plan axis";
  if (!node.IsSequence() || node.size() != 3) {
    fail(path, shown(node), kExpected);
  }
  std::vector<bool> values;
  for (const YAML::Node& entry : node) {
    values.push_back(scalar<bool>(entry, path, kExpected));
  }
  target = std::move(values);
}

template <typename Owner>
void assign(const YAML::Node& node, Optimizer& target, const Field<Owner>&, std::string_view path) {
  constexpr std::string_view kExpected = "sgd_nesterov or adamw";
  const auto name = scalar<std::string>(node, path, kExpected);
  for (const auto& [key, optimizer] : kOptimizers) {
    if (key != name) {
      continue;
    }
    target = optimizer;
    return;
  }
  fail(path, shown(node), kExpected);
}

template <typename Owner>
void append_yaml(const Owner& owner, std::span<const Field<Owner>> fields, std::string_view indent,
                 std::string& text) {
  for (const Field<Owner>& field : fields) {
    const std::string value =
        std::visit([&](auto member) { return text_of(owner.*member); }, field.member);
    text += fmt::format("{}{}: {}\n", indent, field.name, value);
  }
}

template <typename Owner>
void apply_entry(Owner& owner, std::span<const Field<Owner>> fields, std::string_view prefix,
                 const std::string& key, const YAML::Node& value) {
  const std::string path = fmt::format("{}{}", prefix, key);
  const auto field = std::ranges::find(fields, key, &Field<Owner>::name);
  if (field != fields.end()) {
    std::visit([&](auto member) { assign(value, owner.*member, *field, path); }, field->member);
    return;
  }
  std::vector<std::string_view> names;
  for (const Field<Owner>& known : fields) {
    names.push_back(known.name);
  }
  if (prefix.empty()) {
    names.push_back(kAugmentationKey);
  }
  fail(path, "a key that recipes do not have",
       fmt::format("a known key; the nearest is \"{}{}\"", prefix,
                   core::near_names(key, {names.begin(), names.end()}, 1).at(0)));
}

void require_map(const YAML::Node& node, std::string_view path) {
  if (!node.IsMap()) {
    fail(path, shown(node), "keys with values");
  }
}

void apply_augmentation(Augmentation& augmentation, const YAML::Node& node) {
  require_map(node, kAugmentationKey);
  for (const auto& entry : node) {
    apply_entry<Augmentation>(augmentation, kAugmentationFields, "augmentation.",
                              entry.first.as<std::string>(), entry.second);
  }
}

void check_ranges(const Augmentation& augmentation) {
  using Bound = double Augmentation::*;
  struct Range {
    std::string_view name;
    Bound low;
    Bound high;
  };
  static const Range ranges[] = {
      {"scaling", &Augmentation::scaling_low, &Augmentation::scaling_high},
      {"brightness", &Augmentation::brightness_low, &Augmentation::brightness_high},
      {"contrast", &Augmentation::contrast_low, &Augmentation::contrast_high},
      {"gamma", &Augmentation::gamma_low, &Augmentation::gamma_high}};
  for (const Range& range : ranges) {
    const double low = augmentation.*range.low;
    const double high = augmentation.*range.high;
    if (low <= high) {
      continue;
    }
    fail(fmt::format("augmentation.{}_low", range.name), fmt::format("{}", low),
         fmt::format("at most {}_high, which is {}", range.name, high));
  }
}

}  // namespace

std::string to_yaml(const Recipe& recipe) {
  std::string text;
  append_yaml<Recipe>(recipe, kRecipeFields, "", text);
  text += fmt::format("{}:\n", kAugmentationKey);
  append_yaml<Augmentation>(recipe.augmentation, kAugmentationFields, "  ", text);
  return text;
}

Recipe apply_yaml(Recipe recipe, std::string_view yaml) {
  try {
    const YAML::Node root = YAML::Load(std::string(yaml));
    if (root.IsNull()) {
      return recipe;
    }
    require_map(root, "(top level)");
    for (const auto& entry : root) {
      const auto key = entry.first.as<std::string>();
      if (key == kAugmentationKey) {
        apply_augmentation(recipe.augmentation, entry.second);
      } else {
        apply_entry<Recipe>(recipe, kRecipeFields, "", key, entry.second);
      }
    }
  } catch (const YAML::Exception& exception) {
    throw Error(
        ErrorKind::kUsage, "plan.recipe",
        fmt::format("not YAML: {}; expected lines such as \"epochs: 20\"", exception.what()));
  }
  check_ranges(recipe.augmentation);
  if (recipe.fit_one_patch && recipe.patch_voxels < 1) {
    fail("patch_voxels", text_of(recipe.patch_voxels), "at least 1 with fit_one_patch");
  }
  return recipe;
}

}  // namespace volseg::plan
