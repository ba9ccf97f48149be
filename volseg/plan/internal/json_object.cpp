// SPDX-License-Identifier: Apache-2.0
#include "volseg/plan/internal/json_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/core/near_names.h"

namespace volseg::plan {
namespace {

std::string shown(const Json& value) {
  constexpr size_t kMost = 60;
  const std::string text =
      value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return text.size() <= kMost ? text : text.substr(0, kMost) + "...";
}

bool is_in_range(const Json& value, int64_t lowest, int64_t highest) {
  if (!value.is_number_integer()) {
    return false;
  }
  if (value.is_number_unsigned() && value.get<uint64_t>() > static_cast<uint64_t>(INT64_MAX)) {
    return false;
  }
  return value.get<int64_t>() >= lowest && value.get<int64_t>() <= highest;
}

}  // namespace

JsonObject::JsonObject(const Json& value, std::string file, std::string path)
    : value_(value), file_(std::move(file)), path_(std::move(path)) {
  if (value_.is_object()) {
    return;
  }
  throw Error(ErrorKind::kFormat, "plan.parse",
              fmt::format("{}, {}: found {}; expected an object", file_,
                          path_.empty() ? "top level" : "key " + path_, shown(value_)));
}

std::string JsonObject::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

void JsonObject::fail(std::string_view key, std::string_view found,
                      std::string_view expected) const {
  throw Error(
      ErrorKind::kFormat, "plan.parse",
      fmt::format("{}, key {}: found {}; expected {}", file_, path_of(key), found, expected));
}

const Json& JsonObject::at(std::string_view key) const {
  asked_.emplace_back(key);
  const auto entry = value_.find(std::string(key));
  if (entry == value_.end()) {
    fail(key, "nothing", "this key");
  }
  return *entry;
}

const Json& JsonObject::list(std::string_view key) const {
  const Json& value = at(key);
  if (!value.is_array()) {
    fail(key, shown(value), "a list");
  }
  return value;
}

int64_t JsonObject::integer(std::string_view key, int64_t lowest, int64_t highest) const {
  const Json& value = at(key);
  if (!is_in_range(value, lowest, highest)) {
    fail(key, shown(value), fmt::format("an integer from {} to {}", lowest, highest));
  }
  return value.get<int64_t>();
}

double JsonObject::number(std::string_view key) const {
  const Json& value = at(key);
  if (!value.is_number() || !std::isfinite(value.get<double>())) {
    fail(key, shown(value), "a number");
  }
  return value.get<double>();
}

bool JsonObject::boolean(std::string_view key) const {
  const Json& value = at(key);
  if (!value.is_boolean()) {
    fail(key, shown(value), "true or false");
  }
  return value.get<bool>();
}

std::string JsonObject::text(std::string_view key) const {
  const Json& value = at(key);
  if (!value.is_string()) {
    fail(key, shown(value), "a text");
  }
  return value.get<std::string>();
}

std::vector<std::string> JsonObject::texts(std::string_view key) const {
  std::vector<std::string> texts;
  for (const Json& entry : list(key)) {
    if (!entry.is_string()) {
      fail(key, shown(entry), "a list of texts");
    }
    texts.push_back(entry.get<std::string>());
  }
  return texts;
}

std::array<int64_t, 3> JsonObject::integers(std::string_view key, int64_t lowest,
                                            int64_t highest) const {
  const Json& value = list(key);
  const bool valid = value.size() == 3 && std::ranges::all_of(value, [&](const Json& entry) {
                       return is_in_range(entry, lowest, highest);
                     });
  if (!valid) {
    fail(key, shown(value), fmt::format("three integers from {} to {}", lowest, highest));
  }
  return {value[0].get<int64_t>(), value[1].get<int64_t>(), value[2].get<int64_t>()};
}

std::array<double, 3> JsonObject::positive_numbers(std::string_view key) const {
  const Json& value = list(key);
  const bool valid =
      value.size() == 3 && std::ranges::all_of(value, [](const Json& entry) {
        return entry.is_number() && entry.get<double>() > 0 && std::isfinite(entry.get<double>());
      });
  if (!valid) {
    fail(key, shown(value), "three numbers above 0");
  }
  return {value[0].get<double>(), value[1].get<double>(), value[2].get<double>()};
}

JsonObject JsonObject::object(std::string_view key) const {
  return JsonObject(at(key), file_, path_of(key));
}

std::vector<JsonObject> JsonObject::objects(std::string_view key) const {
  std::vector<JsonObject> objects;
  const Json& values = list(key);
  objects.reserve(values.size());
  for (size_t index = 0; index < values.size(); ++index) {
    objects.emplace_back(values[index], file_, fmt::format("{}[{}]", path_of(key), index));
  }
  return objects;
}

void JsonObject::reject_unknown() const {
  const std::vector<std::string_view> names(asked_.begin(), asked_.end());
  for (const auto& [key, entry] : value_.items()) {
    if (std::ranges::find(asked_, key) != asked_.end()) {
      continue;
    }
    fail(key, "a key that plans do not have",
         fmt::format("a known key; the nearest is {}",
                     core::near_names(key, {names.begin(), names.end()}, 1).at(0)));
  }
}

}  // namespace volseg::plan
