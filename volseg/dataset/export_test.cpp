// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "volseg/core/error.h"
#include "volseg/core/files.h"
#include "volseg/dataset/dataset.h"
#include "volseg/dataset/internal/made_dataset_test.h"
#include "volseg/dataset/pack.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset {

namespace {

using internal::MadeDataset;
using internal::MadeTable;
using internal::Texts;

std::vector<std::vector<std::string>> texts_of(const Dataset& dataset) {
  std::vector<std::vector<std::string>> texts;
  for (const Row& row : dataset.rows(Part::kTrain)) {
    texts.push_back(row.run_texts);
  }
  return texts;
}

void expect_round_trip(const MadeDataset& made, ExportFormat format) {
  const auto input = made.write();
  const auto output = made.folder() / "exported";
  export_dataset(input, output, {.format = format, .work = {.threads = 2}});
  PackOptions packing;
  packing.train = {.images = {output / "train/images"}, .labels = {output / "train/labels"}};
  packing.label_names = read_label_names(output / "train/label_names.json");
  pack(made.folder() / "again.zip", packing);
  const Dataset first = Dataset::open(input);
  const Dataset second = Dataset::open(made.folder() / "again.zip");
  EXPECT_EQ(second.class_names(), first.class_names());
  EXPECT_EQ(texts_of(second), texts_of(first));
}

TEST(Export, gives_label_maps_that_pack_to_the_same_masks) {
  for (const ExportFormat format : {ExportFormat::kNiftiGz, ExportFormat::kNpy}) {
    MadeDataset made;
    made.add_train({{"a.nii.gz"}, {"b.npy", Texts{"lung", "heart"}, Texts{"5 7 30 2", ""}}});
    expect_round_trip(made, format);
  }
}

TEST(Export, writes_one_file_for_each_class_where_classes_overlap) {
  MadeDataset made;
  made.add_train({{"a.npy", Texts{"lung", "heart"}, Texts{"1 8", "5 9"}}, {"b.npy"}});
  expect_round_trip(made, ExportFormat::kNiftiGz);
  EXPECT_TRUE(std::filesystem::exists(made.folder() / "exported/train/labels/heart/b.nii.gz"));
}

TEST(Export, reads_the_dataset_by_the_import_settings) {
  MadeDataset made;
  made.add_image("one/a.npy").add_image("two/a.npy", 9);
  made.add_table("train.pq", MadeTable({{"a.npy"}}));
  EXPECT_THROW(export_dataset(made.write(), made.folder() / "out", {}), Error);
  export_dataset(made.write(), made.folder() / "out", {.import_settings = {.data_folder = "two"}});
  const volume::Volume image = volume::read_volume(made.folder() / "out/train/images/a.npy");
  EXPECT_EQ(volume::to_float(image, 0)(0, 0, 0), 9);
}

TEST(Export, keeps_image_bytes_and_never_uses_a_class_name_as_a_path) {
  MadeDataset made;
  made.add_train({{"a.npy", Texts{"../lung", "heart"}, Texts{"1 8", "5 9"}}});
  made.add_image("images/t.npy")
      .add_table("test.pq", MadeTable({{"t.npy"}}).drop("class_id").drop("rle_mask"));
  const auto output = made.folder() / "out";
  export_dataset(made.write(), output, {});
  EXPECT_TRUE(std::filesystem::exists(output / "train/labels/class_1/a.nii.gz"));
  EXPECT_FALSE(std::filesystem::exists(output / "test/labels"));
  const core::Buffer written = core::read_file(output / "test/images/t.npy");
  const core::Buffer expected = volume::encode_volume(
      internal::counting_image(internal::kMadeShape, 0), volume::FileFormat::kNpy);
  EXPECT_TRUE(std::ranges::equal(written.bytes(), expected.bytes()));
  EXPECT_THROW(export_dataset(made.write(), output, {}), Error);
}

}  // namespace

}  // namespace volseg::dataset
