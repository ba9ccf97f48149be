// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/plan/internal/json_object.h"
#include "volseg/plan/internal/json_text.h"
#include "volseg/plan/plan.h"

namespace volseg::plan {
namespace {

constexpr int64_t kVersion = 1;
constexpr int64_t kMostExtent = int64_t{1} << 20;
constexpr int64_t kMostFeatures = int64_t{1} << 16;
constexpr int64_t kMostChannels = int64_t{1} << 16;
constexpr int64_t kMostStages = 32;

constexpr std::pair<std::string_view, NormalizationScheme> kSchemes[] = {
    {"ct", NormalizationScheme::kCt},
    {"z_score", NormalizationScheme::kZScore},
    {"z_score_non_zero", NormalizationScheme::kZScoreNonZero},
    {"none", NormalizationScheme::kNone}};
constexpr std::pair<std::string_view, OutputKind> kOutputs[] = {{"softmax", OutputKind::kSoftmax},
                                                                {"sigmoid", OutputKind::kSigmoid}};
constexpr std::pair<std::string_view, double IntensityStatistics::*> kStatistics[] = {
    {"mean", &IntensityStatistics::mean},
    {"median", &IntensityStatistics::median},
    {"standard_deviation", &IntensityStatistics::standard_deviation},
    {"minimum", &IntensityStatistics::minimum},
    {"maximum", &IntensityStatistics::maximum},
    {"percentile_00_5", &IntensityStatistics::percentile_00_5},
    {"percentile_99_5", &IntensityStatistics::percentile_99_5}};

template <typename Table, typename Value>
std::string name_in(const Table& table, Value value) {
  for (const auto& [name, entry] : table) {
    if (entry == value) {
      return std::string(name);
    }
  }
  throw Error(ErrorKind::kUsage, "plan.to_json", "an enumerated field has no valid value");
}

template <typename Table>
auto value_in(const Table& table, const JsonObject& object, std::string_view key) {
  const std::string name = object.text(key);
  std::string names;
  for (const auto& [known, entry] : table) {
    if (known == name) {
      return entry;
    }
    names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", known);
  }
  object.fail(key, fmt::format("\"{}\"", name), "one of " + names);
}

Json to_json_value(const Normalization& normalization) {
  Json statistics = Json::object();
  for (const auto& [name, member] : kStatistics) {
    statistics[std::string(name)] = normalization.statistics.*member;
  }
  return {{"scheme", name_in(kSchemes, normalization.scheme)}, {"statistics", statistics}};
}

Json to_json_value(const Stage& stage) {
  return {{"features", stage.features},
          {"kernel", stage.kernel},
          {"stride", stage.stride},
          {"encoder_convolutions", stage.encoder_convolutions},
          {"decoder_convolutions", stage.decoder_convolutions}};
}

template <typename T>
Json to_json_list(const std::vector<T>& values) {
  Json list = Json::array();
  for (const T& value : values) {
    list.push_back(to_json_value(value));
  }
  return list;
}

Normalization normalization_of(const JsonObject& object) {
  Normalization normalization;
  normalization.scheme = value_in(kSchemes, object, "scheme");
  const JsonObject statistics = object.object("statistics");
  for (const auto& [name, member] : kStatistics) {
    normalization.statistics.*member = statistics.number(name);
  }
  statistics.reject_unknown();
  object.reject_unknown();
  return normalization;
}

Stage stage_of(const JsonObject& object) {
  Stage stage;
  stage.features = object.integer("features", 1, kMostFeatures);
  stage.kernel = object.integers("kernel", 1, 31);
  if (std::ranges::any_of(stage.kernel, [](int64_t extent) { return extent % 2 == 0; })) {
    object.fail("kernel", "an even extent", "odd extents");
  }
  stage.stride = object.integers("stride", 1, 16);
  stage.encoder_convolutions = object.integer("encoder_convolutions", 1, 64);
  stage.decoder_convolutions = object.integer("decoder_convolutions", 1, 64);
  object.reject_unknown();
  return stage;
}

NetworkPlan network_of(const JsonObject& object) {
  NetworkPlan network;
  network.input_channels = object.integer("input_channels", 1, kMostChannels);
  network.output_channels = object.integer("output_channels", 1, kMostChannels);
  network.deep_supervision = object.boolean("deep_supervision");
  for (const JsonObject& stage : object.objects("stages")) {
    network.stages.push_back(stage_of(stage));
  }
  if (network.stages.empty() || static_cast<int64_t>(network.stages.size()) > kMostStages) {
    object.fail("stages", fmt::format("{} stages", network.stages.size()),
                fmt::format("1 to {}", kMostStages));
  }
  object.reject_unknown();
  return network;
}

std::array<int, 3> axis_order_of(const JsonObject& object) {
  const std::array<int64_t, 3> axes = object.integers("axis_order", 0, 2);
  std::array<int64_t, 3> sorted = axes;
  std::ranges::sort(sorted);
  if (sorted != std::array<int64_t, 3>{0, 1, 2}) {
    object.fail("axis_order", "an axis twice", "0, 1 and 2, each once");
  }
  return {static_cast<int>(axes[0]), static_cast<int>(axes[1]), static_cast<int>(axes[2])};
}

void check_agreement(const Plan& plan, const JsonObject& root) {
  const auto classes = static_cast<int64_t>(plan.class_names.size());
  const int64_t outputs = classes + (plan.output == OutputKind::kSoftmax ? 1 : 0);
  if (plan.network.output_channels != outputs) {
    root.fail("network.output_channels", fmt::format("{}", plan.network.output_channels),
              fmt::format("{}: {} classes{}", outputs, classes,
                          outputs == classes ? "" : " and background"));
  }
  if (static_cast<int64_t>(plan.normalization.size()) != plan.network.input_channels) {
    root.fail(
        "normalization", fmt::format("{} entries", plan.normalization.size()),
        fmt::format("one for each of network.input_channels, {}", plan.network.input_channels));
  }
  for (int axis = 0; axis < 3; ++axis) {
    int64_t multiple = 1;
    for (const Stage& stage : plan.network.stages) {
      multiple = std::min(multiple * stage.stride[axis], kMostExtent * 2);
    }
    if (plan.patch_shape[axis] % multiple == 0) {
      continue;
    }
    root.fail("patch_shape", fmt::format("extent {} on axis {}", plan.patch_shape[axis], axis),
              fmt::format("a multiple of the strides' product, {}", multiple));
  }
}

Json parse_text(std::string_view json, std::string_view name) {
  try {
    return Json::parse(json);
  } catch (const nlohmann::json::parse_error& fault) {
    throw Error(ErrorKind::kFormat, "plan.parse",
                fmt::format("{}: not JSON from byte {} on; expected a plan as `volseg plan` or "
                            "`volseg train` writes it",
                            name, fault.byte));
  }
}

}  // namespace

std::string to_json(const Plan& plan) {
  const Json network = {{"input_channels", plan.network.input_channels},
                        {"output_channels", plan.network.output_channels},
                        {"deep_supervision", plan.network.deep_supervision},
                        {"stages", to_json_list(plan.network.stages)}};
  const Json root = {{"version", plan.version},
                     {"recipe", plan.recipe},
                     {"axis_order", plan.axis_order},
                     {"spacing_mm", plan.spacing_mm},
                     {"median_shape", plan.median_shape},
                     {"patch_shape", plan.patch_shape},
                     {"batch_size", plan.batch_size},
                     {"batch_dice", plan.batch_dice},
                     {"output", name_in(kOutputs, plan.output)},
                     {"class_names", plan.class_names},
                     {"normalization", to_json_list(plan.normalization)},
                     {"network", network},
                     {"estimated_feature_elements", plan.estimated_feature_elements},
                     {"notes", plan.notes}};
  return readable_text(root);
}

Plan parse_plan(std::string_view json, std::string_view name) {
  const Json value = parse_text(json, name);
  const JsonObject root(value, std::string(name), "");
  Plan plan;
  plan.version = root.integer("version", kVersion, kVersion);
  plan.recipe = root.text("recipe");
  plan.axis_order = axis_order_of(root);
  plan.spacing_mm = root.positive_numbers("spacing_mm");
  plan.median_shape = root.integers("median_shape", 1, kMostExtent);
  plan.patch_shape = root.integers("patch_shape", 1, kMostExtent);
  plan.batch_size = root.integer("batch_size", 1, kMostFeatures);
  plan.batch_dice = root.boolean("batch_dice");
  plan.output = value_in(kOutputs, root, "output");
  plan.class_names = root.texts("class_names");
  for (const JsonObject& entry : root.objects("normalization")) {
    plan.normalization.push_back(normalization_of(entry));
  }
  plan.network = network_of(root.object("network"));
  plan.estimated_feature_elements = root.number("estimated_feature_elements");
  plan.notes = root.texts("notes");
  root.reject_unknown();
  check_agreement(plan, root);
  return plan;
}

Plan read_plan(const std::filesystem::path& path) {
  return parse_plan(core::read_text(path), path.string());
}

}  // namespace volseg::plan
