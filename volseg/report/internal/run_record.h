// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "volseg/plan/plan.h"

namespace volseg::report::internal {

/// One line of metrics.jsonl; what the line lacks has no value.
struct EpochRecord {
  double epoch = 0;
  std::optional<double> learning_rate;
  std::optional<double> loss;
  std::optional<double> validation_loss;
  std::optional<double> validation_dice;
  std::optional<double> seconds;
  std::optional<double> data_wait_fraction;
  std::vector<std::optional<double>> class_dice;  ///< in the order of the plan's class names
};

/// One field of summary.json.
struct SummaryField {
  std::string name;
  std::string text;  ///< "-" for null
  std::optional<double> number;
};

/// What a run folder tells; missing files leave their part empty.
struct RunRecord {
  plan::Plan plan;
  std::optional<std::string> config;  ///< text of config.yaml
  std::vector<EpochRecord> epochs;
  std::vector<SummaryField> summary;
};

/// Reads a run folder. A last line of metrics.jsonl without its end, as a killed training leaves
/// it, is passed over. @throws Error(kNotFound) without plan.json; Error(kFormat) naming file and
/// line
[[nodiscard]] RunRecord read_run(const std::filesystem::path& run, int fold);

}  // namespace volseg::report::internal
