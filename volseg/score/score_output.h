// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "volseg/score/score_table.h"

namespace volseg::score {

/// Aligned columns for a person, then means, rules and notes; "-" where a class is absent.
[[nodiscard]] std::string to_text(const ScoreTable& table);
/// One row for each case and class (docs/formats/scores.md); empty where a class is absent.
[[nodiscard]] std::string to_csv(const ScoreTable& table);
/// The whole table with definitions (docs/formats/scores.md); null where a class is absent.
[[nodiscard]] std::string to_json(const ScoreTable& table);

}  // namespace volseg::score
