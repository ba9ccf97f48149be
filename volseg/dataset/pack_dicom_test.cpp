// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "volseg/archive/zip_writer.h"
#include "volseg/dataset/internal/pack_fixture_test.h"
#include "volseg/volume/made_segmentation_test.h"

namespace volseg::dataset {

namespace {

using internal::holds;
using internal::Names;
using volume::internal::MadeFrame;
using volume::internal::MadeSegmentation;
using volume::internal::MadeSlice;

constexpr int kSlices = 4;

std::string position_of(int slice) { return "-10\\20\\" + std::to_string(30 + 3 * slice); }

/// A series of 4 x 3 x 4 voxels and segmentations of it.
class PackDicom : public internal::PackFixture {
 protected:
  void write_series(const std::string& folder) const {
    std::filesystem::create_directories(at(folder));
    for (int slice = 0; slice < kSlices; ++slice) {
      MadeSlice made;
      made.position = position_of(slice);
      made.instance = std::to_string(slice + 1);
      made.write(at(folder) / ("IM" + std::to_string(slice)));
    }
  }

  void write_segmentation(const std::string& name, const MadeSegmentation& made) const {
    std::filesystem::create_directories(at(name).parent_path());
    made.write(at(name));
  }

  [[nodiscard]] PackOptions options() const {
    return {.train = {.images = {at("images")}, .labels = {at("labels")}}};
  }

  [[nodiscard]] Names texts(const PackOptions& chosen) const {
    return packed(chosen).rows(Part::kTrain)[0].run_texts;
  }
};

MadeSegmentation two_classes() {
  MadeSegmentation made;
  made.labels = {"spleen", "liver"};
  made.frames = {{1, position_of(1), {0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1}},
                 {2, position_of(1), {1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
                 {2, position_of(3), {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}};
  return made;
}

TEST_F(PackDicom, takes_segmentations_by_file_folder_and_zip) {
  write_series("images/a");
  write_segmentation("labels/a.dcm", two_classes());
  const Dataset dataset = packed(options());
  EXPECT_EQ(dataset.class_names(), (Names{"spleen", "liver"}));
  EXPECT_EQ(images_of(dataset, Part::kTrain), Names{"a.nii.gz"});
  const Names expected{"14 2 24 1", "13 2 48 1"};
  EXPECT_EQ(dataset.rows(Part::kTrain)[0].run_texts, expected);
  std::filesystem::remove(at("labels/a.dcm"));
  write_segmentation("labels/a/whatever", two_classes());
  EXPECT_EQ(texts(options()), expected);
  std::filesystem::remove_all(at("labels/a"));
  archive::ZipWriter writer(at("labels/a.zip"), core::Overwrite::kYes);
  const std::string file = two_classes().file();
  writer.add("1.dcm", std::as_bytes(std::span(file)));
  writer.commit();
  EXPECT_EQ(texts(options()), expected);
  write_text("cases.csv", "image,label\nimages/a,labels/a.zip\n");
  EXPECT_EQ(texts({.pairs = at("cases.csv")}), expected);
}

TEST_F(PackDicom, takes_them_beside_the_images_by_suffix) {
  write_series("all/a");
  write_segmentation("all/a_seg.dcm", two_classes());
  EXPECT_EQ(texts({.train = {.images = {at("all")}, .labels = {}}, .label_suffixes = {"_seg"}}),
            (Names{"14 2 24 1", "13 2 48 1"}));
}

TEST_F(PackDicom, unites_segments_of_one_label_and_says_so) {
  write_series("images/a");
  MadeSegmentation made = two_classes();
  made.labels = {"lesion", "lesion"};
  write_segmentation("labels/a.dcm", made);
  EXPECT_TRUE(holds(pack_to(output(), options()).warnings.at(0),
                    "segments 1, 2 of \"lesion\" become one class each"));
  EXPECT_EQ(texts(options()), Names{"13 3 24 1 48 1"});
}

TEST_F(PackDicom, of_a_class_folder_takes_the_segment_of_its_name) {
  write_series("images/a");
  write_segmentation("labels/liver/a.dcm", two_classes());
  const Dataset dataset = packed(options());
  EXPECT_EQ(dataset.class_names(), Names{"liver"});
  EXPECT_EQ(dataset.rows(Part::kTrain)[0].run_texts, Names{"13 2 48 1"});
  std::filesystem::rename(at("labels/liver"), at("labels/kidney"));
  EXPECT_TRUE(
      holds(refused(options()), "no segment is called kidney; its segments are spleen, li"));
}

TEST_F(PackDicom, refuses_another_grid_with_both_and_resamples_on_request) {
  write_series("images/a");
  MadeSegmentation made = two_classes();
  for (MadeFrame& frame : made.frames) {
    frame.position.replace(0, 3, "-10.2");
  }
  write_segmentation("labels/a.dcm", made);
  const std::string message = refused(options());
  EXPECT_TRUE(holds(message,
                    "a.dcm: frame 1 at (10.2, -20, 33) mm is on no slice of the image; it "
                    "has slices of 4 x 3 pixels, spacing 0.75 x 0.5 x 6 mm, origin (10.2, "
                    "-20, 33) mm"))
      << message;
  EXPECT_TRUE(holds(message, "has 4 x 3 x 4 voxels, spacing 0.75 x 0.5 x 3 mm, origin (10, -20, 3"))
      << message;
  PackOptions resampled = options();
  resampled.resample_masks = true;
  EXPECT_TRUE(holds(pack_to(output(), resampled).warnings.at(0), "1 label file brought onto"));
  for (MadeFrame& frame : made.frames) {
    frame.position.replace(0, 5, "-5010");
  }
  write_segmentation("labels/a.dcm", made);
  const std::string outside = refused(resampled);
  EXPECT_TRUE(holds(outside, "of the mask all lie outside its image")) << outside;
}

TEST_F(PackDicom, warns_of_a_segmentation_of_another_series) {
  write_series("images/a");
  MadeSegmentation made = two_classes();
  made.series = "1.2.3.4";
  write_segmentation("labels/a.dcm", made);
  EXPECT_TRUE(pack_to(output(), options()).warnings.empty());
  made.series = "1.2.3.5";
  write_segmentation("labels/a.dcm", made);
  const std::string warning = pack_to(output(), options()).warnings.at(0);
  EXPECT_TRUE(holds(warning, "was made for another series than")) << warning;
  EXPECT_FALSE(holds(warning, "1.2.3")) << "D10";
}

TEST_F(PackDicom, D08_says_what_it_noted_while_reading_slices) {
  write_series("images/a");
  std::filesystem::remove(at("images/a/IM1"));
  write_segmentation("images/a/seg", two_classes());
  write_text("cases.csv", "image,label\nimages/a,images/a/seg\n");
  PackOptions chosen{.pairs = at("cases.csv")};
  chosen.resample_masks = true;
  const Names warnings = pack_to(output(), chosen).warnings;
  ASSERT_GE(warnings.size(), 2U);
  EXPECT_TRUE(holds(warnings[0] + warnings[1], "1 DICOM segmentation is passed over"));
}

TEST_F(PackDicom, D10_puts_no_dicom_file_into_a_dataset) {
  write_series("images/a");
  write_segmentation("labels/a.dcm", two_classes());
  const Dataset dataset = packed(options());
  for (const archive::Member& member : dataset.archive().members()) {
    const core::Buffer bytes = dataset.archive().read(member);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                                static_cast<size_t>(bytes.size_bytes()));
    EXPECT_EQ(text.find("SECRET"), std::string_view::npos) << member.name;
    EXPECT_EQ(text.find("DICM"), std::string_view::npos) << member.name;
  }
}

}  // namespace

}  // namespace volseg::dataset
