// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "volseg/dataset/dataset.h"
#include "volseg/dataset/internal/made_dataset_test.h"

namespace volseg::dataset::internal {

namespace {

using TextCells = std::vector<table::Cell<std::string>>;
using NumberCells = std::vector<table::Cell<int64_t>>;

const std::vector<MadeRow> kRows = {{"a.npy"}, {"b.npy"}, {"c.npy"}, {"d.npy"}};

/// Four rows, with groups p, p, q, q in this column.
MadeTable grouped(const std::string& column) {
  return MadeTable(kRows).add(column, TextCells{"p", "p", "q", "q"});
}

CheckReport check_with(const MadeTable& train, const ImportSettings& settings = {}) {
  MadeDataset made;
  return check_bounded(made.add_train(kRows).add_table("train.pq", train), settings);
}

TEST(CheckSplits, finds_groups_that_folds_split) {
  for (const std::string column : {"group", "patient"}) {
    const ImportSettings settings{.group_fold_column = column == "group" ? "" : column};
    const CheckReport report =
        check_with(grouped(column).add("fold", NumberCells{0, 1, 1, 1}), settings);
    const Finding finding = only(report, "group-split");
    EXPECT_EQ(finding.severity, Severity::kWarning);
    EXPECT_EQ(finding.column, column);
    EXPECT_EQ(finding.found,
              "1 of 2 groups split, such as \"p\": row 0 of fold \"0\" and row 1 of fold \"1\"");
    EXPECT_TRUE(check_with(grouped(column).add("fold", NumberCells{0, 0, 1, 1}), settings)
                    .findings.empty());
  }
}

TEST(CheckSplits, finds_groups_that_seeded_folds_split) {
  EXPECT_EQ(count_of(check_with(grouped("group")), "group-split"), 1);
  EXPECT_TRUE(check_with(grouped("group"), {.group_fold_column = "group"}).findings.empty());
  const MadeTable without = MadeTable(kRows).add("group", TextCells{{}, {}, {}, {}});
  EXPECT_TRUE(check_with(without).findings.empty());
}

TEST(CheckSplits, finds_groups_in_two_tables) {
  MadeDataset made;
  made.add_train({{"a.npy"}, {"b.npy"}}).add_image("images/c.npy", 9);
  made.add_table("train.pq", MadeTable({{"a.npy"}, {"b.npy"}}).add("group", TextCells{"p", "q"}));
  made.add_table("validation.pq", MadeTable({{"c.npy"}}).add("group", TextCells{"q"}));
  const CheckReport report = check_bounded(made);
  const Finding finding = only(report, "group-in-two-tables");
  EXPECT_EQ(finding.member, "validation.pq");
  EXPECT_EQ(finding.found,
            "1 of 1 group are in train.pq too, such as \"q\": row 0, and row 1 of train.pq");
  EXPECT_EQ(report.findings.size(), 1U) << to_text(report);
}

TEST(CheckSplits, finds_settings_that_give_no_splits) {
  const MadeTable plain(kRows);
  const auto found = [&](const ImportSettings& settings) {
    return only(check_with(plain, settings), "splits-impossible").found;
  };
  EXPECT_TRUE(holds(found({.validation_strategy = ValidationStrategy::kCustomHoldout}),
                    "there is no validation table"));
  EXPECT_TRUE(holds(found({.validation_strategy = ValidationStrategy::kGroupedKfold}),
                    "name the group column with group_fold_column"));
  EXPECT_TRUE(holds(found({.selected_folds = {"99"}}), "selected_folds names 99"));
  EXPECT_TRUE(holds(found({.validation_strategy = ValidationStrategy::kAutomatic,
                           .validation_size_fraction = 1.5}),
                    "validation_size is 1.5"));
  const MadeTable one = MadeTable(kRows).add("group", TextCells{"p", "p", "p", "p"});
  EXPECT_TRUE(
      holds(only(check_with(one, {.group_fold_column = "group"}), "splits-impossible").found,
            "one group"));
}

TEST(CheckSplits, keeps_the_groups_of_a_column_that_no_setting_names) {
  MadeDataset made;
  made.add_train(kRows).add_table("train.pq", grouped("group"));
  const Dataset dataset = Dataset::open(made.write());
  EXPECT_EQ(dataset.rows(Part::kTrain)[2].group, "q");
  MadeDataset bare;
  bare.add_train(kRows);
  const Dataset other = Dataset::open(bare.write());
  const auto names = [](const Dataset& one) {
    std::vector<std::string> validation;
    for (const Split& split : one.splits()) {
      for (const Row* row : split.validation) {
        validation.push_back(split.name + row->name);
      }
    }
    return validation;
  };
  EXPECT_EQ(names(dataset), names(other)) << "folds follow groups on request only";
}

}  // namespace

}  // namespace volseg::dataset::internal
