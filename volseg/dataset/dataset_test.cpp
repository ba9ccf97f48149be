// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/dataset.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "volseg/dataset/internal/made_dataset_test.h"
#include "volseg/mask/run_mask.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset {

namespace {

using internal::holds;
using internal::MadeDataset;
using internal::MadeRow;
using internal::MadeTable;
using internal::refusal;
using internal::refusal_kind;
using internal::Texts;

std::string open_refusal(const MadeDataset& made, const ImportSettings& settings = {}) {
  return refusal([&] { static_cast<void>(Dataset::open(made.write(), settings)); });
}

TEST(Dataset, opens_and_tells_what_was_detected) {
  MadeDataset made;
  made.add_train({{"b.npy"}, {"a.nii.gz"}});
  const Dataset dataset = Dataset::open(made.write());
  EXPECT_EQ(dataset.settings().train_dataframe, "train.pq");
  EXPECT_EQ(dataset.settings().data_folder, "images");
  EXPECT_EQ(dataset.settings().image_column, "image");
  EXPECT_EQ(dataset.class_names(), (std::vector<std::string>{"lung", "heart"}));
  ASSERT_EQ(dataset.rows(Part::kTrain).size(), 2U);
  const Row& row = dataset.rows(Part::kTrain)[1];
  EXPECT_EQ(row.name, "a");
  EXPECT_EQ(row.member, "images/a.nii.gz");
  EXPECT_EQ(row.run_texts, (std::vector<std::string>{"1 4", "10 2"}));
  EXPECT_NE(std::ranges::find(dataset.detected(),
                              "train_dataframe: train.pq (the only table named train)"),
            dataset.detected().end());
  EXPECT_EQ(dataset.detected().size(), 13U);
  EXPECT_EQ(dataset.load_volume(row).header.shape, internal::kMadeShape);
  EXPECT_EQ(mask::area(dataset.load_masks(row, internal::kMadeShape)[1]), 2);
}

TEST(Dataset, opens_a_folder_and_a_zip_with_one_top_folder) {
  MadeDataset made;
  made.add_image("top/pictures/a.npy").add_table("top/sets/data.parquet", MadeTable({{"a.npy"}}));
  const Dataset dataset = Dataset::open(made.write());
  EXPECT_EQ(dataset.settings().train_dataframe, "top/sets/data.parquet");
  EXPECT_EQ(dataset.settings().data_folder, "top/pictures");
  const Dataset named = Dataset::open(
      made.write(), {.train_dataframe = "data.parquet", .data_folder = "/somewhere/pictures/"});
  EXPECT_EQ(named.rows(Part::kTrain)[0].member, "top/pictures/a.npy");
}

TEST(Dataset, tells_three_tables_apart_and_accepts_a_test_table_without_masks) {
  MadeDataset made;
  made.add_image("im/a.npy").add_image("im/b.npy").add_image("tests/c.npy");
  made.add_table("my_train.pq", MadeTable({{"a.npy"}}));
  made.add_table("my_val.pq", MadeTable({{"b.npy"}}));
  made.add_table("my_test.pq", MadeTable({{"c.npy"}}).drop("class_id").drop("rle_mask"));
  const Dataset dataset = Dataset::open(made.write());
  EXPECT_EQ(dataset.settings().validation_dataframe, "my_val.pq");
  EXPECT_EQ(dataset.settings().test_dataframe, "my_test.pq");
  EXPECT_EQ(dataset.settings().data_folder_test, "tests");
  EXPECT_FALSE(dataset.rows(Part::kTest)[0].has_masks);
  EXPECT_EQ(dataset.settings().validation_strategy, ValidationStrategy::kCustomHoldout);
  const std::string message = refusal([&] {
    static_cast<void>(dataset.load_masks(dataset.rows(Part::kTest)[0], internal::kMadeShape));
  });
  EXPECT_TRUE(holds(message, "has no masks"));
}

TEST(Dataset, lists_several_candidates) {
  MadeDataset made;
  made.add_image("one/a.npy").add_image("two/a.npy");
  made.add_table("train.pq", MadeTable({{"a.npy"}}));
  EXPECT_TRUE(holds(open_refusal(made), "one and in two"));
  EXPECT_EQ(open_refusal(made, {.data_folder = "two"}), "");
  EXPECT_TRUE(holds(open_refusal(made, {.data_folder = "three"}), "no such folder"));
  made.add_table("train2.pq", MadeTable({{"a.npy"}}));
  EXPECT_TRUE(holds(open_refusal(made), "train.pq or train2.pq"));
}

TEST(Dataset, tells_missing_parts_of_an_archive_from_missing_paths_and_names) {
  MadeDataset made;
  made.add_train({{"a.npy"}});
  const auto kind = [&](const ImportSettings& settings) {
    return refusal_kind([&] { static_cast<void>(Dataset::open(made.write(), settings)); });
  };
  EXPECT_EQ(kind({.train_dataframe = "other.pq"}), ErrorKind::kFormat);
  EXPECT_EQ(kind({.image_column = "other"}), ErrorKind::kFormat);
  EXPECT_EQ(kind({.data_folder = "other"}), ErrorKind::kFormat);
  const Dataset dataset = Dataset::open(made.write());
  EXPECT_EQ(refusal_kind([&] { static_cast<void>(dataset.row("b")); }), ErrorKind::kNotFound);
  EXPECT_EQ(refusal_kind([&] { static_cast<void>(Dataset::open(made.folder() / "none.zip")); }),
            ErrorKind::kNotFound);
}

TEST(Dataset, narrows_the_folder_by_later_rows) {
  MadeDataset made;
  made.add_image("one/a.npy").add_image("two/a.npy").add_image("two/b.npy");
  made.add_table("train.pq", MadeTable({{"a.npy"}, {"b.npy"}}));
  EXPECT_EQ(Dataset::open(made.write()).settings().data_folder, "two");
}

TEST(Dataset, detects_the_only_image_column) {
  MadeDataset made;
  made.add_image("a.npy");
  made.add_table("train.pq", MadeTable({{"a.npy"}}).rename("image", "file"));
  const Dataset dataset = Dataset::open(made.write());
  EXPECT_EQ(dataset.settings().image_column, "file");
  EXPECT_EQ(dataset.settings().data_folder, ".");
  made.add_table("train.pq", MadeTable({{"a.npy"}})
                                 .rename("image", "file")
                                 .add("other", std::vector<table::Cell<std::string>>{"a.npy"}));
  EXPECT_TRUE(holds(open_refusal(made), "file or other"));
}

TEST(Dataset, matches_classes_by_name) {
  MadeDataset made;
  made.add_train({{"a.npy"}, {"b.npy", Texts{"heart", "lung"}, Texts{"7 1", "9 1"}}});
  const Dataset dataset = Dataset::open(made.write());
  EXPECT_EQ(dataset.rows(Part::kTrain)[1].run_texts, (std::vector<std::string>{"9 1", "7 1"}));
  ASSERT_EQ(dataset.warnings().size(), 1U);
  EXPECT_TRUE(holds(dataset.warnings()[0], "train.pq row 1, column class_id"));
}

TEST(Dataset, accepts_classes_given_as_integers) {
  MadeDataset made;
  made.add_image("images/a.npy");
  made.add_table("train.pq",
                 MadeTable({{"a.npy"}})
                     .drop("class_id")
                     .add("class_id", std::vector<table::ListCell<int64_t>>{{{1, 12}}}));
  EXPECT_EQ(Dataset::open(made.write()).class_names(), (std::vector<std::string>{"1", "12"}));
}

TEST(Dataset, states_table_row_and_column_of_a_defect) {
  MadeDataset made;
  made.add_train({{"a.npy"}, {"b.npy", Texts{"lung", "heart"}, Texts{"", "", ""}}});
  const std::string place = "[dataset.open] " + made.write().string() + ": ";
  EXPECT_EQ(open_refusal(made),
            place +
                "train.pq row 1, column rle_mask: 3 masks for 2 classes; both lists "
                "must have equal length");
  made.add_train({{"a.npy"}, {"b.npy", Texts{"lung", "liver"}}});
  EXPECT_EQ(open_refusal(made),
            place +
                "train.pq row 1, column class_id: lacks \"heart\" and has \"liver\" "
                "more; every row lists the classes of the first row");
}

TEST(Dataset, states_run_and_byte_of_a_wrong_text) {
  MadeDataset made;
  made.add_train({{"a.npy", Texts{"lung", "heart"}, Texts{"1 2 5 2 0 4", ""}}});
  const Dataset dataset = Dataset::open(made.write());
  EXPECT_EQ(
      refusal([&] {
        static_cast<void>(dataset.load_masks(dataset.rows(Part::kTrain)[0], internal::kMadeShape));
      }),
      "[dataset.load_masks] " + dataset.path().string() +
          ": train.pq row 0, column rle_mask, class \"lung\": run 3 (byte 8) starts at voxel 0; "
          "positions start at 1");
}

TEST(Dataset, finds_a_row_by_name_or_image_and_lists_near_names) {
  MadeDataset made;
  made.add_train({{"case_1.npy"}, {"case_2.npy"}});
  Dataset dataset = Dataset::open(made.write());
  const Dataset moved = std::move(dataset);
  EXPECT_EQ(moved.row("case_2").number, 1);
  EXPECT_EQ(moved.row("case_1.npy").number, 0);
  EXPECT_TRUE(holds(refusal([&] { static_cast<void>(moved.row("case_3")); }), "case_1, case_2"));
}

TEST(Dataset, takes_spacing_from_the_table_when_the_image_has_none) {
  MadeDataset made;
  made.add_image("images/a.npy");
  made.add_table("train.pq",
                 MadeTable({{"a.npy"}})
                     .add("spacing_mm", std::vector<table::ListCell<double>>{{{0.5, 1.5, 2.5}}})
                     .add("shape", std::vector<table::ListCell<int64_t>>{{{4, 5, 3}}}));
  const Dataset dataset = Dataset::open(made.write());
  const Row& row = dataset.rows(Part::kTrain)[0];
  EXPECT_EQ(row.shape, internal::kMadeShape);
  const std::array<double, 3> expected = {0.5, 1.5, 2.5};
  EXPECT_EQ(dataset.load_header(row).geometry.spacing_mm, expected);
  EXPECT_EQ(dataset.load_volume(row).header.geometry.spacing_mm, expected);
}

}  // namespace

}  // namespace volseg::dataset
