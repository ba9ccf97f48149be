// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "volseg/dataset/internal/pack_fixture_test.h"

namespace volseg::dataset {

namespace {

namespace fs = std::filesystem;
using internal::holds;
using internal::kMadeShape;
using internal::Names;

class PackFiles : public internal::PackFixture {};

TEST_F(PackFiles, are_told_apart_by_suffix_in_one_folder) {
  for (const std::string name : {"p1", "p2"}) {
    write_image("all/" + name + "_t1.nii.gz");
    write_labels("all/" + name + "_seg.nii.gz", 2);
    write_image("all/" + name + "_ct.nii.gz", 7);
  }
  const Dataset dataset = packed({.train = {.images = {at("all")}, .labels = {}},
                                  .image_suffixes = {"_t1"},
                                  .label_suffixes = {"_seg"}});
  EXPECT_EQ(images_of(dataset, Part::kTrain), (Names{"p1_t1.nii.gz", "p2_t1.nii.gz"}));
  EXPECT_EQ(dataset.class_names(), (Names{"label_1", "label_2"}));
  EXPECT_TRUE(holds(refused({.train = {.images = {at("all")}, .labels = {at("all")}}}),
                    "tell them apart by --label-suffix"));
}

TEST_F(PackFiles, with_several_suffixes_are_channels_in_their_order) {
  write_image("all/p1_t1.nii.gz", 0);
  write_image("all/p1_ct.nii.gz", 100);
  write_labels("all/p1_seg.nii.gz", 2);
  PackOptions options{.train = {.images = {at("all")}, .labels = {}},
                      .image_suffixes = {"_t1", "_ct"},
                      .label_suffixes = {"_seg"}};
  const Dataset dataset = packed(options);
  const volume::Volume image = dataset.load_volume(dataset.row("p1.nii.gz"));
  ASSERT_EQ(image.header.channels, 2);
  EXPECT_EQ(image.header.channel_axis, 3);
  EXPECT_TRUE(volume::same_geometry(image.header.geometry, kGeometry));
  EXPECT_EQ(volume::to_float(image, 0)(1, 2, 1), 1 + 4 * 2 + 20);
  EXPECT_EQ(volume::to_float(image, 1)(1, 2, 1), 100 + 1 + 4 * 2 + 20);
  write_image("all/p2_t1.nii.gz");
  EXPECT_TRUE(holds(refused(options), "channels are missing: p2_ct"));
}

TEST_F(PackFiles, named_by_number_are_channels_unless_labels_are_numbered_too) {
  write_image("images/case_0000.nii.gz", 0);
  write_image("images/case_0001.nii.gz", 100);
  write_labels("one/case.nii.gz", 2);
  write_labels("each/case_0000.nii.gz", 2);
  write_labels("each/case_0001.nii.gz", 2);
  PackOptions options{.train = {.images = {at("images")}, .labels = {at("one")}}};
  EXPECT_EQ(images_of(packed(options), Part::kTrain), Names{"case.nii.gz"});
  options.train.labels = {at("each")};
  EXPECT_EQ(images_of(packed(options), Part::kTrain),
            (Names{"case_0000.nii.gz", "case_0001.nii.gz"}));
  write_image("images/case_0003.nii.gz");
  options.train.labels = {at("one")};
  EXPECT_TRUE(holds(refused(options), "channel _0002 is missing"));
}

TEST_F(PackFiles, with_channels_of_other_grids_are_refused_with_both_values) {
  write_image("images/a_0000.nii.gz");
  write_labels("labels/a.nii.gz", 1);
  volume::Geometry moved = kGeometry;
  moved.origin_mm[1] = 9;
  write("images/a_0001.nii.gz", internal::counting_image(kMadeShape, 0, moved));
  const PackOptions options{.train = {.images = {at("images")}, .labels = {at("labels")}}};
  EXPECT_TRUE(holds(refused(options), "origin (1, 9, 3)")) << refused(options);
  EXPECT_TRUE(holds(refused(options), "origin (1, 2, 3)"));
  write("images/a_0001.nii.gz", internal::counting_image({3, 4, 5}, 0, kGeometry));
  EXPECT_TRUE(holds(refused(options), "shape 3 x 4 x 5; the first channel"));
}

TEST_F(PackFiles, with_channels_of_several_types_become_float_with_a_warning) {
  write_image("images/a_0000.nii.gz");
  write_labels("images/a_0001.nii.gz", 5);
  write_labels("labels/a.nii.gz", 1);
  const PackOptions options{.train = {.images = {at("images")}, .labels = {at("labels")}}};
  EXPECT_TRUE(holds(pack_to(output(), options).warnings.at(0), "they become float32"));
  const Dataset dataset = Dataset::open(output());
  const volume::Volume image = dataset.load_volume(dataset.row("a"));
  EXPECT_EQ(image.header.type, volume::DataType::kFloat32);
  EXPECT_EQ(volume::to_float(image, 1)(3, 0, 0), 3);
}

TEST_F(PackFiles, need_exactly_one_source) {
  write_image("images/a.nii.gz");
  EXPECT_TRUE(holds(refused({}), "no images to pack"));
  EXPECT_TRUE(holds(refused({.train = {.images = {at("images")}}, .source = at("images")}),
                    "several sources of training cases"));
  EXPECT_TRUE(
      holds(refused({.train = {.images = {at("images")}}}), "the train images have no labels"));
}

TEST_F(PackFiles, on_another_grid_are_resampled_only_when_asked) {
  write_image("images/a.nii.gz");
  core::Array<int32_t> labels({2, 5, 3}, core::Order::kFortran, 0);
  labels(1, 2, 1) = 4;
  volume::Geometry coarse = kGeometry;
  coarse.spacing_mm[0] = 1;
  coarse.origin_mm[0] = 1.25;
  write("labels/a.nii.gz", volume::from_labels(std::as_const(labels).view(), coarse));
  PackOptions options{.train = {.images = {at("images")}, .labels = {at("labels")}}};
  EXPECT_TRUE(holds(refused(options), "shape 2 x 5 x 3; its image")) << refused(options);
  EXPECT_TRUE(holds(refused(options), "--resample-masks"));
  options.resample_masks = true;
  EXPECT_TRUE(holds(pack_to(output(), options).warnings.at(0), "1 label file brought onto"));
  const Dataset dataset = Dataset::open(output());
  const int64_t first = 1 + 2 + 4 * 2 + 20;
  EXPECT_EQ(dataset.rows(Part::kTrain)[0].run_texts, Names{std::to_string(first) + " 2"});
  write("images/a.nii.gz", internal::counting_image({3, 5, 3}, 0));
  write("images/a.npy", internal::counting_image({3, 5, 3}, 0));
  fs::remove(at("images/a.nii.gz"));
  EXPECT_TRUE(holds(refused(options), "needs the geometry of both"));
}

class PackOtherGrid : public internal::PackFixture {
 protected:
  PackOtherGrid() { write_image("images/a.nii.gz"); }

  // Labels 1 and 2 at two ends of axis 0, on the image's grid moved by `shift_mm`.
  void write_moved(const std::string& name, const std::array<double, 3>& shift_mm) const {
    core::Array<int32_t> labels(internal::kMadeShape, core::Order::kFortran, 0);
    labels(0, 1, 1) = 1;
    labels(1, 1, 1) = 1;
    labels(3, 1, 1) = 2;
    volume::Geometry moved = kGeometry;
    for (size_t axis = 0; axis < 3; ++axis) {
      moved.origin_mm[axis] += shift_mm[axis];
    }
    write(name, volume::from_labels(std::as_const(labels).view(), moved));
  }

  [[nodiscard]] PackOptions options() const {
    PackOptions result{.train = {.images = {at("images")}, .labels = {at("labels")}}};
    result.resample_masks = true;
    return result;
  }
};

TEST_F(PackOtherGrid, refuses_a_mask_or_class_that_lies_outside) {
  write_moved("labels/a.nii.gz", {5000, 0, 0});
  const std::string far = refused(options());
  EXPECT_TRUE(holds(far, "a.nii.gz: the 3 labelled voxels of the mask all lie outside its image"))
      << far;
  EXPECT_TRUE(holds(far, "the labels have 4 x 5 x 3 voxels, spacing 0.5 x 1.25 x 2 mm, origin (5"));
  EXPECT_TRUE(holds(far, "the image has 4 x 5 x 3 voxels, spacing 0.5 x 1.25 x 2 mm, origin (1"));
  write_moved("labels/a.nii.gz", {0.5, 0, 0});
  PackOptions named = options();
  named.label_names = {{1, "liver"}, {2, "lesion"}};
  EXPECT_TRUE(holds(refused(named), "the 1 voxel of class lesion all lie outside"))
      << refused(named);
}

TEST_F(PackOtherGrid, warns_of_voxels_outside) {
  write_moved("labels/a.nii.gz", {-0.5, 0, 0});
  const Names warnings = pack_to(output(), options()).warnings;
  EXPECT_TRUE(holds(warnings.at(0), "outside its image")) << warnings[0];
  EXPECT_TRUE(holds(warnings.at(0), "and left out: 1 of 2 voxels of label 1")) << warnings[0];
  EXPECT_FALSE(holds(warnings.at(0), "label 2")) << warnings[0];
}

TEST_F(PackOtherGrid, refuses_a_class_file_that_lies_outside) {
  write_moved("labels/liver/a.nii.gz", {0.1, 0, 0});
  write_moved("labels/lesion/a.nii.gz", {0, 70, 0});
  const std::string message = refused(options());
  EXPECT_TRUE(holds(message, "lesion/a.nii.gz: the 3 labelled voxels of the mask")) << message;
}

TEST_F(PackOtherGrid, says_what_is_too_small_for_a_coarse_image) {
  core::Array<int32_t> labels({8, 5, 3}, core::Order::kFortran, 0);
  labels(0, 1, 1) = 1;
  labels(1, 1, 1) = 1;
  labels(3, 1, 1) = 2;
  volume::Geometry fine = kGeometry;
  fine.spacing_mm[0] = 0.25;
  write("labels/a.nii.gz", volume::from_labels(std::as_const(labels).view(), fine));
  const Names warnings = pack_to(output(), options()).warnings;
  EXPECT_TRUE(holds(warnings.at(0), "too small for the grid of its image")) << warnings[0];
  EXPECT_TRUE(holds(warnings.at(0), "left out: 1 voxel of label 2")) << warnings[0];
  labels(0, 1, 1) = 0;
  write("labels/a.nii.gz", volume::from_labels(std::as_const(labels).view(), fine));
  const std::string message = refused(options());
  EXPECT_TRUE(holds(message, "none of the 2 labelled voxels is nearest to a voxel of its image"))
      << message;
}

class PackPairs : public internal::PackFixture {
 protected:
  PackPairs() {
    for (const std::string name : {"a", "b", "c"}) {
      write_image("scans/" + name + ".nii.gz");
      write_labels("truth/" + name + "_x.nii.gz", 2);
    }
  }

  std::string refused_table(const std::string& text) {
    write_text("cases.csv", text);
    return refused({.pairs = at("cases.csv")});
  }
};

TEST_F(PackPairs, name_cases_whose_images_have_one_file_name) {
  for (const std::string name : {"c1", "c2"}) {
    write_image(name + "/img.nii.gz", name == "c1" ? 0 : 3);
    write_labels(name + "/seg.nii.gz", 2);
  }
  const std::string one = "c1/img.nii.gz,c1/seg.nii.gz";
  const std::string two = "c2/img.nii.gz,c2/seg.nii.gz";
  EXPECT_TRUE(holds(refused_table("image,label\n" + one + "\n" + two + "\n"),
                    "a column case tells images of one file name apart"));
  EXPECT_TRUE(
      holds(refused_table("case,image,label\n../x," + one + "\n"), "column case: \"../x\""));
  EXPECT_TRUE(holds(refused_table("case,image,label\na," + one + "\na," + two + "\n"),
                    "case \"a\" is in row 2 as well"));
  EXPECT_TRUE(holds(refused_table("image;label\nc1/img.nii.gz;c1/seg.nii.gz\n"),
                    "fields are separated by commas"));
  write_text("cases.csv", "case,image,label\nc1," + one + "\nc2," + two + "\n");
  EXPECT_EQ(images_of(packed({.pairs = at("cases.csv")}), Part::kTrain),
            (Names{"c1.nii.gz", "c2.nii.gz"}));
}

TEST_F(PackPairs, give_tables_folds_groups_and_spacings) {
  write("scans/d.npy", internal::counting_image(kMadeShape, 0));
  write_text("cases.csv",
             "image,label,fold,group,part,spacing,age\r\n"
             "scans/c.nii.gz,truth/c_x.nii.gz,1,p9,,,50\r\n"
             "scans/a.nii.gz,truth/a_x.nii.gz,0,p7,train,,\r\n"
             "scans/b.nii.gz,truth/b_x.nii.gz,,,validation,0.5 1.25 2,\r\n"
             "scans/d.npy,,,,test,1x2x3.5,\r\n");
  const PackSummary summary = pack_to(output(), {.pairs = at("cases.csv")});
  EXPECT_TRUE(holds(summary.warnings.at(0), "columns passed over: \"age\""));
  const Dataset dataset = Dataset::open(output(), {.group_fold_column = "group"});
  EXPECT_EQ(images_of(dataset, Part::kTrain), (Names{"a.nii.gz", "c.nii.gz"}));
  EXPECT_EQ(images_of(dataset, Part::kValidation), Names{"b.nii.gz"});
  EXPECT_EQ(folds_of(dataset), (Names{"0", "1"}));
  EXPECT_EQ(dataset.rows(Part::kTrain)[1].group, "p9");
  EXPECT_EQ(dataset.rows(Part::kTest)[0].spacing_mm, (std::array<double, 3>{1, 2, 3.5}));
  EXPECT_FALSE(dataset.rows(Part::kTest)[0].has_masks);
}

TEST_F(PackPairs, give_a_file_for_each_class_and_channels) {
  write_text("cases.csv",
             "image,label:liver,label:big tumour\n"
             "scans/a.nii.gz;scans/b.nii.gz,truth/a_x.nii.gz,\n"
             "scans/c.nii.gz,truth/c_x.nii.gz,truth/b_x.nii.gz\n");
  const Dataset dataset = packed({.pairs = at("cases.csv")});
  EXPECT_EQ(dataset.class_names(), (Names{"big tumour", "liver"}));
  EXPECT_EQ(dataset.load_header(dataset.row("a.nii.gz")).channels, 2);
  EXPECT_EQ(dataset.row("a").run_texts[0], "");
}

TEST_F(PackPairs, are_refused_with_the_row) {
  const std::string head = "image,label,fold\n";
  const std::string row = "scans/a.nii.gz,truth/a_x.nii.gz,0\n";
  EXPECT_TRUE(holds(refused_table(""), "no column names"));
  EXPECT_TRUE(holds(refused_table(head), "no rows follow"));
  EXPECT_TRUE(holds(refused_table("file,label\na,b\n"), "row 1: no column image; columns are"));
  EXPECT_TRUE(holds(refused_table("image,image\na,b\n"), "row 1: two columns \"image\""));
  EXPECT_TRUE(
      holds(refused_table(head + row + "scans/b.nii.gz\n"), "row 3: 1 field; the first row has 3"));
  EXPECT_TRUE(holds(refused_table(head + row + row), "row 3: case \"a\" is in row 2 as well"));
  EXPECT_TRUE(holds(refused_table(head + "scans/z.nii.gz,x,0\n"), "row 2: "));
  EXPECT_TRUE(holds(refused_table(head + "scans/z.nii.gz,x,0\n"), "no such file"));
  EXPECT_TRUE(holds(refused_table(head + "scans/a.nii.gz,,0\n"), "row 2: no label for"));
  EXPECT_TRUE(holds(refused_table(head + row + "scans/b.nii.gz,truth/b_x.nii.gz,\n"),
                    "cases without a fold beside others with one: b"));
  EXPECT_TRUE(holds(refused_table("image,label,part\nscans/a.nii.gz,truth/a_x.nii.gz,both\n"),
                    "column part: \"both\"; expected train, validation or test"));
  EXPECT_TRUE(holds(refused_table("image,label,spacing\nscans/a.nii.gz,truth/a_x.nii.gz,1 2\n"),
                    "column spacing: \"1 2\"; expected three positive numbers"));
  EXPECT_TRUE(holds(refused_table("image,label,spacing\nscans/a.nii.gz,truth/a_x.nii.gz,1 2 3\n"),
                    "its row of the table says 1 x 2 x 3 mm"));
}

}  // namespace

}  // namespace volseg::dataset
