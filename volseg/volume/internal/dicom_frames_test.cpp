// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/dicom_frames.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "volseg/volume/formats.h"
#include "volseg/volume/internal/made_volume_test.h"
#include "volseg/volume/made_dicom_test.h"

namespace volseg::volume::internal {
namespace {

std::string words(int first, int count) {
  std::string text;
  for (int index = 0; index < count; ++index) {
    text += little(static_cast<uint64_t>(first + index), 2);
  }
  return text;
}

std::string place(double z) {
  return sequence(0x00209113, element(0x00200032, "DS", "-10\\20\\" + std::to_string(z)));
}

std::string scale(const std::string& slope, const std::string& intercept) {
  return sequence(0x00289145,
                  element(0x00281052, "DS", intercept) + element(0x00281053, "DS", slope));
}

/// A file of five frames, the last slice first; words count from 1 in the order of slices.
MadeSlice enhanced() {
  MadeSlice made;
  made.position.clear();
  made.orientation.clear();
  made.spacing.clear();
  made.slope.clear();
  made.intercept.clear();
  made.frames = "5";
  made.pixels.clear();
  std::string frames;
  for (int z = 4; z >= 0; --z) {
    made.pixels += words(12 * z + 1, 12);
    frames += item(place(30 + 2.5 * z));
  }
  const std::string shared = sequence(0x00209116, element(0x00200037, "DS", "1\\0\\0\\0\\1\\0")) +
                             sequence(0x00289110, element(0x00280030, "DS", "0.5\\0.75")) +
                             scale("2", "-1000");
  made.groups = sequence(0x52009229, shared) + element(0x52009230, "SQ", frames);
  return made;
}

Volume read(const MadeSlice& made, const ReadOptions& options = {}) {
  const std::string file = made.file();
  return read_volume(std::as_bytes(std::span(file)), "a.dcm", options);
}

void refuses(ErrorKind kind, const std::string& text, const MadeSlice& made) {
  expect_error(kind, text, [&] { (void)read(made); });
}

void expect_slices_in_order(const Volume& volume) {
  ASSERT_EQ(volume.header.shape, (core::Shape3{4, 3, 5}));
  for (int64_t z = 0; z < 5; ++z) {
    EXPECT_EQ(volume.channel<int16_t>(0)(0, 0, z), 12 * z + 1);
    EXPECT_EQ(volume.channel<int16_t>(0)(3, 2, z), 12 * z + 12);
  }
}

TEST(DicomFrames, are_placed_and_scaled_by_their_functional_groups) {
  const Volume volume = read(enhanced());
  expect_slices_in_order(volume);
  const Geometry expected{.known = true,
                          .spacing_mm = {0.75, 0.5, 2.5},
                          .origin_mm = {10, -20, 30},
                          .direction = {-1, 0, 0, 0, -1, 0, 0, 0, 1}};
  EXPECT_TRUE(same_geometry(volume.header.geometry, expected)) << to_string(volume.header.geometry);
  EXPECT_EQ(volume.header.scale_slope, 2);
  EXPECT_EQ(volume.header.scale_intercept, -1000);
  EXPECT_TRUE(volume.header.notes.empty()) << volume.header.notes[0];
}

TEST(DicomFrames, of_a_file_in_a_folder_are_read_as_the_file_is) {
  const TestFolder folder("volseg_dicom_frames");
  enhanced().write(folder.path() / "IM0001");
  expect_slices_in_order(read_volume(folder.path()));
  expect_slices_in_order(read_volume(folder.path() / "IM0001"));
}

TEST(DicomFrames, of_several_orientations_are_series_of_their_own) {
  MadeSlice made = enhanced();
  std::string frames;
  for (int z = 0; z < 5; ++z) {
    frames +=
        item(place(30 + 2.5 * z) +
             sequence(0x00209116, element(0x00200037, "DS",
                                          z == 4 ? "1\\0\\0\\0\\0\\-1" : "1\\0\\0\\0\\1\\0")));
  }
  made.groups = sequence(0x52009229, sequence(0x00289110, element(0x00280030, "DS", "1\\1"))) +
                element(0x52009230, "SQ", frames);
  refuses(ErrorKind::kUsage, "4 slices of 4 x 3, CT, chest", made);
  EXPECT_EQ(
      read(made, {.series = "2"}).header.shape[2] + read(made, {.series = "1"}).header.shape[2], 5);
}

TEST(DicomFrames, D09_with_scales_of_their_own_become_floats) {
  MadeSlice made = enhanced();
  std::string frames;
  for (int z = 0; z < 5; ++z) {
    frames += item(place(30 + 2.5 * z) + scale(std::to_string(z + 1), "7"));
  }
  made.groups =
      sequence(0x52009229, sequence(0x00209116, element(0x00200037, "DS", "1\\0\\0\\0\\1\\0"))) +
      element(0x52009230, "SQ", frames);
  const Volume volume = read(made);
  EXPECT_EQ(volume.header.type, DataType::kFloat32);
  EXPECT_EQ(volume.channel<float>(0)(0, 0, 2), 25 * 3 + 7);
  EXPECT_EQ(volume.channel<float>(0)(1, 0, 4), 2 * 5 + 7);
}

TEST(DicomFrames, of_a_dose_lie_at_their_offsets) {
  MadeSlice made;
  made.frames = "3";
  made.pixels = words(1, 36);
  made.slope.clear();
  made.groups = element(0x3004000C, "DS", "0\\3\\6") + element(0x3004000E, "DS", "0.25");
  const Volume volume = read(made);
  EXPECT_NEAR(volume.header.geometry.spacing_mm[2], 3, 1e-9);
  EXPECT_NEAR(volume.header.geometry.origin_mm[2], 30, 1e-9);
  EXPECT_EQ(volume.header.scale_slope, 0.25);
}

TEST(DicomFrames, without_places_stay_in_order_and_this_is_said) {
  MadeSlice made;
  made.frames = "3";
  made.pixels = words(1, 36);
  const Volume volume = read(made);
  EXPECT_FALSE(volume.header.geometry.known);
  EXPECT_EQ(volume.channel<int16_t>(0)(0, 0, 2), 25);
  EXPECT_NE(volume.header.notes.at(0).find("geometry is unknown"), std::string::npos);
  made.more = element(0x00180088, "DS", "4");
  EXPECT_TRUE(is_spacing_only(read(made).header.geometry));
  EXPECT_EQ(read(made).header.geometry.spacing_mm, (std::array<double, 3>{0.75, 0.5, 4}));
}

TEST(DicomFrames, D08_at_every_position_several_times_are_refused) {
  MadeSlice made = enhanced();
  made.frames = "4";
  made.pixels = words(1, 48);
  std::string frames;
  for (const double z : {30.0, 33.0, 30.0, 33.0}) {
    frames += item(place(z));
  }
  made.groups =
      sequence(0x52009229, sequence(0x00209116, element(0x00200037, "DS", "1\\0\\0\\0\\1\\0"))) +
      element(0x52009230, "SQ", frames);
  refuses(ErrorKind::kUnsupported, "a.dcm frame 1: every position of the series occurs 2 times",
          made);
}

TEST(DicomFrames, D04_of_another_number_than_declared_are_refused) {
  MadeSlice made = enhanced();
  made.frames = "4";
  refuses(ErrorKind::kFormat, "declares 4 frames and describes 5", made);
  made.frames = "0";
  refuses(ErrorKind::kFormat, "declares 0 frames", made);
  made.groups.clear();
  made.frames = "5000000";
  refuses(ErrorKind::kLimit, "describes none of them", made);
  made.frames = "6";
  refuses(ErrorKind::kFormat, "120 bytes of pixels; its rows, columns, frames and bits need 144",
          made);
}

/// Run-length data of 12 words whose bytes are `low` and 0.
std::string packed_frame(uint8_t low) {
  const std::string header = little(2, 4) + little(64, 4) + little(66, 4);
  return header + std::string(64 - header.size(), '\0') + std::string("\xF5\0", 2) + '\xF5' +
         static_cast<char>(low);
}

MadeSlice packed_slices() {
  MadeSlice made = enhanced();
  made.syntax = "1.2.840.10008.1.2.5";
  made.fragments = item("");
  for (const uint8_t low : {50, 40, 30, 20, 10}) {
    made.fragments += item(packed_frame(low));
  }
  return made;
}

void expect_tens(const MadeSlice& made) {
  const Volume volume = read(made);
  for (int64_t z = 0; z < 5; ++z) {
    EXPECT_EQ(volume.channel<int16_t>(0)(3, 2, z), 10 * (z + 1));
  }
}

TEST(DicomFrames, that_are_compressed_have_a_fragment_each_or_a_table) {
  MadeSlice made = packed_slices();
  expect_tens(made);
  const std::string first = packed_frame(50);
  std::string offsets = little(0, 4);
  for (int frame = 1; frame < 5; ++frame) {
    offsets += little(static_cast<uint64_t>(frame * 76 + 8), 4);
  }
  made.fragments = item(offsets) + item(first.substr(0, 40)) + item(first.substr(40));
  for (const uint8_t low : {40, 30, 20, 10}) {
    made.fragments += item(packed_frame(low));
  }
  expect_tens(made);
  made.fragments.replace(0, item(offsets).size(), item(""));
  refuses(ErrorKind::kUnsupported, "5 frames lie in 6 fragments and no table says which", made);
}

TEST(DicomFrames, D06_with_damaged_run_lengths_are_refused_by_frame) {
  MadeSlice made = packed_slices();
  made.fragments = item("");
  for (const uint8_t low : {50, 40, 30, 20, 10}) {
    made.fragments += item(low == 30 ? packed_frame(low).substr(0, 60) : packed_frame(low));
  }
  refuses(ErrorKind::kFormat, "a.dcm frame 3: the pixels of the DICOM file are damaged", made);
}

}  // namespace
}  // namespace volseg::volume::internal
