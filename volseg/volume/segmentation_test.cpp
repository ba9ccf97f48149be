// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/segmentation.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "volseg/archive/zip_writer.h"
#include "volseg/volume/formats.h"
#include "volseg/volume/internal/made_volume_test.h"
#include "volseg/volume/made_segmentation_test.h"

namespace volseg::volume::internal {
namespace {

using Pixels = std::vector<uint8_t>;

constexpr double kStep = 2.5;

std::string position_of(int64_t slice) {
  return "-10\\20\\" + std::to_string(30 + kStep * static_cast<double>(slice));
}

/// 12 pixels of which those are set whose bit of `pattern` is.
Pixels pattern(uint32_t bits, uint8_t value = 1) {
  Pixels pixels(12);
  for (size_t index = 0; index < pixels.size(); ++index) {
    pixels[index] = (bits >> index & 1U) != 0 ? value : uint8_t{0};
  }
  return pixels;
}

/// The grid of an image of 4 x 3 x 6 voxels whose slices the frames name.
Header image_grid() {
  Header image;
  image.shape = {4, 3, 6};
  image.geometry = {.known = true,
                    .spacing_mm = {0.75, 0.5, kStep},
                    .origin_mm = {10, -20, 30},
                    .direction = {-1, 0, 0, 0, -1, 0, 0, 0, 1}};
  return image;
}

class SegmentationFile : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "seg.dcm"; }
  [[nodiscard]] Segmentation read(const MadeSegmentation& made,
                                  const SegmentationOptions& options = {}) const {
    made.write(path());
    std::vector<Segmentation> found = read_segmentations(path(), options);
    EXPECT_EQ(found.size(), 1U);
    return std::move(found.at(0));
  }
  void refuses(ErrorKind kind, const std::string& words, const MadeSegmentation& made) const {
    made.write(path());
    expect_error(kind, words, [&] { (void)read_segmentations(path()); });
    const Error error = error_of([&] { (void)read_segmentations(path()); });
    EXPECT_EQ(error.message().find("SECRET"), std::string::npos) << "D10: " << error.what();
  }

  const TestFolder folder_{"volseg_segmentation"};
};

void expect_frame(const SegmentSlab& slab, int64_t slice, uint32_t bits) {
  for (int64_t index = 0; index < 12; ++index) {
    EXPECT_EQ(slab.voxels(index % 4, index / 4, slice - slab.first_slice), bits >> index & 1U)
        << "slice " << slice << ", pixel " << index;
  }
}

MadeSegmentation two_segments() {
  MadeSegmentation made;
  made.labels = {"liver", "liver tumour"};
  made.frames = {{1, position_of(1), pattern(0x0F3)},
                 {2, position_of(1), pattern(0x810)},
                 {1, position_of(2), pattern(0xA05)},
                 {1, position_of(4), pattern(0xFFF)}};
  return made;
}

TEST_F(SegmentationFile, gives_a_mask_for_each_segment_where_its_frames_lie) {
  const Segmentation read_one = read(two_segments());
  ASSERT_EQ(read_one.segments().size(), 2U);
  EXPECT_EQ(read_one.segments()[1].label, "liver tumour");
  EXPECT_TRUE(read_one.notes().empty());
  ASSERT_TRUE(read_one.is_on(image_grid()));
  const SegmentSlab liver = read_one.mask_on(image_grid(), 0);
  EXPECT_EQ(liver.first_slice, 1);
  EXPECT_EQ(liver.voxels.shape(), (core::Shape3{4, 3, 4}));
  expect_frame(liver, 1, 0x0F3);
  expect_frame(liver, 2, 0xA05);
  expect_frame(liver, 3, 0);
  expect_frame(liver, 4, 0xFFF);
  const SegmentSlab tumour = read_one.mask_on(image_grid(), 1);
  EXPECT_EQ(tumour.voxels.shape(), (core::Shape3{4, 3, 1}));
  expect_frame(tumour, 1, 0x810);
}

TEST_F(SegmentationFile, has_a_grid_of_its_own_without_the_frames_that_are_left_out) {
  const Segmentation found = read(two_segments());
  EXPECT_EQ(found.grid().shape, (core::Shape3{4, 3, 4}));
  Geometry expected = image_grid().geometry;
  expected.origin_mm[2] += kStep;
  EXPECT_TRUE(same_geometry(found.grid().geometry, expected)) << to_string(found.grid().geometry);
  expect_frame(found.mask_on(found.grid(), 0), 3, 0xFFF);
  MadeSegmentation far = two_segments();
  far.frames[3].position = "-10\\20\\90000000";
  EXPECT_FALSE(read(far).grid().geometry.known);
}

TEST_F(SegmentationFile, follows_an_image_whose_axes_run_another_way) {
  const Segmentation found = read(two_segments());
  Header image = image_grid();
  image.shape = {3, 4, 6};
  image.geometry.spacing_mm = {0.5, 0.75, kStep};
  image.geometry.direction = {0, 1, 0, 1, 0, 0, 0, 0, -1};
  image.geometry.origin_mm = {10 - 3 * 0.75, -20 - 2 * 0.5, 30 + 5 * kStep};
  ASSERT_TRUE(found.is_on(image));
  const SegmentSlab tumour = found.mask_on(image, 1);
  EXPECT_EQ(tumour.first_slice, 4);
  for (int64_t index = 0; index < 12; ++index) {
    EXPECT_EQ(tumour.voxels(2 - index / 4, 3 - index % 4, 0), 0x810U >> index & 1U) << index;
  }
}

TEST_F(SegmentationFile, is_not_on_another_grid) {
  const Segmentation found = read(two_segments());
  const auto expect_other = [&](const auto& change) {
    Header image = image_grid();
    change(image);
    EXPECT_FALSE(found.is_on(image)) << to_string(image.geometry);
    expect_error(ErrorKind::kUsage, "not on the grid", [&] { (void)found.mask_on(image, 0); });
  };
  expect_other([](Header& image) { image.geometry.origin_mm[0] += 0.2; });
  expect_other([](Header& image) { image.geometry.origin_mm[2] += 1; });
  expect_other([](Header& image) { image.geometry.spacing_mm[0] = 0.8; });
  expect_other([](Header& image) { image.geometry.spacing_mm[2] = 5; });
  expect_other([](Header& image) { image.geometry.known = false; });
  expect_other([](Header& image) { image.geometry = spacing_only(image.geometry.spacing_mm); });
}

TEST_F(SegmentationFile, lies_on_a_crop_only_where_its_voxels_are_inside) {
  MadeSegmentation made = two_segments();
  made.frames[3].pixels = pattern(0);
  const Segmentation found = read(made);
  Header image = image_grid();
  image.shape = {4, 3, 3};
  ASSERT_TRUE(found.is_on(image));
  expect_frame(found.mask_on(image, 0), 2, 0xA05);
  image.shape = {4, 3, 2};
  expect_error(ErrorKind::kShape,
               "frame 3: segment 1 has a voxel outside of the image, at (0, 0, 2)",
               [&] { (void)found.mask_on(image, 0); });
}

TEST_F(SegmentationFile, without_positions_follows_the_slices_that_it_names) {
  MadeSegmentation made = two_segments();
  for (MadeFrame& frame : made.frames) {
    frame.position.clear();
    frame.source = "1.2.77." + std::to_string(frame.segment);
  }
  made.frames.resize(2);
  const Segmentation found = read(made);
  Header image = image_grid();
  EXPECT_FALSE(found.is_on(image));
  auto references = std::make_shared<DicomReferences>();
  references->instances = {"1.2.77.5", "1.2.77.2", "1.2.77.6", "1.2.77.1", "1.2.77.7", "1.2.77.8"};
  image.dicom = references;
  ASSERT_TRUE(found.is_on(image));
  expect_frame(found.mask_on(image, 0), 3, 0x0F3);
  expect_frame(found.mask_on(image, 1), 1, 0x810);
}

TEST_F(SegmentationFile, D08_follows_the_true_places_of_slices_where_some_are_missing) {
  MadeSegmentation made = two_segments();
  Header image = image_grid();
  auto references = std::make_shared<DicomReferences>();
  for (const double slice : {0.0, 1.0, 2.0, 4.0, 5.2}) {
    references->positions_mm.push_back({10, -20, 30 + kStep * slice});
  }
  image.dicom = references;
  image.shape[2] = 5;
  expect_frame(read(made).mask_on(image, 0), 3, 0xFFF);
  made.frames[3].position = position_of(3);
  EXPECT_EQ(read(made).misfit(image).value_or(""),
            "frame 4 at (10, -20, 37.5) mm is on no slice of the image");
}

TEST_F(SegmentationFile, of_fractions_is_inside_from_the_threshold_on) {
  MadeSegmentation made;
  made.type = "FRACTIONAL";
  made.allocated = 8;
  made.most = 200;
  Pixels pixels = pattern(0xFFF, 99);
  pixels[5] = 100;
  pixels[6] = 50;
  made.frames = {{1, position_of(0), pixels}};
  const Segmentation half = read(made);
  EXPECT_NE(half.notes().at(0).find("0.5 of its largest value"), std::string::npos);
  expect_frame(half.mask_on(image_grid(), 0), 0, 0x020);
  expect_frame(read(made, {.threshold_fraction = 0.3}).mask_on(image_grid(), 0), 0, 0xFBF);
  made.most = 0;
  refuses(ErrorKind::kFormat, "no largest value", made);
}

TEST_F(SegmentationFile, of_numbers_gives_each_segment_its_pixels) {
  MadeSegmentation made;
  made.sop_class = "1.2.840.10008.5.1.4.1.1.66.7";
  made.type = "LABELMAP";
  made.allocated = 8;
  made.labels = {"background", "liver", "spleen"};
  made.numbers = {0, 1, 7};
  Pixels pixels = pattern(0x00F);
  pixels[9] = 7;
  made.frames = {{1, position_of(0), pixels}, {1, position_of(1), pattern(0x800)}};
  const Segmentation found = read(made);
  ASSERT_EQ(found.segments().size(), 2U);
  expect_frame(found.mask_on(image_grid(), 0), 0, 0x00F);
  expect_frame(found.mask_on(image_grid(), 0), 1, 0x800);
  expect_frame(found.mask_on(image_grid(), 1), 0, 0x200);
}

TEST_F(SegmentationFile, names_its_classes_in_utf8) {
  MadeSegmentation made = two_segments();
  made.labels = {"foie gauche\n", "L\xE9sion"};
  made.character_set = "ISO_IR 100";
  EXPECT_EQ(read(made).segments()[1].label, "L\xC3\xA9sion");
  EXPECT_EQ(read(made).segments()[0].label, "foie gauche?");
  made.character_set = "ISO_IR 192";
  EXPECT_EQ(read(made).segments()[1].label, "L?sion");
  made.labels[1] = "L\xC3\xA9sion";
  EXPECT_EQ(read(made).segments()[1].label, "L\xC3\xA9sion");
  made.labels[1] = "";
  EXPECT_EQ(read(made).segments()[1].label, "segment_2");
  EXPECT_NE(read(made).notes().at(0).find("no label"), std::string::npos);
}

TEST_F(SegmentationFile, D04_with_other_pixels_or_frames_than_declared_is_refused) {
  MadeSegmentation made = two_segments();
  made.frame_count = "5";
  refuses(ErrorKind::kFormat, "6 bytes of pixels; 5 frames of 3 x 4 bits need 8", made);
  made.frame_count = "100000000";
  refuses(ErrorKind::kFormat, "need 150000000", made);
  made.frame_count = "-1";
  refuses(ErrorKind::kFormat, "-1 frames", made);
  made = two_segments();
  made.frames[2].segment = 3;
  refuses(ErrorKind::kFormat, "frame 3: the frame is of segment 3, which the file does not", made);
  made = two_segments();
  made.numbers = {1, 1};
  refuses(ErrorKind::kFormat, "no number of its own", made);
  made = two_segments();
  made.labels.clear();
  refuses(ErrorKind::kFormat, "describes no segment", made);
  made = two_segments();
  made.type = "SURFACE";
  refuses(ErrorKind::kUnsupported, "another type than BINARY", made);
}

void decode_all(const Segmentation& found) {
  for (size_t segment = 0; segment < found.segments().size(); ++segment) {
    (void)found.mask_on(image_grid(), segment);
  }
}

TEST_F(SegmentationFile, D02_survives_every_flipped_bit) {
  const std::string whole = two_segments().file();
  for (size_t bit = 132 * 8; bit < whole.size() * 8; ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    core::write_text(path(), damaged, core::Overwrite::kYes);
    try {
      for (const Segmentation& found : read_segmentations(path())) {
        decode_all(found);
      }
    } catch (const Error& error) {
      EXPECT_EQ(error.message().find("SECRET"), std::string::npos) << error.what();
    }
  }
}

TEST_F(SegmentationFile, is_found_in_folders_and_zips_and_is_no_image) {
  two_segments().write(path());
  core::write_text(folder_.path() / "notes.txt", "text", core::Overwrite::kYes);
  EXPECT_EQ(read_segmentations(folder_.path()).size(), 1U);
  const auto zip = folder_.path() / "a.zip";
  archive::ZipWriter writer(zip, core::Overwrite::kYes);
  const std::string file = two_segments().file();
  writer.add("x/1", std::as_bytes(std::span(file)));
  writer.commit();
  EXPECT_EQ(read_segmentations(zip).size(), 1U);
  for (const auto& image : {path(), folder_.path(), zip}) {
    expect_error(ErrorKind::kUnsupported, "a DICOM segmentation, which holds masks",
                 [&] { (void)read_volume(image); });
  }
  const auto nifti = folder_.path() / "a.nii";
  write_volume(nifti, random_volume({4, 3, 2}, core::Order::kFortran, DataType::kUint8),
               core::Overwrite::kYes);
  EXPECT_TRUE(read_segmentations(nifti).empty());
}

}  // namespace
}  // namespace volseg::volume::internal
