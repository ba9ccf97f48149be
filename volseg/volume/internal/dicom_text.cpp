// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/dicom_text.h"

#include <cstdint>

namespace volseg::volume::internal {

namespace {

/// Bytes of the well-formed UTF-8 sequence at the beginning of `text`; 0 when there is none.
size_t sequence_length(std::string_view text) {
  const auto byte = [&](size_t index) { return static_cast<uint8_t>(text[index]); };
  const uint8_t first = byte(0);
  const size_t length = first < 0x80   ? 1
                        : first < 0xC2 ? 0
                        : first < 0xE0 ? 2
                        : first < 0xF0 ? 3
                        : first < 0xF5 ? 4
                                       : 0;
  if (length == 0 || text.size() < length) {
    return 0;
  }
  for (size_t index = 1; index < length; ++index) {
    if ((byte(index) & 0xC0U) != 0x80) {
      return 0;
    }
  }
  const bool overlong = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xF0 && byte(1) < 0x90);
  const bool surrogate = first == 0xED && byte(1) > 0x9F;
  const bool beyond = first == 0xF4 && byte(1) > 0x8F;
  return overlong || surrogate || beyond ? 0 : length;
}

bool is_printable_ascii(char letter) { return letter >= ' ' && letter <= '~'; }

std::string from_latin(std::string_view text) {
  std::string utf8;
  for (const char letter : text) {
    const auto byte = static_cast<uint8_t>(letter);
    if (byte >= 0xA0) {
      utf8 += static_cast<char>(0xC0U | byte >> 6);
      utf8 += static_cast<char>(0x80U | (byte & 0x3FU));
    } else {
      utf8 += is_printable_ascii(letter) ? letter : '?';
    }
  }
  return utf8;
}

}  // namespace

std::string utf8_of(std::string_view text, std::string_view character_set) {
  if (character_set == "ISO_IR 100") {
    return from_latin(text);
  }
  const bool is_utf8 = character_set == "ISO_IR 192";
  std::string utf8;
  while (!text.empty()) {
    const size_t length = is_utf8 ? sequence_length(text) : 1;
    const bool kept = length > 1 || (length == 1 && is_printable_ascii(text[0]));
    utf8 += kept ? text.substr(0, length) : "?";
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return utf8;
}

}  // namespace volseg::volume::internal
