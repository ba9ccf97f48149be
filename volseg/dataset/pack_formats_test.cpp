// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "volseg/dataset/internal/pack_fixture_test.h"

namespace volseg::dataset {

namespace {

using internal::holds;
using internal::kMadeShape;
using internal::Names;

class PackFormats : public internal::PackFixture {
 protected:
  [[nodiscard]] PackOptions options() const {
    return {.train = {.images = {at("images")}, .labels = {at("labels")}}};
  }

  // A header beside its voxels, which cannot be one member of a dataset.
  void write_detached(const std::string& name) const {
    const volume::Volume image = internal::counting_image(kMadeShape, 0);
    write_text(name + ".mhd",
               "ObjectType = Image\nNDims = 3\nDimSize = 4 5 3\nElementType = MET_FLOAT\n"
               "ElementSpacing = 0.5 1.25 2\nElementDataFile = voxels.raw\n");
    core::write_file(at(name).parent_path() / "voxels.raw", image.data.bytes(),
                     core::Overwrite::kYes);
  }

  // One .tif for each slice along the last axis.
  void write_slices(const std::string& folder, int32_t factor) const {
    const core::Shape3 slice_shape = {kMadeShape[0], kMadeShape[1], 1};
    for (int64_t c = 0; c < kMadeShape[2]; ++c) {
      core::Array<int32_t> slice(slice_shape, core::Order::kFortran, 0);
      slice(1, 2, 0) = static_cast<int32_t>(c) * factor;
      write(folder + "/z" + std::to_string(9 + c) + ".tif",
            volume::from_labels(std::as_const(slice).view(), {}));
    }
  }
};

TEST_F(PackFormats, keeps_single_files_and_makes_nifti_of_others) {
  for (const std::string name : {"a.nrrd", "b.mha"}) {
    write_image("images/" + name);
  }
  write_detached("images/c");
  for (const std::string name : {"a.mha", "b_seg.nrrd", "c.npy"}) {
    write_labels("labels/" + name, 2);
  }
  const Dataset dataset = packed(options());
  EXPECT_EQ(images_of(dataset, Part::kTrain), (Names{"a.nrrd", "b.mha", "c.nii.gz"}));
  EXPECT_EQ(dataset.row("a").spacing_mm, kGeometry.spacing_mm);
  const core::Buffer kept = dataset.archive().read(*dataset.archive().find("images/a.nrrd"));
  const core::Buffer file = core::read_file(at("images/a.nrrd"));
  EXPECT_TRUE(std::ranges::equal(kept.bytes(), file.bytes()));
  const volume::Volume detached = dataset.load_volume(dataset.row("c"));
  EXPECT_EQ(volume::to_float(detached, 0)(1, 2, 1), 1 + 4 * 2 + 20);
  EXPECT_EQ(detached.header.geometry.spacing_mm, (std::array<double, 3>{0.5, 1.25, 2}));
}

TEST_F(PackFormats, takes_a_folder_of_slices_as_one_image) {
  write_slices("images/p1", 50);
  write_slices("images/p2", 60);
  write_slices("labels/p1", 1);
  write_slices("labels/p2", 1);
  const Dataset dataset = packed(options());
  EXPECT_EQ(images_of(dataset, Part::kTrain), (Names{"p1.nii.gz", "p2.nii.gz"}));
  EXPECT_EQ(dataset.row("p2").shape, kMadeShape);
  EXPECT_EQ(dataset.row("p1").run_texts, (Names{"30 1", "50 1"}));
  const volume::Volume image = dataset.load_volume(dataset.row("p2"));
  EXPECT_EQ(volume::to_float(image, 0)(1, 2, 2), 120);
}

TEST_F(PackFormats, reads_folders_in_a_table) {
  write_slices("x/p1", 50);
  write_slices("y/p1", 1);
  write_text("cases.csv", "image,label\nx/p1,y/p1/\n");
  EXPECT_EQ(images_of(packed({.pairs = at("cases.csv")}), Part::kTrain), Names{"p1.nii.gz"});
}

TEST_F(PackFormats, names_a_folder_that_holds_no_image) {
  write_text("images/readme", "no image");
  write_labels("labels/a.npy", 1);
  EXPECT_TRUE(holds(refused(options()), "images")) << refused(options());
}

}  // namespace

}  // namespace volseg::dataset
