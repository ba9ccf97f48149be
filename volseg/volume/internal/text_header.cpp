// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/text_header.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string>

#include "volseg/volume/internal/parsed_image.h"

namespace volseg::volume::internal {

namespace {

constexpr std::string_view kSpaces = " \t";
constexpr size_t kMostShown = 80;

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

}  // namespace

std::string_view text_beginning(std::span<const std::byte> bytes) {
  const auto size = std::min(bytes.size(), static_cast<size_t>(kMostTextHeaderBytes));
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

std::string_view take_line(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

std::string_view trimmed(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(kSpaces), text.size());
  const size_t end = text.find_last_not_of(kSpaces);
  return end == std::string_view::npos ? std::string_view() : text.substr(begin, end + 1 - begin);
}

std::vector<std::string_view> words_of(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> words;
  size_t begin = text.find_first_not_of(separators);
  while (begin != std::string_view::npos) {
    const size_t end = std::min(text.find_first_of(separators, begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(separators, end);
  }
  return words;
}

bool equals_any_case(std::string_view text, std::string_view lower_text) {
  return std::ranges::equal(text, lower_text, {}, lower);
}

void refuse_field(const TextField& field, std::string_view expected) {
  refuse(ErrorKind::kFormat, field.file,
         "the header field \"" + std::string(field.key.substr(0, kMostShown)) + "\" is \"" +
             std::string(field.value.substr(0, kMostShown)) + "\"; expected " +
             std::string(expected));
}

int64_t whole_number(std::string_view word, const TextField& field) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc{} || end != word.data() + word.size()) {
    refuse_field(field, "whole numbers");
  }
  return value;
}

double real_number(std::string_view word, const TextField& field) {
  double value = 0;
  const std::string_view digits = word.starts_with('+') ? word.substr(1) : word;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    refuse_field(field, "numbers");
  }
  return value;
}

std::vector<double> real_numbers(const TextField& field, size_t count) {
  std::vector<double> numbers;
  for (const std::string_view word : words_of(field.value, " \t(),")) {
    numbers.push_back(real_number(word, field));
  }
  if (numbers.size() != count) {
    refuse_field(field, std::to_string(count) + " numbers");
  }
  return numbers;
}

std::vector<int64_t> extents_of(const TextField& field, size_t count) {
  std::vector<int64_t> extents;
  for (const std::string_view word : words_of(field.value)) {
    extents.push_back(whole_number(word, field));
  }
  if (extents.size() != count || std::ranges::min(extents) < 1) {
    refuse_field(field, std::to_string(count) + " extents of at least 1");
  }
  return extents;
}

std::optional<TextField> TextFields::find(std::initializer_list<std::string_view> keys) const {
  for (const std::string_view key : keys) {
    if (const auto found = fields_.find(key); found != fields_.end()) {
      return TextField{found->first, found->second, file_};
    }
  }
  return std::nullopt;
}

TextField TextFields::required(std::initializer_list<std::string_view> keys) const {
  const std::optional<TextField> field = find(keys);
  if (!field) {
    refuse(ErrorKind::kFormat, file_,
           "the " + std::string(format_) + " header has no field \"" + std::string(*keys.begin()) +
               "\"");
  }
  return *field;
}

int64_t TextFields::axis_count(std::string_view key) const {
  const TextField field = required({key});
  const int64_t axes = whole_number(field.value, field);
  if (axes != 3 && axes != 4) {
    refuse(ErrorKind::kUnsupported, file_,
           "the image has " + std::to_string(axes) + " axes; volseg reads 3, and 4 with channels");
  }
  return axes;
}

std::string exact_text(double value) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value + 0.0);
  return {text.data(), end};
}

core::Buffer joined(std::string_view header, std::span<const std::byte> bytes) {
  core::Buffer file(static_cast<int64_t>(header.size() + bytes.size()));
  std::memcpy(file.data(), header.data(), header.size());
  std::memcpy(file.data() + header.size(), bytes.data(), bytes.size());
  return file;
}

}  // namespace volseg::volume::internal
