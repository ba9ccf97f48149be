// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace volseg::plan {

using Json = nlohmann::ordered_json;

/// JSON for people: a value on one line where it fits in 120 columns and holds no object, else one
/// entry a line. Ends with a line break. @throws Error(kFormat) on text that is not UTF-8
[[nodiscard]] std::string readable_text(const Json& value);

}  // namespace volseg::plan
