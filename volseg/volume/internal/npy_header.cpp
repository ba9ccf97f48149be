// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/npy_header.h"

#include <array>
#include <charconv>

#include "volseg/volume/internal/parsed_image.h"

namespace volseg::volume::internal {

namespace {

constexpr size_t kMostAxes = 32;

/// A position in the text and the tokens that a header may have there.
class Cursor {
 public:
  Cursor(std::string_view text, std::string_view name) : text_(text), name_(name) {}

  [[noreturn]] void fail(std::string_view expected) const {
    refuse(ErrorKind::kFormat, name_,
           "the .npy header is malformed at its character " + std::to_string(position_) +
               "; expected " + std::string(expected));
  }

  void skip_spaces() {
    position_ = std::min(text_.find_first_not_of(' ', position_), text_.size());
  }

  bool take(char token) {
    skip_spaces();
    if (position_ >= text_.size() || text_[position_] != token) {
      return false;
    }
    ++position_;
    return true;
  }

  void require(char token) {
    if (!take(token)) {
      fail(std::string("'") + token + "'");
    }
  }

  bool take_word(std::string_view word) {
    skip_spaces();
    if (!text_.substr(position_).starts_with(word)) {
      return false;
    }
    position_ += word.size();
    return true;
  }

  std::string_view quoted() {
    const char quote = take('"') ? '"' : '\'';
    if (quote == '\'') {
      require('\'');
    }
    const size_t end = text_.find(quote, position_);
    if (end == std::string_view::npos) {
      fail("a closing quote");
    }
    const std::string_view content = text_.substr(position_, end - position_);
    if (content.find('\\') != std::string_view::npos) {
      fail("a text without escapes");
    }
    position_ = end + 1;
    return content;
  }

  int64_t extent() {
    skip_spaces();
    int64_t value = 0;
    const char* begin = text_.data() + position_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc{} || value < 0 || *begin == '-') {
      fail("an extent from 0 to 2^63 - 1");
    }
    position_ += static_cast<size_t>(end - begin);
    return value;
  }

  [[nodiscard]] std::string_view rest() const { return text_.substr(position_); }

 private:
  std::string_view text_;
  std::string_view name_;
  size_t position_ = 0;
};

std::string read_descr(Cursor& cursor, std::string_view name) {
  if (cursor.take('[')) {
    refuse(ErrorKind::kUnsupported, name,
           "the array has a structured type with named fields; save one numeric array a file");
  }
  return std::string(cursor.quoted());
}

bool read_truth(Cursor& cursor) {
  if (cursor.take_word("True")) {
    return true;
  }
  if (!cursor.take_word("False")) {
    cursor.fail("True or False");
  }
  return false;
}

std::vector<int64_t> read_shape(Cursor& cursor) {
  std::vector<int64_t> shape;
  cursor.require('(');
  while (!cursor.take(')')) {
    if (shape.size() == kMostAxes) {
      cursor.fail("at most 32 axes");
    }
    shape.push_back(cursor.extent());
    const bool comma = cursor.take(',');
    if (comma) {
      continue;
    }
    if (shape.size() == 1) {
      cursor.fail("',' after the only extent");
    }
    cursor.require(')');
    break;
  }
  return shape;
}

size_t key_index(std::string_view key, Cursor& cursor) {
  constexpr std::array<std::string_view, 3> kKeys{"descr", "fortran_order", "shape"};
  for (size_t index = 0; index < kKeys.size(); ++index) {
    if (key == kKeys[index]) {
      return index;
    }
  }
  cursor.fail("one of the keys descr, fortran_order and shape");
}

void read_entry(Cursor& cursor, std::array<bool, 3>& seen, NpyDictionary& dictionary,
                std::string_view name) {
  const size_t index = key_index(cursor.quoted(), cursor);
  if (seen[index]) {
    cursor.fail("each key once");
  }
  seen[index] = true;
  cursor.require(':');
  if (index == 0) {
    dictionary.descr = read_descr(cursor, name);
  } else if (index == 1) {
    dictionary.fortran_order = read_truth(cursor);
  } else {
    dictionary.shape = read_shape(cursor);
  }
}

}  // namespace

NpyDictionary parse_npy_dictionary(std::string_view text, std::string_view name) {
  Cursor cursor(text, name);
  NpyDictionary dictionary;
  std::array<bool, 3> seen{};
  cursor.require('{');
  bool more = true;
  while (more && !cursor.take('}')) {
    read_entry(cursor, seen, dictionary, name);
    more = cursor.take(',');
    if (!more) {
      cursor.require('}');
    }
  }
  if (seen != std::array<bool, 3>{true, true, true}) {
    cursor.fail("the keys descr, fortran_order and shape");
  }
  cursor.skip_spaces();
  if (cursor.rest() != "\n") {
    cursor.fail("spaces and one line feed at the end");
  }
  return dictionary;
}

}  // namespace volseg::volume::internal
