// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/text.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace volseg::core {

std::string counted(int64_t count, std::string_view noun) {
  const std::string_view plural = count == 1 ? "" : noun.ends_with('s') ? "es" : "s";
  return std::to_string(count) + " " + std::string(noun) + std::string(plural);
}

std::string listed(size_t count, size_t most, const std::function<std::string(size_t)>& name_of) {
  std::string text;
  for (size_t index = 0; index < std::min(count, most); ++index) {
    text += (index == 0 ? "" : ", ") + name_of(index);
  }
  return count > most ? text + " and " + std::to_string(count - most) + " more" : text;
}

std::string size_text(int64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"bytes", "kB", "MB", "GB", "TB"};
  if (bytes < 1000) {
    return counted(bytes, "byte");
  }
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f %s",
                value < 9.995   ? 2
                : value < 99.95 ? 1
                                : 0,
                value, kUnits[unit]);
  return text.data();
}

}  // namespace volseg::core
