// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/dicom_series.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "volseg/archive/zip_writer.h"
#include "volseg/volume/internal/made_volume_test.h"
#include "volseg/volume/made_dicom_test.h"

namespace volseg::volume::internal {
namespace {

/// Pixels of slice `z`: 12 z, 12 z + 1, ...
std::string counting_pixels(int z) {
  std::string pixels;
  for (int index = 0; index < 12; ++index) {
    pixels += little(static_cast<uint64_t>(12 * z + index), 2);
  }
  return pixels;
}

MadeSlice slice_at(int z, double distance_mm) {
  MadeSlice made;
  made.instance = std::to_string(100 - z);
  made.position = "-10\\20\\" + std::to_string(distance_mm);
  made.pixels = counting_pixels(z);
  return made;
}

class DicomFolder : public ::testing::Test {
 protected:
  void add(const MadeSlice& made) {
    made.write(folder_.path() / ("f" + std::to_string(1000 - files_++) + ".dcm"));
  }
  void add_slices(const std::vector<double>& distances_mm) {
    for (size_t z = 0; z < distances_mm.size(); ++z) {
      add(slice_at(static_cast<int>(z), distances_mm[z]));
    }
  }
  [[nodiscard]] Volume read(const ReadOptions& options = {}) const {
    return read_volume(folder_.path(), options);
  }
  [[nodiscard]] std::string notes() const {
    std::string all;
    for (const std::string& note : read().header.notes) {
      all += note + "\n";
    }
    return all;
  }

  const TestFolder folder_{"volseg_dicom_series"};
  int files_ = 0;
};

TEST_F(DicomFolder, is_read_in_order_of_position_with_geometry_and_scale) {
  add_slices({30, 32.5, 35, 37.5, 40});
  const Volume volume = read();
  EXPECT_EQ(volume.header.shape, (core::Shape3{4, 3, 5}));
  EXPECT_EQ(volume.header.type, DataType::kInt16);
  const auto voxels = volume.channel<int16_t>(0);
  for (int64_t z = 0; z < 5; ++z) {
    EXPECT_EQ(voxels(3, 2, z), 12 * z + 11);
    EXPECT_EQ(voxels(1, 0, z), 12 * z + 1);
  }
  const Geometry expected{.known = true,
                          .spacing_mm = {0.75, 0.5, 2.5},
                          .origin_mm = {10, -20, 30},
                          .direction = {-1, 0, 0, 0, -1, 0, 0, 0, 1}};
  EXPECT_TRUE(same_geometry(volume.header.geometry, expected)) << to_string(volume.header.geometry);
  EXPECT_EQ(to_float(volume, 0)(0, 0, 1), 12 * 2 - 1000);
  EXPECT_EQ(notes(), "");
}

TEST_F(DicomFolder, a_zip_reads_as_its_folder_does) {
  add_slices({30, 33, 36});
  const auto path = folder_.path().parent_path() / "volseg_dicom_series.zip";
  archive::ZipWriter writer(path, core::Overwrite::kYes);
  for (int z = 0; z < 3; ++z) {
    const std::string file = slice_at(z, 30 + 3 * z).file();
    writer.add("study/" + std::to_string(z), std::as_bytes(std::span(file)));
  }
  writer.commit();
  expect_equal_values(read(), read_volume(path));
  EXPECT_EQ(list_series(path).size(), 1U);
  std::filesystem::remove(path);
}

TEST_F(DicomFolder, D08_missing_repeated_and_uneven_slices_are_noted) {
  add_slices({30, 32.5, 35, 42.5, 45});
  EXPECT_NE(notes().find("2 slices are missing, after f998.dcm"), std::string::npos) << notes();
  add(slice_at(9, 32.5));
  EXPECT_NE(notes().find("1 slice repeats the position of another and is left out: f999.dcm"),
            std::string::npos)
      << notes();
  add(slice_at(10, 48.2));
  EXPECT_NE(notes().find("uneven, 2.5 to 3.2 mm; 2.5 mm is used"), std::string::npos) << notes();
  EXPECT_EQ(read().header.shape[2], 6);
}

TEST_F(DicomFolder, D08_a_tilted_gantry_is_noted_and_kept_in_the_geometry) {
  for (int z = 0; z < 4; ++z) {
    MadeSlice made = slice_at(z, 30 + 2 * z);
    made.position = "-10\\" + std::to_string(20 + z) + "\\" + std::to_string(30 + 2 * z);
    add(made);
  }
  EXPECT_NE(notes().find("tilted by 26.6 degrees"), std::string::npos) << notes();
  const Geometry geometry = read().header.geometry;
  EXPECT_NEAR(geometry.spacing_mm[2], std::sqrt(5.0), 1e-9);
  EXPECT_NEAR(geometry.direction[5], -1 / std::sqrt(5.0), 1e-9);
}

TEST_F(DicomFolder, D08_several_series_are_listed_and_chosen) {
  add_slices({30, 32.5, 35});
  MadeSlice localiser = slice_at(7, 100);
  localiser.orientation = "1\\0\\0\\0\\0\\-1";
  add(localiser);
  MadeSlice other = slice_at(8, 30);
  other.series = "1.2.3.5";
  other.number = "2";
  other.description = "abdomen";
  add(other);
  const Error error = error_of([&] { (void)read(); });
  EXPECT_EQ(static_cast<int>(error.kind()), static_cast<int>(ErrorKind::kUsage));
  for (const std::string words :
       {"3 series", "3 slices of 4 x 3, CT, chest", "1 slice of 4 x 3, CT, abdomen"}) {
    EXPECT_NE(error.message().find(words), std::string::npos) << error.what();
  }
  EXPECT_EQ(read({.series = "abdomen"}).header.shape[2], 1);
  const std::vector<SeriesSummary> series = list_series(folder_.path());
  ASSERT_EQ(series.size(), 3U);
  EXPECT_EQ(series[2].description, "abdomen");
  for (size_t index = 0; index < 3; ++index) {
    const ReadOptions options{.series = std::to_string(index + 1)};
    EXPECT_EQ(read(options).header.shape[2], series[index].slices);
  }
  expect_error(ErrorKind::kUsage, "fits 2 of 3 series", [&] { (void)read({.series = "chest"}); });
  expect_error(ErrorKind::kUsage, "fits 0 of 3 series", [&] { (void)read({.series = "4"}); });
}

TEST_F(DicomFolder, D08_several_time_points_are_refused) {
  add_slices({30, 32.5, 35, 30, 32.5, 35});
  expect_error(ErrorKind::kUnsupported, "occurs 2 times", [&] { (void)read(); });
}

TEST_F(DicomFolder, D09_scales_are_applied_by_slice_when_they_differ) {
  add_slices({30, 32.5});
  MadeSlice last = slice_at(2, 35);
  last.slope = "0.5";
  last.intercept = "7";
  add(last);
  const Volume volume = read();
  EXPECT_EQ(volume.header.type, DataType::kFloat32);
  EXPECT_EQ(volume.channel<float>(0)(1, 0, 1), 13 * 2 - 1000);
  EXPECT_EQ(volume.channel<float>(0)(1, 0, 2), 25 * 0.5F + 7);
  EXPECT_NE(notes().find("differ between slices"), std::string::npos);
}

TEST_F(DicomFolder, D09_missing_and_invalid_scales_are_noted) {
  MadeSlice made = slice_at(0, 30);
  made.slope = "nan";
  add(made);
  EXPECT_NE(notes().find("not a number"), std::string::npos) << notes();
  EXPECT_EQ(read().header.scale_slope, 1);
  made = slice_at(1, 32.5);
  made.slope = "";
  made.intercept = "";
  add(made);
  EXPECT_NE(notes().find("missing in 1 slice of a CT"), std::string::npos) << notes();
}

TEST_F(DicomFolder, D10_names_and_identities_of_patients_are_in_no_message) {
  add_slices({30, 32.5, 40});
  core::write_text(folder_.path() / "notes.txt", "SECRET", core::Overwrite::kYes);
  EXPECT_NE(notes().find("1 file that is no DICOM image is passed over"), std::string::npos);
  MadeSlice bad = slice_at(1, 35);
  bad.pixels = "few bytes.";
  add(bad);
  const Error error = error_of([&] { (void)read(); });
  for (const std::string& text : {error.message(), to_string(list_series(folder_.path())[0])}) {
    for (const char* secret : {"SECRET", "1.2.3.4"}) {
      EXPECT_EQ(text.find(secret), std::string::npos) << text;
    }
  }
}

TEST_F(DicomFolder, D11_a_dicomdir_is_never_followed) {
  add_slices({30, 32.5});
  MadeSlice index;
  const std::string records = element(0x00041500, "CS", "..\\..\\ETC\\PASSWD");
  core::write_text(folder_.path() / "DICOMDIR",
                   index.head() + element(0x00041220, "SQ", item(records)), core::Overwrite::kYes);
  EXPECT_EQ(read().header.shape[2], 2);
  EXPECT_NE(notes().find("passed over"), std::string::npos);
}

TEST_F(DicomFolder, slices_without_positions_follow_their_instance_numbers) {
  for (int z = 0; z < 3; ++z) {
    MadeSlice made = slice_at(z, 0);
    made.position.clear();
    add(made);
  }
  EXPECT_FALSE(read().header.geometry.known);
  EXPECT_EQ(read().channel<int16_t>(0)(0, 0, 0), 24);
  EXPECT_NE(notes().find("instance numbers"), std::string::npos);
}

TEST_F(DicomFolder, a_single_file_and_a_folder_without_images_are_explained) {
  const std::string file = slice_at(0, 0).file();
  expect_error(ErrorKind::kUnsupported, "give the folder",
               [&] { (void)read_volume(std::as_bytes(std::span(file)), "a.dcm"); });
  core::write_text(folder_.path() / "notes.txt", "text", core::Overwrite::kYes);
  expect_error(ErrorKind::kUnsupported, "none of them a DICOM image", [&] { (void)read(); });
}

}  // namespace
}  // namespace volseg::volume::internal
