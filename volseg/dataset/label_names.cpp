// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/core/files.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/dataset/pack.h"

namespace volseg::dataset {

namespace {

using Json = nlohmann::ordered_json;

std::optional<int32_t> value_of(std::string_view text) {
  int32_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = code == std::errc{} && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

std::optional<int32_t> value_of(const Json& json) {
  if (json.is_string()) {
    return value_of(std::string_view(json.get_ref<const std::string&>()));
  }
  if (!json.is_number_integer()) {
    return std::nullopt;
  }
  return value_of(std::string_view(json.dump()));
}

class NameReader {
 public:
  explicit NameReader(const std::filesystem::path& path) : path_(path.string()) {}

  std::map<int32_t, std::string> read() {
    const std::string text = core::read_text(path_);
    const size_t first = text.find_first_not_of(" \t\r\n");
    if (first != std::string::npos && text[first] == '{') {
      read_json(text);
    } else {
      read_lines(text);
    }
    if (names_.empty()) {
      refuse("", "no label names; expected lines such as `1 liver`");
    }
    return std::move(names_);
  }

 private:
  [[noreturn]] void refuse(const std::string& where, const std::string& message) const {
    throw Error(ErrorKind::kFormat, "dataset.label_names",
                internal::printable(path_ + where + ": " + message));
  }

  void add(int32_t value, const std::string& name, const std::string& where) {
    if (name.empty()) {
      refuse(where, fmt::format("label {} has an empty name", value));
    }
    if (value == 0) {
      if (name != "background" && name != "Background") {
        refuse(where, fmt::format("label 0 is the background; found {}", name));
      }
      return;
    }
    if (!names_.emplace(value, name).second && names_[value] != name) {
      refuse(where, fmt::format("label {} has two names, {} and {}", value, names_[value], name));
    }
  }

  void read_json(const std::string& text) {
    Json root = Json::parse(text, nullptr, false);
    if (root.is_discarded() || !root.is_object()) {
      refuse("", "not a JSON object");
    }
    if (root.contains("labels") && root["labels"].is_object()) {
      root = Json(root["labels"]);
    }
    for (const auto& [key, json] : root.items()) {
      add_json(key, json);
    }
  }

  void add_json(const std::string& key, const Json& json) {
    const std::string where = " key " + internal::in_quotes(key);
    const std::optional<int32_t> key_value = value_of(std::string_view(key));
    if (key_value && json.is_string()) {
      add(*key_value, json.get<std::string>(), where);
      return;
    }
    if (json.is_array()) {
      refuse(where, fmt::format("a region of the labels {}; name each label by itself, and give "
                                "labels that form one class the same name",
                                json.dump()));
    }
    const std::optional<int32_t> value = value_of(json);
    if (!value) {
      refuse(where, "expected a label value and a name, in either order");
    }
    add(*value, key, where);
  }

  void read_lines(const std::string& text) {
    std::istringstream lines(text);
    std::vector<Line> found;
    std::string line;
    for (int64_t number = 1; std::getline(lines, line); ++number) {
      std::istringstream fields(line.substr(0, line.find('#')));
      std::string value_text;
      if (!(fields >> value_text)) {
        continue;
      }
      const std::string where = fmt::format(" line {}", number);
      const std::optional<int32_t> value = value_of(std::string_view(value_text));
      if (!value) {
        refuse(where, internal::in_quotes(value_text) +
                          " is not a label value; expected lines such as `1 liver`, or JSON");
      }
      std::string name;
      std::getline(fields >> std::ws, name);
      name.resize(name.find_last_not_of(" \t\r") + 1);
      found.push_back({where, *value, std::move(name)});
    }
    drop_code_column(found);
    for (const Line& one : found) {
      add(one.value, one.name, one.where);
    }
  }

  struct Line {
    std::string where;
    int32_t value;
    std::string name;
  };

  // AAL's tables have a third column of codes. It is one only if every line has it and the names
  // differ without it; else a number at the end belongs to the name.
  static void drop_code_column(std::vector<Line>& lines) {
    std::set<std::string> names;
    for (const Line& line : lines) {
      const size_t gap = line.name.find_last_of(" \t");
      if (gap == std::string::npos || !value_of(std::string_view(line.name).substr(gap + 1))) {
        return;
      }
      names.insert(first_word(line.name));
    }
    if (names.size() != lines.size()) {
      return;
    }
    for (Line& line : lines) {
      line.name = first_word(line.name);
    }
  }

  static std::string first_word(const std::string& text) {
    return text.substr(0, text.find_first_of(" \t"));
  }

  std::string path_;
  std::map<int32_t, std::string> names_;
};

constexpr std::array<std::string_view, 10> kLabelSuffixes = {
    "_seg", "_label", "_labels", "_mask", "_masks", "-seg", "-label", "-labels", "-mask", "-masks"};

}  // namespace

std::optional<std::string> case_of_label(const std::string& stem,
                                         const std::function<bool(const std::string&)>& is_case) {
  if (is_case(stem)) {
    return stem;
  }
  for (const std::string_view suffix : kLabelSuffixes) {
    const std::string name = stem.substr(0, stem.size() - std::min(stem.size(), suffix.size()));
    if (stem.ends_with(suffix) && is_case(name)) {
      return name;
    }
  }
  return std::nullopt;
}

std::map<int32_t, std::string> read_label_names(const std::filesystem::path& path) {
  return NameReader(path).read();
}

std::map<int32_t, std::string> parse_label_names(const std::vector<std::string>& texts) {
  std::map<int32_t, std::string> names;
  for (const std::string& text : texts) {
    const size_t mark = text.find('=');
    const auto value = value_of(std::string_view(text).substr(0, mark));
    const std::string name = mark == std::string::npos ? "" : text.substr(mark + 1);
    if (!value || *value == 0 || name.empty()) {
      throw Error(ErrorKind::kUsage, "dataset.label_names",
                  internal::in_quotes(text) +
                      ": expected a label value that is not 0 and a name, such as 1=liver");
    }
    if (!names.emplace(*value, name).second) {
      throw Error(ErrorKind::kUsage, "dataset.label_names",
                  fmt::format("label {} is named twice", *value));
    }
  }
  return names;
}

}  // namespace volseg::dataset
