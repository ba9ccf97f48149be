// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/text_encoding.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

namespace volseg::archive::internal {

namespace {

bool is_ascii(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

const utf8proc_uint8_t* units(std::string_view bytes) {
  return reinterpret_cast<const utf8proc_uint8_t*>(bytes.data());
}

// Bytes 0x80 to 0xFF.
constexpr std::array<char16_t, 128> kCodePage437 = {
    u'Ç', u'ü', u'é', u'â', u'ä', u'à', u'å', u'ç',     u'ê', u'ë', u'è', u'ï', u'î', u'ì', u'Ä',
    u'Å', u'É', u'æ', u'Æ', u'ô', u'ö', u'ò', u'û',     u'ù', u'ÿ', u'Ö', u'Ü', u'¢', u'£', u'¥',
    u'₧', u'ƒ', u'á', u'í', u'ó', u'ú', u'ñ', u'Ñ',     u'ª', u'º', u'¿', u'⌐', u'¬', u'½', u'¼',
    u'¡', u'«', u'»', u'░', u'▒', u'▓', u'│', u'┤',     u'╡', u'╢', u'╖', u'╕', u'╣', u'║', u'╗',
    u'╝', u'╜', u'╛', u'┐', u'└', u'┴', u'┬', u'├',     u'─', u'┼', u'╞', u'╟', u'╚', u'╔', u'╩',
    u'╦', u'╠', u'═', u'╬', u'╧', u'╨', u'╤', u'╥',     u'╙', u'╘', u'╒', u'╓', u'╫', u'╪', u'┘',
    u'┌', u'█', u'▄', u'▌', u'▐', u'▀', u'α', u'ß',     u'Γ', u'π', u'Σ', u'σ', u'µ', u'τ', u'Φ',
    u'Θ', u'Ω', u'δ', u'∞', u'φ', u'ε', u'∩', u'≡',     u'±', u'≥', u'≤', u'⌠', u'⌡', u'÷', u'≈',
    u'°', u'∙', u'·', u'√', u'ⁿ', u'²', u'■', u'\u00A0'};

}  // namespace

bool is_utf8(std::string_view bytes) {
  const auto size_bytes = static_cast<utf8proc_ssize_t>(bytes.size());
  utf8proc_ssize_t position = 0;
  while (position < size_bytes) {
    utf8proc_int32_t point = 0;
    const utf8proc_ssize_t used =
        utf8proc_iterate(units(bytes) + position, size_bytes - position, &point);
    if (used <= 0) {
      return false;
    }
    position += used;
  }
  return true;
}

std::string from_code_page_437(std::string_view bytes) {
  std::string text;
  for (const char letter : bytes) {
    const auto code = static_cast<unsigned char>(letter);
    if (code < 0x80) {
      text.push_back(letter);
      continue;
    }
    std::array<utf8proc_uint8_t, 4> encoded{};
    const utf8proc_ssize_t used = utf8proc_encode_char(kCodePage437[code - 0x80], encoded.data());
    text.append(reinterpret_cast<const char*>(encoded.data()), static_cast<size_t>(used));
  }
  return text;
}

std::string folded(std::string_view utf8) {
  if (is_ascii(utf8)) {
    std::string lower(utf8);
    std::ranges::transform(lower, lower.begin(), [](char letter) {
      return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
    });
    return lower;
  }
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t size_bytes = utf8proc_map(
      units(utf8), static_cast<utf8proc_ssize_t>(utf8.size()), &mapped,
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  return size_bytes < 0
             ? std::string(utf8)
             : std::string(reinterpret_cast<const char*>(mapped), static_cast<size_t>(size_bytes));
}

}  // namespace volseg::archive::internal
