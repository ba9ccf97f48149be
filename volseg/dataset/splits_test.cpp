// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "volseg/dataset/dataset.h"
#include "volseg/dataset/internal/made_dataset_test.h"

namespace volseg::dataset {

namespace {

using internal::holds;
using internal::MadeDataset;
using internal::MadeRow;
using internal::MadeTable;
using internal::refusal;

std::vector<MadeRow> made_rows(int count) {
  std::vector<MadeRow> rows;
  for (int index = 0; index < count; ++index) {
    rows.push_back({"case" + std::to_string(index) + ".npy"});
  }
  return rows;
}

void add_with(MadeDataset& made, int count, const std::string& column, table::Values values) {
  made.add_train(made_rows(count));
  made.add_table("train.pq", MadeTable(made_rows(count)).add(column, std::move(values)));
}

std::vector<std::string> names_of(const std::vector<Split>& splits) {
  std::vector<std::string> names;
  std::ranges::transform(splits, std::back_inserter(names), &Split::name);
  return names;
}

TEST(Splits, follow_the_fold_column_with_numbers_as_numbers) {
  MadeDataset made;
  add_with(made, 4, "fold", std::vector<table::Cell<int64_t>>{10, 9, 2, 10});
  const Dataset dataset = Dataset::open(made.write());
  const std::vector<Split> splits = dataset.splits();
  EXPECT_EQ(names_of(splits), (std::vector<std::string>{"2", "9", "10"}));
  EXPECT_EQ(splits[2].validation.size(), 2U);
  EXPECT_EQ(splits[2].training[0]->name, "case1");
}

TEST(Splits, accept_categories_and_select_folds) {
  MadeDataset made;
  add_with(made, 3, "fold", std::vector<table::Cell<std::string>>{"north", "south", "north"});
  const Dataset all = Dataset::open(made.write());
  EXPECT_EQ(names_of(all.splits()), (std::vector<std::string>{"north", "south"}));
  const Dataset one = Dataset::open(made.write(), {.selected_folds = {"south"}});
  EXPECT_EQ(names_of(one.splits()), std::vector<std::string>{"south"});
  const Dataset none = Dataset::open(made.write(), {.selected_folds = {"west"}});
  EXPECT_TRUE(holds(refusal([&] { static_cast<void>(none.splits()); }), "north, south"));
}

TEST(Splits, draw_five_folds_that_cover_every_row_once) {
  MadeDataset made;
  made.add_train(made_rows(12));
  const Dataset dataset = Dataset::open(made.write());
  const std::vector<Split> splits = dataset.splits();
  ASSERT_EQ(splits.size(), 5U);
  std::multiset<std::string> validated;
  for (const Split& split : splits) {
    EXPECT_EQ(split.training.size() + split.validation.size(), 12U);
    EXPECT_GE(split.validation.size(), 2U);
    for (const Row* row : split.validation) {
      validated.insert(row->name);
    }
  }
  EXPECT_EQ(validated.size(), 12U);
  EXPECT_EQ(std::set<std::string>(validated.begin(), validated.end()).size(), 12U);
  const Dataset other = Dataset::open(made.write(), {.seed = 1});
  EXPECT_NE(other.splits()[0].validation[0]->name + other.splits()[0].validation[1]->name +
                other.splits()[1].validation[0]->name,
            splits[0].validation[0]->name + splits[0].validation[1]->name +
                splits[1].validation[0]->name);
}

TEST(Splits, keep_groups_together) {
  MadeDataset made;
  add_with(made, 8, "patient",
           std::vector<table::Cell<std::string>>{"a", "b", "a", "c", "b", "c", "a", "d"});
  const Dataset dataset = Dataset::open(
      made.write(),
      {.group_fold_column = "patient", .validation_strategy = ValidationStrategy::kGroupedKfold});
  const std::vector<Split> splits = dataset.splits();
  ASSERT_EQ(splits.size(), 4U);
  for (const Split& split : splits) {
    std::set<std::string> groups;
    for (const Row* row : split.validation) {
      groups.insert(row->group);
    }
    EXPECT_EQ(groups.size(), 1U);
  }
}

TEST(Splits, keep_groups_together_in_a_drawn_holdout) {
  MadeDataset made;
  add_with(made, 8, "patient",
           std::vector<table::Cell<std::string>>{"a", "b", "a", "c", "b", "c", "a", "d"});
  const Dataset dataset = Dataset::open(
      made.write(),
      {.group_fold_column = "patient", .validation_strategy = ValidationStrategy::kAutomatic});
  const Split split = dataset.splits().at(0);
  std::set<std::string> training;
  for (const Row* row : split.training) {
    training.insert(row->group);
  }
  ASSERT_FALSE(split.validation.empty());
  for (const Row* row : split.validation) {
    EXPECT_FALSE(training.contains(row->group));
  }
}

TEST(Splits, refuse_a_row_without_a_group) {
  MadeDataset made;
  add_with(made, 3, "patient", std::vector<table::Cell<std::string>>{"a", std::nullopt, "b"});
  const Dataset dataset = Dataset::open(
      made.write(),
      {.group_fold_column = "patient", .validation_strategy = ValidationStrategy::kGroupedKfold});
  EXPECT_TRUE(
      holds(refusal([&] { static_cast<void>(dataset.splits()); }), "every row needs a group"));
}

TEST(Splits, hold_out_a_table_or_a_drawn_part) {
  MadeDataset made;
  made.add_train(made_rows(10)).add_image("images/v.npy");
  made.add_table("valid.pq", MadeTable({{"v.npy"}}));
  const Dataset table = Dataset::open(made.write());
  ASSERT_EQ(names_of(table.splits()), std::vector<std::string>{"holdout"});
  EXPECT_EQ(table.splits()[0].validation[0]->name, "v");
  EXPECT_EQ(table.splits()[0].training.size(), 10U);
  const Dataset drawn = Dataset::open(
      made.write(),
      {.validation_strategy = ValidationStrategy::kAutomatic, .validation_size_fraction = 0.3});
  EXPECT_EQ(drawn.splits()[0].validation.size(), 3U);
  EXPECT_EQ(drawn.splits()[0].training.size(), 7U);
}

TEST(Splits, validate_one_row_on_itself_with_a_warning) {
  MadeDataset made;
  made.add_train(made_rows(1));
  const Dataset dataset = Dataset::open(made.write());
  ASSERT_EQ(dataset.splits().size(), 1U);
  EXPECT_EQ(dataset.splits()[0].training, dataset.splits()[0].validation);
  EXPECT_TRUE(holds(dataset.warnings().at(0), "validates on itself"));
}

TEST(Splits, refuse_folds_that_cannot_be_used) {
  MadeDataset made;
  add_with(made, 2, "fold", std::vector<table::Cell<int64_t>>{1, 1});
  const Dataset single = Dataset::open(made.write());
  EXPECT_TRUE(holds(refusal([&] { static_cast<void>(single.splits()); }), "two folds or more"));
  add_with(made, 2, "fold", std::vector<table::Cell<int64_t>>{1, std::nullopt});
  const Dataset null = Dataset::open(made.write());
  EXPECT_TRUE(holds(refusal([&] { static_cast<void>(null.splits()); }), "row 1"));
}

}  // namespace

}  // namespace volseg::dataset
