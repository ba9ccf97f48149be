// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "volseg/report/internal/run_record.h"

namespace volseg::report::internal {

/// What a field of a summary is called on the page, such as "peak memory" for peak_memory_bytes.
[[nodiscard]] std::string summary_label(const SummaryField& field);

/// The value in the unit that the end of the field's name tells: _bytes, _s, _fraction, _dice.
[[nodiscard]] std::string summary_value(const SummaryField& field);

/// The fields as HTML tiles, the best known ones first; "not recorded" without any. Texts are
/// escaped.
[[nodiscard]] std::string summary_tiles(const RunRecord& run);

}  // namespace volseg::report::internal
