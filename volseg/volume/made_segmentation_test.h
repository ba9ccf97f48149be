// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "volseg/volume/made_dicom_test.h"

namespace volseg::volume::internal {

/// One frame of a made segmentation.
struct MadeFrame {
  uint16_t segment = 1;
  std::string position = "-10\\20\\30";  ///< empty: none
  std::vector<uint8_t> pixels;           ///< rows one after another
  std::string source = {};               ///< UID of the image that it was derived from
};

/// A DICOM segmentation whose fields a test changes before it is written.
struct MadeSegmentation {
  std::string sop_class = "1.2.840.10008.5.1.4.1.1.66.4";
  std::string type = "BINARY";
  std::string character_set = {};
  std::string orientation = "1\\0\\0\\0\\1\\0";
  std::string spacing = "0.5\\0.75";  ///< between rows, between columns
  std::string slice_spacing = {};
  std::string series = {};  ///< of the image
  uint16_t rows = 3;
  uint16_t columns = 4;
  uint16_t allocated = 1;
  uint16_t most = 255;  ///< of a fractional one
  std::vector<std::string> labels{"liver"};
  std::vector<uint16_t> numbers = {};  ///< of the labels; empty: from 1
  std::vector<MadeFrame> frames;
  std::string frame_count = {};  ///< other than there are

  static std::string word(uint32_t tag, uint16_t value) {
    return element(tag, "US", little(value, 2));
  }

  [[nodiscard]] std::string pixels() const {
    std::string all;
    int bit = 0;
    for (const MadeFrame& frame : frames) {
      for (const uint8_t pixel : frame.pixels) {
        if (allocated == 8) {
          all += static_cast<char>(pixel);
          continue;
        }
        all += bit % 8 == 0 ? std::string(1, '\0') : "";
        all.back() = static_cast<char>(all.back() | (pixel << bit % 8));
        ++bit;
      }
    }
    return all + (all.size() % 2 == 0 ? "" : std::string(1, '\0'));
  }

  [[nodiscard]] std::string segments() const {
    std::string items;
    for (size_t index = 0; index < labels.size(); ++index) {
      const auto number = numbers.empty() ? static_cast<uint16_t>(index + 1) : numbers[index];
      items += item(word(0x00620004, number) + element(0x00620005, "LO", labels[index]));
    }
    return element(0x00620002, "SQ", items);
  }

  [[nodiscard]] std::string groups() const {
    std::string items;
    for (const MadeFrame& frame : frames) {
      std::string content;
      if (!frame.source.empty()) {
        content +=
            sequence(0x00089124, sequence(0x00082112, element(0x00081155, "UI", frame.source)));
      }
      if (!frame.position.empty()) {
        content += sequence(0x00209113, element(0x00200032, "DS", frame.position));
      }
      if (type != "LABELMAP") {
        content += sequence(0x0062000A, word(0x0062000B, frame.segment));
      }
      items += item(content);
    }
    return element(0x52009230, "SQ", items);
  }

  [[nodiscard]] std::string file() const {
    const std::string gap = slice_spacing.empty() ? "" : element(0x00180088, "DS", slice_spacing);
    const std::string shared = sequence(0x00209116, element(0x00200037, "DS", orientation)) +
                               sequence(0x00289110, gap + element(0x00280030, "DS", spacing));
    const std::string reference =
        series.empty() ? "" : sequence(0x00081115, element(0x0020000E, "UI", series));
    const std::string charset =
        character_set.empty() ? "" : element(0x00080005, "CS", character_set);
    return MadeSlice{}.head() + charset + element(0x00080016, "UI", sop_class) +
           element(0x00080060, "CS", "SEG") + reference +
           element(0x00100010, "PN", "SECRET^PATIENT") + element(0x0020000E, "UI", "1.2.3.9") +
           word(0x00280002, 1) + element(0x00280004, "CS", "MONOCHROME2") +
           element(0x00280008, "IS",
                   frame_count.empty() ? std::to_string(frames.size()) : frame_count) +
           word(0x00280010, rows) + word(0x00280011, columns) + word(0x00280100, allocated) +
           word(0x00280101, allocated) + word(0x00280102, static_cast<uint16_t>(allocated - 1)) +
           word(0x00280103, 0) + element(0x00620001, "CS", type) + segments() +
           (type == "FRACTIONAL" ? word(0x0062000E, most) : "") + sequence(0x52009229, shared) +
           groups() + element(0x7FE00010, allocated == 1 ? "OB" : "OW", pixels());
  }
  void write(const std::filesystem::path& path) const {
    core::write_text(path, file(), core::Overwrite::kYes);
  }
};

}  // namespace volseg::volume::internal
