// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/import_settings.h"

#include <gtest/gtest.h>

#include "volseg/dataset/internal/made_dataset_test.h"

namespace volseg::dataset {

namespace {

using internal::holds;
using internal::refusal;

std::string refused(const std::string& yaml) {
  return refusal([&] { static_cast<void>(parse_import_settings(yaml, "settings.yaml")); });
}

TEST(ImportSettings, reads_every_key) {
  const ImportSettings settings = parse_import_settings(
      "train_dataframe: a.pq\nvalidation_dataframe: b.pq\ntest_dataframe: c.pq\n"
      "data_folder: im\ndata_folder_test: it\nimage_column: i\nclass_name_column: c\n"
      "rle_mask_column: r\nfold_column: f\ngroup_fold_column: g\n"
      "validation_strategy: grouped_kfold\nvalidation_size: 0.3\nselected_folds: [0, '2']\n"
      "channel_axis: 3\nseed: 9\nrecipe: {epochs: 3}\n",
      "settings.yaml");
  EXPECT_EQ(settings.train_dataframe, "a.pq");
  EXPECT_EQ(settings.validation_dataframe, "b.pq");
  EXPECT_EQ(settings.test_dataframe, "c.pq");
  EXPECT_EQ(settings.data_folder, "im");
  EXPECT_EQ(settings.data_folder_test, "it");
  EXPECT_EQ(settings.image_column, "i");
  EXPECT_EQ(settings.class_name_column, "c");
  EXPECT_EQ(settings.rle_mask_column, "r");
  EXPECT_EQ(settings.fold_column, "f");
  EXPECT_EQ(settings.group_fold_column, "g");
  EXPECT_EQ(settings.validation_strategy, ValidationStrategy::kGroupedKfold);
  EXPECT_EQ(settings.validation_size_fraction, 0.3);
  EXPECT_EQ(settings.selected_folds, (std::vector<std::string>{"0", "2"}));
  EXPECT_EQ(settings.channel_axis, 3);
  EXPECT_EQ(settings.seed, 9U);
}

TEST(ImportSettings, reads_an_export_of_hydrogen_torch) {
  const ImportSettings settings = parse_import_settings(
      "architecture:\n  decoder: Unet\ndataset:\n  train_dataframe: /data/user/covid/train.pq\n"
      "  validation_dataframe: None\n  data_sample: 1.0\n  selected_folds: ['0']\n"
      "  validation_strategy: kfold\ntraining:\n  epochs: 10\n",
      "cfg.yaml");
  EXPECT_EQ(settings.train_dataframe, "train.pq");
  EXPECT_EQ(settings.validation_dataframe, "");
  EXPECT_EQ(settings.selected_folds, std::vector<std::string>{"0"});
}

TEST(ImportSettings, reads_the_settings_of_a_run) {
  const ImportSettings settings = parse_import_settings(
      "dataset: \"dataset.zip\"\nfold: 0\nimport_settings:\n  fold_column: \"center\"\n"
      "  channel_axis: null\n  seed: 7\nrecipe:\n  epochs: 10\n",
      "run/config.yaml");
  EXPECT_EQ(settings.fold_column, "center");
  EXPECT_FALSE(settings.channel_axis);
  EXPECT_EQ(settings.seed, 7U);
}

TEST(ImportSettings, accepts_nothing_and_names_the_nearest_key) {
  EXPECT_EQ(parse_import_settings("", "a.yaml").train_dataframe, "");
  EXPECT_EQ(parse_import_settings("{}", "a.yaml").train_dataframe, "");
  EXPECT_TRUE(
      holds(refused("seed: 1\ntrain_datafrme: a.pq"),
            "settings.yaml line 2: unknown key train_datafrme; the nearest is train_dataframe"));
}

TEST(ImportSettings, rejects_wrong_values) {
  EXPECT_TRUE(holds(refused("validation_strategy: kfolds"), "expected kfold"));
  EXPECT_TRUE(holds(refused("validation_size: 1.5"), "between 0 and 1"));
  EXPECT_TRUE(holds(refused("validation_size: much"), "not a number"));
  EXPECT_TRUE(holds(refused("channel_axis: 1"), "expected 0 or 3"));
  EXPECT_TRUE(holds(refused("seed: 1\nseed: 2"), "given twice"));
  EXPECT_TRUE(holds(refused("- a"), "not a map"));
  EXPECT_TRUE(holds(refused("a: [1"), "[dataset.import_settings] settings.yaml line 1: not YAML"));
}

}  // namespace

}  // namespace volseg::dataset
