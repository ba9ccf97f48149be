// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/member_name.h"

#include <algorithm>
#include <array>

namespace volseg::archive::internal {

namespace {

bool is_control(char letter) {
  const auto code = static_cast<unsigned char>(letter);
  return code < 0x20 || code == 0x7F;
}

bool starts_with_drive(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return name.size() >= 2 && name[1] == ':' && is_letter(name[0]);
}

/// Calls `visit` with each part between slashes until it returns true; returns whether it did.
template <typename Visit>
bool any_component(std::string_view name, const Visit& visit) {
  size_t begin = 0;
  while (begin <= name.size()) {
    const size_t end = std::min(name.find('/', begin), name.size());
    if (visit(name.substr(begin, end - begin))) {
      return true;
    }
    begin = end + 1;
  }
  return false;
}

}  // namespace

std::string name_defect(std::string_view name, int64_t most_bytes) {
  if (name.empty()) {
    return "is empty";
  }
  if (static_cast<int64_t>(name.size()) > most_bytes) {
    return "has " + std::to_string(name.size()) + " bytes";
  }
  if (std::ranges::any_of(name, is_control)) {
    return "has a control character";
  }
  if (name.find('\\') != std::string_view::npos) {
    return "has a backslash";
  }
  if (name.front() == '/' || starts_with_drive(name)) {
    return "is absolute";
  }
  const auto unusable = [](std::string_view part) {
    return part.empty() || part == "." || part == "..";
  };
  if (any_component(name, unusable)) {
    return "has a component that is empty, '.' or '..'";
  }
  return {};
}

bool is_left_behind(std::string_view name) {
  constexpr std::array<std::string_view, 5> kLeftBehind = {"__MACOSX", ".DS_Store", "Thumbs.db",
                                                           "desktop.ini", ".ipynb_checkpoints"};
  return any_component(name, [&](std::string_view part) {
    return std::ranges::find(kLeftBehind, part) != kLeftBehind.end();
  });
}

std::string escaped(std::string_view name) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr size_t kMostBytes = 200;
  std::string text;
  for (const char letter : name.substr(0, kMostBytes)) {
    if (is_control(letter)) {
      const auto code = static_cast<unsigned char>(letter);
      text.append("\\x").push_back(kDigits[code >> 4]);
      text.push_back(kDigits[code & 15]);
    } else {
      text.push_back(letter);
    }
  }
  return name.size() > kMostBytes ? text + "..." : text;
}

}  // namespace volseg::archive::internal
