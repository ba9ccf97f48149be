// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/fix_dataset.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/core/files.h"
#include "volseg/dataset/dataset.h"
#include "volseg/dataset/internal/fix_texts.h"
#include "volseg/dataset/internal/made_dataset_test.h"
#include "volseg/dataset/internal/raw_parquet_test.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/run_text.h"

namespace volseg::dataset {

namespace {

using internal::count_of;
using internal::holds;
using internal::kMadeShape;
using internal::MadeDataset;
using internal::MadeRow;
using internal::MadeTable;
using internal::only;
using internal::Texts;
using TextCells = std::vector<table::Cell<std::string>>;

class FixDataset : public ::testing::Test {
 protected:
  std::filesystem::path output() const { return made_.folder() / "fixed.zip"; }

  CheckReport fix(const FixOptions& options = {}) {
    return fix_dataset(made_.write(), {}, options, output(), core::Overwrite::kYes, {.threads = 2});
  }

  static int64_t fixes_of(const CheckReport& report, const std::string& code) {
    const auto found = std::ranges::find(report.fixes, code, &Fix::code);
    return found == report.fixes.end() ? 0 : found->count;
  }

  std::vector<std::string> texts(size_t row) const {
    return Dataset::open(output()).rows(Part::kTrain)[row].run_texts;
  }

  MadeDataset made_;
};

TEST_F(FixDataset, makes_texts_canonical) {
  const Texts classes = {"lung", "heart"};
  made_.add_train({{"a.npy", classes, Texts{"9 2 1 3", "20 2 22 4"}},
                   {"b.npy", classes, Texts{"1  2", "010 4 30 0"}}});
  const CheckReport report = fix();
  EXPECT_TRUE(report.findings.empty()) << to_text(report);
  EXPECT_EQ(texts(0), (std::vector<std::string>{"1 3 9 2", "20 6"}));
  EXPECT_EQ(texts(1), (std::vector<std::string>{"1 2", "10 4"}));
  for (const std::string code :
       {"rle-unsorted", "rle-touching", "rle-white-space", "rle-leading-zeros"}) {
    EXPECT_EQ(fixes_of(report, code), 1) << code;
  }
  EXPECT_EQ(report.output, output().string());
}

TEST_F(FixDataset, lists_classes_in_one_order_and_adds_geometry) {
  made_.add_train({{"a.nii", Texts{"lung", "heart"}, Texts{"1 4", "10 2"}},
                   {"b.nii", Texts{"heart", "lung"}, Texts{"7 1", "20 3"}}});
  const CheckReport report = fix();
  EXPECT_TRUE(report.findings.empty()) << to_text(report);
  EXPECT_EQ(fixes_of(report, "class-order-differs"), 1);
  EXPECT_EQ(fixes_of(report, "geometry-columns"), 2);
  EXPECT_EQ(texts(1), (std::vector<std::string>{"20 3", "7 1"}));
  const Dataset fixed = Dataset::open(output());
  EXPECT_EQ(fixed.rows(Part::kTrain)[1].shape, kMadeShape);
  EXPECT_EQ(fixed.rows(Part::kTrain)[1].spacing_mm, (std::array<double, 3>{1, 1, 1}));
}

TEST_F(FixDataset, makes_lists_of_plain_text_and_file_names_of_paths) {
  made_.add_image("images/a.npy").add_image("images/b.npy", 1).add_image("images/c.npy", 2);
  const std::vector<MadeRow> rows = {{"images/a.npy"}, {"b"}, {"c.npy"}};
  MadeTable table = MadeTable(rows).drop("class_id").drop("rle_mask");
  const std::string classes = "['lung', \"heart\"]";
  table.add("class_id", TextCells{classes, classes, classes});
  made_.add_table("train.pq",
                  table.add("rle_mask", TextCells{"['1 4', '']", "['1 2','3 1']", "('', '')"}));
  const CheckReport report = fix();
  EXPECT_TRUE(report.findings.empty()) << to_text(report);
  EXPECT_EQ(fixes_of(report, "column-type"), 2);
  EXPECT_EQ(fixes_of(report, "image-name-invalid"), 2);
  const Dataset fixed = Dataset::open(output());
  EXPECT_EQ(fixed.class_names(), (std::vector<std::string>{"lung", "heart"}));
  EXPECT_EQ(fixed.rows(Part::kTrain)[0].image, "a.npy");
  EXPECT_EQ(fixed.rows(Part::kTrain)[1].image, "b.npy");
  EXPECT_EQ(texts(1), (std::vector<std::string>{"1 2", "3 1"}));
}

TEST_F(FixDataset, takes_one_class_and_one_text_of_a_row_as_lists) {
  made_.add_image("images/a.npy");
  made_.add_table("train.pq", MadeTable({{"a.npy"}})
                                  .drop("class_id")
                                  .drop("rle_mask")
                                  .add("class_id", TextCells{"lung"})
                                  .add("rle_mask", TextCells{"3 4"}));
  EXPECT_TRUE(fix().findings.empty());
  EXPECT_EQ(texts(0), std::vector<std::string>{"3 4"});
}

TEST_F(FixDataset, keeps_images_and_leaves_junk_out) {
  made_.add_train({{"a.npy"}}).add_text("__MACOSX/._a.npy", "junk").add_text("notes.txt", "kept");
  const CheckReport report = fix();
  EXPECT_EQ(fixes_of(report, "file-ignored"), 1);
  const auto before = archive::Archive::open(made_.write());
  const auto after = archive::Archive::open(output());
  EXPECT_TRUE(after->ignored().empty());
  for (const std::string name : {"images/a.npy", "notes.txt"}) {
    const core::Buffer expected = before->read(*before->find(name));
    const core::Buffer found = after->read(*after->find(name));
    EXPECT_TRUE(std::ranges::equal(expected.bytes(), found.bytes())) << name;
  }
}

TEST_F(FixDataset, writes_the_same_bytes_again_and_changes_nothing_twice) {
  made_.add_train(
      {{"a.npy", Texts{"lung"}, Texts{"1 2 3 4"}}, {"b.npy", Texts{"lung"}, Texts{""}}});
  static_cast<void>(fix());
  const std::string once = core::read_text(output());
  static_cast<void>(fix());
  EXPECT_EQ(core::read_text(output()), once);
  const std::filesystem::path again = made_.folder() / "again.zip";
  const CheckReport report = fix_dataset(output(), {}, {}, again, core::Overwrite::kNo, {});
  EXPECT_TRUE(report.fixes.empty()) << to_text(report);
  EXPECT_EQ(core::read_text(again), once);
}

TEST_F(FixDataset, lists_what_remains) {
  made_.add_train({{"a.npy", Texts{"lung", "heart"}, Texts{"0 3", "1 2 3 4"}},
                   {"b.npy", Texts{"lung", "heart"}, Texts{"nan", "5"}}});
  const CheckReport report = fix();
  EXPECT_EQ(fixes_of(report, "rle-touching"), 1);
  EXPECT_EQ(count_of(report, "rle-start-zero"), 1);
  EXPECT_EQ(count_of(report, "rle-not-a-number"), 1);
  EXPECT_EQ(count_of(report, "rle-odd-token-count"), 1);
  EXPECT_EQ(report.count(Severity::kError), 3) << to_text(report);
}

TEST_F(FixDataset, writes_nothing_when_no_table_can_be_read) {
  made_.add_image("images/a.npy").add_text("train.pq", "no table");
  const CheckReport report = fix();
  EXPECT_EQ(count_of(report, "table-unreadable"), 1);
  EXPECT_TRUE(report.output.empty());
  EXPECT_FALSE(std::filesystem::exists(output()));
}

TEST_F(FixDataset, copies_a_table_that_it_cannot_write) {
  const std::string name =
      "\xFF"
      "a.npy";
  internal::RawParquet table;
  table.schema[1].converted.reset();
  table.schema[0].children = 2;
  table.schema.push_back({.name = "rle_mask", .type = 6});
  table.chunks = {{.pages = {{.bytes = internal::plain_text(name)}}},
                  {.path = {"rle_mask"}, .pages = {{.bytes = internal::plain_text("1 2")}}}};
  made_.add("train.pq", table.bytes());
  const CheckReport report = fix();
  EXPECT_EQ(only(report, "table-not-fixed").member, "train.pq") << to_text(report);
  EXPECT_TRUE(report.fixes.empty());
}

TEST_F(FixDataset, never_replaces_its_input_or_another_file_unasked) {
  made_.add_train({{"a.npy"}});
  const std::filesystem::path input = made_.write();
  EXPECT_EQ(internal::refusal_kind([&] {
              static_cast<void>(fix_dataset(input, {}, {}, input, core::Overwrite::kYes, {}));
            }),
            ErrorKind::kUsage);
  static_cast<void>(fix());
  EXPECT_EQ(internal::refusal_kind([&] {
              static_cast<void>(fix_dataset(input, {}, {}, output(), core::Overwrite::kNo, {}));
            }),
            ErrorKind::kIo);
}

TEST_F(FixDataset, adds_one_to_starts_only_when_told) {
  made_.add_train({{"a.npy", Texts{"lung", "heart"}, Texts{"0 3 10 2", "59 1"}}});
  const CheckReport report = fix({.assume_zero_based = true});
  EXPECT_TRUE(report.findings.empty()) << to_text(report);
  EXPECT_EQ(fixes_of(report, "rle-zero-based"), 2);
  EXPECT_EQ(texts(0), (std::vector<std::string>{"1 3 11 2", "60 1"}));
}

TEST_F(FixDataset, refuses_an_assumption_that_a_mask_contradicts) {
  made_.add_train({{"a.npy", Texts{"lung", "heart"}, Texts{"0 3", "60 1"}}});
  const auto told = [this] { static_cast<void>(fix({.assume_zero_based = true})); };
  EXPECT_EQ(internal::refusal_kind(told), ErrorKind::kUsage);
  EXPECT_TRUE(holds(internal::refusal(told), "train.pq row 0")) << internal::refusal(told);
  EXPECT_FALSE(std::filesystem::exists(output()));
}

TEST_F(FixDataset, turns_masks_of_another_axis_order) {
  core::Array<uint8_t> stored(kMadeShape, core::Order::kFortran, 0);
  core::Array<uint8_t> encoded({3, 4, 5}, core::Order::kFortran, 0);
  for (const core::Shape3& voxel : {core::Shape3{1, 2, 0}, {3, 4, 2}, {0, 3, 1}, {0, 3, 2}}) {
    stored(voxel[0], voxel[1], voxel[2]) = 1;
    encoded(voxel[2], voxel[0], voxel[1]) = 1;
  }
  const auto text_of = [](const core::Array<uint8_t>& voxels) {
    return mask::format_runs(mask::encode<uint8_t>(voxels.view()));
  };
  made_.add_train({{"a.npy", Texts{"lung"}, Texts{text_of(encoded)}}});
  const CheckReport report = fix({.assume_axis_order = std::array<int, 3>{2, 0, 1}});
  EXPECT_EQ(fixes_of(report, "rle-axis-order"), 1);
  EXPECT_EQ(texts(0), std::vector<std::string>{text_of(stored)});
}

TEST(FixTexts, read_lists_that_are_spelled_out) {
  using internal::parse_text_list;
  EXPECT_EQ(parse_text_list(" [ 'a' , \"b\" ] "), (Texts{"a", "b"}));
  EXPECT_EQ(parse_text_list("('it''s',)"), std::nullopt);
  EXPECT_EQ(parse_text_list("('a',)"), Texts{"a"});
  EXPECT_EQ(parse_text_list("[]"), Texts{});
  for (const std::string text : {"a", "['a'", "['a' 'b']", "[a]", "['a'] b", "['\\'a']", "", "["}) {
    EXPECT_EQ(parse_text_list(text), std::nullopt) << text;
  }
}

TEST(FixTexts, count_starts_from_one) {
  using internal::with_starts_from_one;
  EXPECT_EQ(with_starts_from_one("0 3\t10  2"), "1 3 11 2");
  EXPECT_EQ(with_starts_from_one(" "), "");
  for (const std::string text : {"-1 3", "x 1", "1.5 2", "99999999999999999999 1"}) {
    EXPECT_EQ(with_starts_from_one(text), std::nullopt) << text;
  }
}

}  // namespace

}  // namespace volseg::dataset
