// SPDX-License-Identifier: Apache-2.0
// Rows P17 to P25 of the catalogue of bad inputs: tables whose contents are wrong.
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "volseg/dataset/internal/made_dataset_test.h"

namespace volseg::dataset {

namespace {

using internal::check_bounded;
using internal::count_of;
using internal::holds;
using internal::MadeDataset;
using internal::MadeRow;
using internal::MadeTable;
using internal::only;
using internal::Texts;
using TextCells = std::vector<table::Cell<std::string>>;
using NumberCells = std::vector<table::Cell<int64_t>>;

void expect_error(const Finding& finding, std::optional<int64_t> row, const std::string& column) {
  EXPECT_EQ(finding.severity, Severity::kError) << finding.code;
  EXPECT_EQ(finding.row, row) << finding.code;
  EXPECT_EQ(finding.column, column) << finding.code;
  EXPECT_FALSE(finding.fix.empty()) << finding.code;
}

CheckReport check_rows(const std::vector<MadeRow>& rows) {
  MadeDataset made;
  return check_bounded(made.add_train(rows));
}

CheckReport check_table(const MadeTable& table) {
  MadeDataset made;
  return check_bounded(made.add_image("images/a.npy").add_table("train.pq", table));
}

CheckReport check_image_cell(const std::optional<std::string>& image) {
  MadeDataset made;
  made.add_image("images/a.npy").add_image("images/b.npy", 1);
  return check_bounded(made.add_table("train.pq", MadeTable({{"b.npy"}, {image}})));
}

CheckReport check_folds(const table::Values& folds, size_t rows) {
  MadeDataset made;
  std::vector<MadeRow> made_rows;
  for (size_t row = 0; row < rows; ++row) {
    made_rows.push_back({"case_" + std::to_string(row) + ".npy"});
  }
  made.add_train(made_rows).add_table("train.pq", MadeTable(made_rows).add("fold", folds));
  return check_bounded(made);
}

TEST(CheckCatalogue, P17_image_column_missing_or_of_numbers) {
  expect_error(only(check_table(MadeTable({{"a.npy"}}).drop("image")), "column-missing"), {},
               "image");
  const CheckReport numbers =
      check_table(MadeTable({{"a.npy"}}).drop("image").add("image", NumberCells{7}));
  expect_error(only(numbers, "column-type"), {}, "image");
}

TEST(CheckCatalogue, P17_image_cells) {
  expect_error(only(check_image_cell(std::nullopt), "cell-null"), 1, "image");
  for (const std::string cell : {"", "images/a.npy", "../a.npy", "/a.npy", "C:\\a.npy", "a"}) {
    const Finding finding = only(check_image_cell(cell), "image-name-invalid");
    expect_error(finding, 1, "image");
    EXPECT_TRUE(holds(finding.expected, "plain file name")) << cell;
  }
}

TEST(CheckCatalogue, P18_classes_as_plain_text_instead_of_lists) {
  for (const std::string cell : {"lung", "['lung', 'heart']"}) {
    const MadeTable table =
        MadeTable({{"a.npy"}}).drop("class_id").add("class_id", TextCells{cell});
    const Finding finding = only(check_table(table), "column-type");
    expect_error(finding, {}, "class_id");
    EXPECT_EQ(finding.found, "type string");
    EXPECT_EQ(finding.expected, "a column of lists of class names");
  }
}

TEST(CheckCatalogue, P18_classes_as_numbers_are_read) {
  const MadeTable table = MadeTable({{"a.npy"}})
                              .drop("class_id")
                              .add("class_id", std::vector<table::ListCell<int64_t>>{{{1, 2}}});
  EXPECT_TRUE(check_table(table).findings.empty());
}

TEST(CheckCatalogue, P19_lists_that_do_not_fit) {
  const Texts both = {"lung", "heart"};
  expect_error(only(check_rows({{"a.npy"}, {"b.npy", both, Texts{"1 4"}}}), "list-length-mismatch"),
               1, "rle_mask");
  expect_error(only(check_rows({{"a.npy"}, {"b.npy", Texts{}, Texts{}}}), "class-set-differs"), 1,
               "class_id");
  const Finding text = only(check_rows({{"a.npy", both, Texts{"1 4", std::nullopt}}}), "cell-null");
  expect_error(text, 0, "rle_mask");
  EXPECT_EQ(text.class_name, "heart");
  expect_error(only(check_rows({{"a.npy", Texts{"lung", std::nullopt}}}), "cell-null"), 0,
               "class_id");
}

TEST(CheckCatalogue, P20_classes_that_differ_between_rows) {
  const Finding other =
      only(check_rows({{"a.npy"}, {"b.npy", Texts{"lung", "liver"}}}), "class-set-differs");
  expect_error(other, 1, "class_id");
  EXPECT_EQ(other.found, "lacks \"heart\" and has \"liver\" more");
  const Finding order =
      only(check_rows({{"a.npy"}, {"b.npy", Texts{"heart", "lung"}}}), "class-order-differs");
  EXPECT_EQ(order.severity, Severity::kWarning);
  EXPECT_EQ(order.row, 1);
  const Finding twice =
      only(check_rows({{"a.npy"}, {"b.npy", Texts{"lung", "lung"}}}), "class-duplicate");
  expect_error(twice, 1, "class_id");
  EXPECT_EQ(twice.class_name, "lung");
}

TEST(CheckCatalogue, P20_odd_class_names) {
  for (const std::string& name :
       {std::string("lu\nng"), std::string(), std::string(1 << 20, 'x')}) {
    const CheckReport report = check_rows({{"a.npy", Texts{name}, Texts{"1 4"}}});
    expect_error(only(report, "class-name-invalid"), {}, "class_id");
    EXPECT_LE(to_json(report).size(), 5000U);
  }
  for (const std::string name : {"lung, left", " lung", "\"lung\"", "lung \xF0\x9F\xAB\x81"}) {
    const CheckReport report = check_rows({{"a.npy", Texts{name}, Texts{"1 4"}}});
    EXPECT_EQ(only(report, "class-name-unusual").severity, Severity::kWarning) << name;
  }
  EXPECT_TRUE(check_rows({{"a.npy", Texts{"Gef\xC3\xA4\xC3\x9F"}, Texts{"1 4"}}}).findings.empty());
}

TEST(CheckCatalogue, P21_texts_that_are_no_masks) {
  const auto with_text = [](const std::optional<std::string>& text) {
    return check_rows({{"a.npy", Texts{"lung", "heart"}, Texts{"1 4", text}}, {"b.npy"}});
  };
  EXPECT_TRUE(with_text("").findings.empty());
  expect_error(only(with_text(std::nullopt), "cell-null"), 0, "rle_mask");
  for (const std::string text : {"nan", "None", "[]"}) {
    const Finding finding = only(with_text(text), "rle-not-a-number");
    expect_error(finding, 0, "rle_mask");
    EXPECT_EQ(finding.class_name, "heart");
    EXPECT_EQ(finding.byte_offset, 0);
    EXPECT_TRUE(holds(finding.found, "\"" + text + "\"")) << finding.found;
  }
  EXPECT_EQ(only(with_text(" "), "rle-white-space").severity, Severity::kWarning);
}

TEST(CheckCatalogue, P22_folds) {
  EXPECT_TRUE(check_folds(NumberCells{0, 1, 2}, 3).findings.empty());
  EXPECT_TRUE(check_folds(std::vector<table::Cell<double>>{1, 2, 1}, 3).findings.empty());
  EXPECT_EQ(only(check_folds(TextCells{"b", "a", "b"}, 3), "fold-values").found,
            "\"a\" is fold 0, \"b\" is fold 1");
  EXPECT_EQ(only(check_folds(std::vector<table::Cell<double>>{0.5, 1.5}, 2), "fold-values").found,
            "\"0.5\" is fold 0, \"1.5\" is fold 1");
  EXPECT_EQ(only(check_folds(NumberCells{-1, 3}, 2), "fold-values").severity, Severity::kNote);
  constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
  constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(count_of(check_folds(NumberCells{kLowest, 0, kHighest}, 3), "fold-empty"), 0);
  const CheckReport gap = check_folds(NumberCells{0, 1, 3}, 3);
  EXPECT_EQ(only(gap, "fold-values").found, "\"0\" is fold 0, \"1\" is fold 1, \"3\" is fold 2");
  EXPECT_EQ(only(gap, "fold-empty").found, "no row of fold 2");
  expect_error(only(check_folds(NumberCells{4, 4, 4}, 3), "fold-single"), {}, "fold");
  expect_error(only(check_folds(NumberCells{0, {}, 1}, 3), "fold-null"), 1, "fold");
}

TEST(CheckCatalogue, P23_images_of_rows) {
  const CheckReport twice = check_rows({{"a.npy"}, {"a.npy"}});
  expect_error(only(twice, "image-duplicate"), 1, "image");
  MadeDataset made;
  made.add_train({{"a.npy"}, {"b.npy"}}).add_image("images/more.npy", 7);
  made.add_table("train.pq", MadeTable({{"a.npy"}, {"b.npy"}, {"c.npy"}}));
  made.add_table("validation.pq", MadeTable({{"b.npy"}}));
  const CheckReport report = check_bounded(made);
  expect_error(only(report, "image-missing"), 2, "image");
  EXPECT_EQ(only(report, "image-unused").member, "images/more.npy");
  const Finding shared = only(report, "image-in-train-and-validation");
  expect_error(shared, 0, "image");
  EXPECT_EQ(shared.member, "validation.pq");
  EXPECT_EQ(shared.found, "\"b.npy\" is in row 1 of train.pq");
}

TEST(CheckCatalogue, P24_test_tables_with_and_without_masks) {
  for (const bool has_masks : {false, true}) {
    MadeDataset made;
    made.add_train({{"a.npy"}}).add_image("images/b.npy", 1);
    MadeTable test({{"b.npy"}});
    if (!has_masks) {
      test.drop("class_id").drop("rle_mask");
    }
    const CheckReport report = check_bounded(made.add_table("test.pq", test));
    EXPECT_TRUE(report.findings.empty()) << to_text(report);
    EXPECT_EQ(report.masks, has_masks ? 4 : 2);
  }
}

TEST(CheckCatalogue, P25_row_counts) {
  expect_error(only(check_rows({}), "table-empty"), {}, "");
  EXPECT_TRUE(check_rows({{"a.npy"}}).findings.empty());
  constexpr int kRows = 2000;
  std::vector<MadeRow> rows;
  for (int row = 0; row < kRows; ++row) {
    rows.push_back({"case_" + std::to_string(row) + ".npy"});
  }
  const CheckReport report = check_rows(rows);
  EXPECT_EQ(report.images, kRows);
  EXPECT_TRUE(report.findings.empty()) << to_text(report);
}

}  // namespace

}  // namespace volseg::dataset
