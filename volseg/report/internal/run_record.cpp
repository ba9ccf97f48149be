// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/run_record.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>

#include "volseg/core/error.h"
#include "volseg/core/files.h"

namespace volseg::report::internal {

namespace {

using nlohmann::json;

std::optional<std::string> read_if_there(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    return std::nullopt;
  }
  return core::read_text(path);
}

std::optional<double> number_at(const json& object, const std::string& key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) {
    return std::nullopt;
  }
  return found->get<double>();
}

json parse_object(std::string_view text, const std::string& where) {
  json object = json::parse(text, nullptr, false);
  if (!object.is_object()) {
    throw Error(ErrorKind::kFormat, "report.read_run",
                where + ": not a JSON object; expected one as training writes it");
  }
  return object;
}

EpochRecord read_epoch(const json& object, const std::vector<std::string>& class_names,
                       size_t line_number) {
  EpochRecord record;
  record.epoch = number_at(object, "epoch").value_or(static_cast<double>(line_number));
  record.learning_rate = number_at(object, "learning_rate");
  record.loss = number_at(object, "loss");
  record.validation_loss = number_at(object, "validation_loss");
  record.validation_dice = number_at(object, "validation_dice");
  record.seconds = number_at(object, "seconds");
  record.data_wait_fraction = number_at(object, "data_wait_fraction");
  const auto dice = object.find("class_dice");
  for (const std::string& name : class_names) {
    const bool there = dice != object.end() && dice->is_object();
    record.class_dice.push_back(there ? number_at(*dice, name) : std::nullopt);
  }
  return record;
}

std::vector<EpochRecord> read_epochs(std::string_view text,
                                     const std::vector<std::string>& class_names) {
  std::vector<EpochRecord> epochs;
  size_t line_number = 0;
  for (size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    ++line_number;
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
      const json object = parse_object(line, fmt::format("metrics.jsonl line {}", line_number));
      epochs.push_back(read_epoch(object, class_names, line_number));
    }
  }
  return epochs;
}

std::string as_text(const json& value) {
  if (value.is_null()) {
    return "-";
  }
  if (value.is_string()) {
    return value.get<std::string>();
  }
  return value.is_number_float() ? fmt::format("{:.4g}", value.get<double>()) : value.dump();
}

}  // namespace

RunRecord read_run(const std::filesystem::path& run, int fold) {
  const std::filesystem::path plan = run / "plan.json";
  std::error_code ignored;
  if (!std::filesystem::exists(plan, ignored)) {
    throw Error(ErrorKind::kNotFound, "report.read_run",
                run.string() + ": no plan.json; expected a run folder as `volseg train` writes it");
  }
  RunRecord record;
  record.plan = plan::read_plan(plan);
  record.config = read_if_there(run / "config.yaml");
  const std::filesystem::path folder = run / fmt::format("fold_{}", fold);
  if (!std::filesystem::is_directory(folder, ignored)) {
    throw Error(ErrorKind::kNotFound, "report.read_run",
                folder.string() + ": no such fold; train it first or choose another with --fold");
  }
  if (const auto metrics = read_if_there(folder / "metrics.jsonl")) {
    record.epochs = read_epochs(*metrics, record.plan.class_names);
  }
  if (const auto summary = read_if_there(folder / "summary.json")) {
    const json fields = parse_object(*summary, "summary.json");
    for (const auto& [name, value] : fields.items()) {
      record.summary.push_back({name, as_text(value), number_at(fields, name)});
    }
  }
  return record;
}

}  // namespace volseg::report::internal
