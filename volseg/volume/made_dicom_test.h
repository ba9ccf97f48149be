// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "volseg/core/files.h"

namespace volseg::volume::internal {

inline constexpr const char* kExplicitLittle = "1.2.840.10008.1.2.1";

inline std::string little(uint64_t value, size_t size) {
  std::string text;
  for (size_t byte = 0; byte < size; ++byte) {
    text += static_cast<char>(value >> (8 * byte) & 0xFF);
  }
  return text;
}

inline std::string turned(std::string text, bool turn) {
  return turn ? std::string(text.rbegin(), text.rend()) : text;
}

/// How the elements of a made DICOM file are written.
struct DicomForm {
  bool explicit_vr = true;
  bool big_endian = false;
};

/// One element; text is padded to an even length.
inline std::string element(uint32_t tag, const std::string& vr, std::string value,
                           const DicomForm& form = {}) {
  value += value.size() % 2 == 0 ? "" : std::string(1, vr == "UI" ? '\0' : ' ');
  const bool turn = form.big_endian;
  std::string text = turned(little(tag >> 16, 2), turn) + turned(little(tag & 0xFFFF, 2), turn);
  if (!form.explicit_vr) {
    return text + turned(little(value.size(), 4), turn) + value;
  }
  const bool is_long = vr == "OW" || vr == "OB" || vr == "SQ" || vr == "UN";
  text += vr + (is_long ? std::string(2, '\0') : "");
  return text + turned(little(value.size(), is_long ? 4 : 2), turn) + value;
}

/// An item of a sequence or of fragments.
inline std::string item(const std::string& content) {
  return std::string("\xFE\xFF\x00\xE0", 4) + little(content.size(), 4) + content;
}

/// A sequence of one item.
inline std::string sequence(uint32_t tag, const std::string& content) {
  return element(tag, "SQ", item(content));
}

/// A slice whose fields a test changes before it is written.
struct MadeSlice {
  std::string syntax = kExplicitLittle;
  std::string series = "1.2.3.4";
  std::string description = "chest";
  std::string number = "1";
  std::string instance = "1";
  std::string position = "-10\\20\\30";
  std::string orientation = "1\\0\\0\\0\\1\\0";
  std::string spacing = "0.5\\0.75";  ///< between rows, between columns
  std::string slope = "2";
  std::string intercept = "-1000";
  uint16_t rows = 3;
  uint16_t columns = 4;
  uint16_t allocated = 16;
  uint16_t stored = 16;
  uint16_t high = 15;
  uint16_t is_signed = 1;
  uint16_t samples = 1;
  std::string frames = {};
  std::string pixels = std::string(24, '\0');
  std::string fragments = {};  ///< instead of pixels
  std::string more = {};       ///< elements before the image ones
  std::string groups = {};     ///< elements after the image ones

  /// Everything after the meta group.
  [[nodiscard]] std::string elements(const DicomForm& form = {}) const {
    const auto text = [&](uint32_t tag, const char* vr, const std::string& value) {
      return value.empty() ? std::string() : element(tag, vr, value, form);
    };
    const auto word = [&](uint32_t tag, uint16_t value) {
      return element(tag, "US", turned(little(value, 2), form.big_endian), form);
    };
    std::string all =
        text(0x00080060, "CS", "CT") + text(0x0008103E, "LO", description) +
        text(0x00100010, "PN", "SECRET^PATIENT") + text(0x00100020, "LO", "SECRET-ID") + more +
        text(0x0020000E, "UI", series) + text(0x00200011, "IS", number) +
        text(0x00200013, "IS", instance) + text(0x00200032, "DS", position) +
        text(0x00200037, "DS", orientation) + word(0x00280002, samples) +
        text(0x00280004, "CS", samples == 1 ? "MONOCHROME2" : "RGB") +
        text(0x00280008, "IS", frames) + word(0x00280010, rows) + word(0x00280011, columns) +
        text(0x00280030, "DS", spacing) + word(0x00280100, allocated) + word(0x00280101, stored) +
        word(0x00280102, high) + word(0x00280103, is_signed) + text(0x00281052, "DS", intercept) +
        text(0x00281053, "DS", slope) + groups;
    if (fragments.empty()) {
      return all + element(0x7FE00010, "OW", pixels, form);
    }
    return all + std::string("\xE0\x7F\x10\x00OB\0\0\xFF\xFF\xFF\xFF", 12) + fragments +
           std::string("\xFE\xFF\xDD\xE0\0\0\0\0", 8);
  }

  [[nodiscard]] std::string head() const {
    return std::string(128, '\0') + "DICM" + element(0x00020010, "UI", syntax);
  }
  [[nodiscard]] std::string file() const { return head() + elements(); }
  void write(const std::filesystem::path& path) const {
    core::write_text(path, file(), core::Overwrite::kYes);
  }
};

}  // namespace volseg::volume::internal
