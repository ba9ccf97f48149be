// SPDX-License-Identifier: Apache-2.0
#include "volseg/train/internal/json_lines.h"

#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "volseg/core/files.h"

namespace volseg::train::internal {

using Json = nlohmann::json;

JsonLines::JsonLines(std::filesystem::path path) : path_(std::move(path)) {
  std::error_code ignored;
  if (!std::filesystem::exists(path_, ignored)) {
    return;
  }
  std::istringstream text(core::read_text(path_));
  for (std::string line; std::getline(text, line);) {
    if (Json::parse(line, nullptr, false).is_object()) {
      lines_.push_back(line);
    }
  }
}

void JsonLines::keep_if(std::string_view key, const std::function<bool(double)>& keep) {
  std::erase_if(lines_, [&](const std::string& line) {
    const Json object = Json::parse(line, nullptr, false);
    const auto value = object.find(key);
    return value != object.end() && value->is_number() && !keep(value->get<double>());
  });
  write();
}

void JsonLines::append(std::string_view json) {
  lines_.emplace_back(json);
  write();
}

void JsonLines::write() const {
  std::string text;
  for (const std::string& line : lines_) {
    text += line + "\n";
  }
  core::write_text(path_, text, core::Overwrite::kYes);
}

}  // namespace volseg::train::internal
