// SPDX-License-Identifier: Apache-2.0
#include "volseg/plan/internal/json_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "volseg/core/error.h"

namespace volseg::plan {
namespace {

constexpr size_t kColumns = 120;

std::string one_line(const Json& value) {
  if (!value.is_structured()) {
    return value.dump();
  }
  std::string text;
  for (const auto& [key, entry] : value.items()) {
    if (!text.empty()) {
      text += ", ";
    }
    if (value.is_object()) {
      text += Json(key).dump() + ": ";
    }
    text += one_line(entry);
  }
  return value.is_object() ? "{" + text + "}" : "[" + text + "]";
}

bool is_leaf(const Json& value) {
  return std::none_of(value.begin(), value.end(),
                      [](const Json& entry) { return entry.is_object(); });
}

void append(const Json& value, const std::string& indent, bool top, std::string& text) {
  const std::string line = one_line(value);
  const bool fits = indent.size() + line.size() <= kColumns && is_leaf(value);
  if (!value.is_structured() || value.empty() || (fits && !top)) {
    text += line;
    return;
  }
  const std::string inner = indent + "  ";
  text += value.is_object() ? "{" : "[";
  std::string_view separator = "\n";
  for (const auto& [key, entry] : value.items()) {
    text += separator;
    text += inner;
    if (value.is_object()) {
      text += Json(key).dump() + ": ";
    }
    append(entry, inner, false, text);
    separator = ",\n";
  }
  text += fmt::format("\n{}{}", indent, value.is_object() ? "}" : "]");
}

}  // namespace

std::string readable_text(const Json& value) {
  try {
    std::string text;
    append(value, "", true, text);
    return text + "\n";
  } catch (const nlohmann::json::exception& exception) {
    throw Error(ErrorKind::kFormat, "plan.to_json",
                fmt::format("a text is not UTF-8: {}", exception.what()));
  }
}

}  // namespace volseg::plan
