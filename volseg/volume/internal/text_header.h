// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/core/buffer.h"

namespace volseg::volume::internal {

/// Longest text header that is read.
inline constexpr int64_t kMostTextHeaderBytes = 1 << 20;

/// The beginning of a file, as far as its text header may reach.
[[nodiscard]] std::string_view text_beginning(std::span<const std::byte> bytes);

/// Takes the next line off `text`, without its line feed and a carriage return before it.
[[nodiscard]] std::string_view take_line(std::string_view& text);

/// Without spaces and tabs at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// The parts between any of `separators`, none of them empty.
[[nodiscard]] std::vector<std::string_view> words_of(std::string_view text,
                                                     std::string_view separators = " \t");

/// The text in lower-case letters of ASCII equals `lower`.
[[nodiscard]] bool equals_any_case(std::string_view text, std::string_view lower);

/// A field of a text header, for messages about its value.
struct TextField {
  std::string_view key;
  std::string_view value;
  std::string_view file;
};

/// @throws Error(kFormat) naming the field on anything but one whole number
[[nodiscard]] int64_t whole_number(std::string_view word, const TextField& field);
/// @throws Error(kFormat) naming the field on anything but one number
[[nodiscard]] double real_number(std::string_view word, const TextField& field);
/// The numbers of a field. @throws Error(kFormat) unless it has exactly `count`
[[nodiscard]] std::vector<double> real_numbers(const TextField& field, size_t count);
/// Extents of a field, each at least 1. @throws Error(kFormat) unless it has exactly `count`
[[nodiscard]] std::vector<int64_t> extents_of(const TextField& field, size_t count);

/// The fields of a text header by their keys.
class TextFields {
 public:
  /// @param file    name for messages; must stay
  /// @param format  name for messages, such as "NRRD"
  TextFields(std::string_view file, std::string_view format) : file_(file), format_(format) {}

  /// The first field of a key counts. The value must stay.
  void add(std::string_view key, std::string_view value) { fields_.emplace(key, value); }

  /// The field of the first of several keys that mean the same.
  [[nodiscard]] std::optional<TextField> find(std::initializer_list<std::string_view> keys) const;
  /// @throws Error(kFormat) where there is none
  [[nodiscard]] TextField required(std::initializer_list<std::string_view> keys) const;
  /// The number of axes, 3 or 4. @throws Error(kUnsupported) on another one
  [[nodiscard]] int64_t axis_count(std::string_view key) const;

 private:
  std::string_view file_;
  std::string_view format_;
  std::map<std::string, std::string_view, std::less<>> fields_;
};

/// The shortest decimal number that is read back as `value`.
[[nodiscard]] std::string exact_text(double value);

/// A file of a text header and the bytes after it.
[[nodiscard]] core::Buffer joined(std::string_view header, std::span<const std::byte> bytes);

/// @throws Error(kFormat) that shows the field and what is expected
[[noreturn]] void refuse_field(const TextField& field, std::string_view expected);

}  // namespace volseg::volume::internal
