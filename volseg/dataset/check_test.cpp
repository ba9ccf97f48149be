// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "volseg/core/files.h"
#include "volseg/dataset/findings.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/dataset/internal/made_dataset_test.h"
#include "volseg/mask/run_text.h"

namespace volseg::dataset {

namespace {

using internal::check_made;
using internal::count_of;
using internal::holds;
using internal::MadeDataset;
using internal::MadeTable;
using internal::only;
using internal::Texts;

TEST(Check, finds_nothing_in_a_sound_dataset) {
  MadeDataset made;
  made.add_train({{"a.npy"}, {"b.nii.gz"}});
  const CheckReport report = check_made(made);
  EXPECT_TRUE(report.findings.empty()) << to_text(report);
  EXPECT_EQ(to_text(report), "2 rows, 2 images, 4 masks: no findings\n");
  EXPECT_EQ(report.detected.size(), 13U);
}

TEST(Check, reports_an_unsound_archive_and_throws_only_when_there_is_none) {
  MadeDataset made;
  const auto path = made.folder() / "bad.zip";
  core::write_text(path, "not a zip at all, just text", core::Overwrite::kYes);
  const CheckReport report = check(path, {}, {});
  EXPECT_TRUE(holds(only(report, "archive-unreadable").found, "zip-no-end-record"));
  EXPECT_THROW(static_cast<void>(check(made.folder() / "none.zip", {}, {})), Error);
}

TEST(Check, passes_on_the_problems_of_the_archive) {
  MadeDataset made;
  const auto folder = made.folder() / "set";
  std::filesystem::create_directories(folder);
  std::filesystem::create_symlink("/etc/hostname", folder / "link.npy");
  const CheckReport report = check(folder, {}, {});
  EXPECT_EQ(only(report, "folder-not-regular").member, "link.npy");
  EXPECT_EQ(count_of(report, "no-table"), 1);
}

TEST(Check, reports_tables_that_cannot_be_chosen_or_read) {
  MadeDataset none;
  none.add_image("images/a.npy");
  EXPECT_EQ(count_of(check_made(none), "no-table"), 1);
  MadeDataset several;
  several.add_train({{"a.npy"}}).add_table("train_2.pq", MadeTable({{"a.npy"}}));
  EXPECT_EQ(count_of(check_made(several), "table-ambiguous"), 1);
  EXPECT_EQ(count_of(check_made(several, {.train_dataframe = "other.pq"}), "table-missing"), 1);
  MadeDataset damaged;
  damaged.add_text("train.pq", "PAR1 and nothing more PAR1");
  EXPECT_EQ(only(check_made(damaged), "table-unreadable").member, "train.pq");
  MadeDataset empty;
  empty.add_table("train.pq", MadeTable({}));
  EXPECT_EQ(count_of(check_made(empty), "table-empty"), 1);
}

TEST(Check, reports_columns_that_are_missing_or_of_another_type) {
  MadeDataset made;
  made.add_train({{"a.npy"}});
  made.add_table("train.pq", MadeTable({{"a.npy"}}).drop("rle_mask"));
  EXPECT_EQ(only(check_made(made), "column-missing").column, "rle_mask");
  made.add_table("train.pq", MadeTable({{"a.npy"}})
                                 .drop("class_id")
                                 .add("class_id", std::vector<table::Cell<std::string>>{"lung"}));
  EXPECT_EQ(only(check_made(made), "column-type").column, "class_id");
  made.add_table("train.pq", MadeTable({{"a.npy"}})
                                 .rename("image", "x")
                                 .add("y", std::vector<table::Cell<std::string>>{"a.npy"}));
  EXPECT_EQ(count_of(check_made(made), "column-ambiguous"), 1);
  EXPECT_EQ(only(check_made(made, {.image_column = "z"}), "column-missing").column, "z");
}

TEST(Check, reports_nulls_and_lists_that_do_not_fit) {
  MadeDataset made;
  made.add_train({{"a.npy"},
                  {std::nullopt},
                  {"c.npy", std::nullopt},
                  {"d.npy", Texts{"lung", "heart"}, std::nullopt},
                  {"e.npy", Texts{"lung", "heart"}, Texts{"", std::nullopt}},
                  {"f.npy", Texts{"lung", "heart"}, Texts{"", "", "1 x"}},
                  {"g.npy", Texts{"lung", "liver"}},
                  {"h.npy", Texts{"lung", "lung"}},
                  {"i.npy", Texts{"heart", "lung"}}});
  const CheckReport report = check_made(made);
  EXPECT_EQ(count_of(report, "cell-null"), 4) << to_text(report);
  EXPECT_EQ(only(report, "class-set-differs").row, 6);
  EXPECT_EQ(only(report, "class-duplicate").class_name, "lung");
  EXPECT_EQ(only(report, "class-order-differs").severity, Severity::kWarning);
  EXPECT_EQ(count_of(report, "list-length-mismatch"), 2);  // rows 2 and 5
  EXPECT_EQ(only(report, "rle-not-a-number").row, 5);
}

TEST(Check, reports_image_cells) {
  MadeDataset made;
  made.add_train({{"a.npy"}, {"a.npy"}, {"a.nii.gz"}, {"folder/b.npy"}, {"c"}});
  made.add_table(
      "train.pq",
      MadeTable({{"a.npy"}, {"a.npy"}, {"a.nii.gz"}, {"folder/b.npy"}, {"c"}, {"d.npy"}}));
  made.add_image("images/e.npy");
  const CheckReport report = check_made(made);
  EXPECT_EQ(only(report, "image-duplicate").row, 1);
  EXPECT_EQ(only(report, "image-stem-duplicate").row, 2);
  EXPECT_EQ(count_of(report, "image-name-invalid"), 2);
  EXPECT_EQ(only(report, "image-missing").row, 5);
  EXPECT_EQ(only(report, "image-unused").member, "images/e.npy");
}

TEST(Check, reports_folders) {
  MadeDataset made;
  made.add_train({{"a.npy"}}).add_image("more/a.npy");
  EXPECT_EQ(count_of(check_made(made), "folder-ambiguous"), 1);
  const CheckReport missing = check_made(made, {.data_folder = "nowhere"});
  EXPECT_EQ(count_of(missing, "folder-missing"), 1);
  EXPECT_EQ(count_of(missing, "image-missing"), 1);
}

TEST(Check, reports_geometry_columns) {
  MadeDataset made;
  made.add_train({{"a.npy"}, {"b.npy"}});
  made.add_table(
      "train.pq",
      MadeTable({{"a.npy"}, {"b.npy"}})
          .add("shape", std::vector<table::ListCell<int64_t>>{{{5, 4, 3}}, {{4, 5, 3}}})
          .add("spacing_mm", std::vector<table::ListCell<double>>{{{1, 0, 1}}, std::nullopt}));
  const CheckReport report = check_made(made);
  EXPECT_EQ(only(report, "shape-differs-from-column").row, 0);
  EXPECT_EQ(only(report, "geometry-column-invalid").column, "spacing_mm");
}

TEST(Check, reports_leakage_and_folds) {
  MadeDataset made;
  made.add_train({{"a.npy"}, {"b.npy"}, {"c.npy"}});
  made.add_table("valid.pq", MadeTable({{"b.npy"}}));
  made.add_table("train.pq", MadeTable({{"a.npy"}, {"b.npy"}, {"c.npy"}})
                                 .add("fold", std::vector<table::Cell<int64_t>>{1, 1, {}}));
  const CheckReport report = check_made(made);
  EXPECT_EQ(only(report, "image-in-train-and-validation").member, "valid.pq");
  EXPECT_EQ(only(report, "fold-single").column, "fold");
  EXPECT_EQ(only(report, "fold-null").row, 2);
}

TEST(Check, has_a_fixed_order_for_any_number_of_threads) {
  MadeDataset made;
  std::vector<internal::MadeRow> rows;
  for (int index = 0; index < 20; ++index) {
    rows.push_back({"case" + std::to_string(index) + ".npy", Texts{"lung", "heart"},
                    Texts{"0 1", "1 " + std::to_string(index * 7)}});
  }
  made.add_train(rows);
  EXPECT_EQ(to_json(check_made(made, {}, 1)), to_json(check_made(made, {}, 4)));
}

TEST(Findings, are_grouped_with_examples_and_fix) {
  MadeDataset made;
  std::vector<internal::MadeRow> rows;
  for (int index = 0; index < 7; ++index) {
    rows.push_back({"case" + std::to_string(index) + ".npy", Texts{"lung"}, Texts{"0 1"}});
  }
  rows.push_back({"last.npy", Texts{"lung"}, Texts{"3  2"}});
  made.add_train(rows);
  const std::string text = to_text(check_made(made));
  EXPECT_TRUE(holds(text, "error rle-start-zero (7): a run starts at voxel 0\n")) << text;
  EXPECT_TRUE(holds(text,
                    "  train.pq row 4, column rle_mask, class \"lung\": run 1 (byte 0) starts at "
                    "voxel 0; positions start at 1\n  and 2 more\n  fix: add 1"))
      << text;
  EXPECT_TRUE(text.ends_with("8 rows, 8 images, 8 masks: 7 errors, 1 warning\n")) << text;
}

TEST(Findings, are_written_as_json) {
  MadeDataset made;
  made.add_train({{"a.npy", Texts{"lung\n"}, Texts{"1 2 3"}}});
  const auto json = nlohmann::json::parse(to_json(check_made(made)));
  EXPECT_EQ(json["format"], "volseg-findings");
  EXPECT_EQ(json["errors"], 2);
  EXPECT_EQ(json["findings"][0]["code"], "class-name-invalid");
  const auto& finding = json["findings"][1];
  EXPECT_EQ(finding["code"], "rle-odd-token-count");
  EXPECT_EQ(finding["class"], "lung\n");
  EXPECT_EQ(finding["row"], 0);
  EXPECT_EQ(finding["byte_offset"], 4);
  EXPECT_FALSE(holds(to_text(check_made(made)), "lung\n"));
}

TEST(Findings, know_every_code_of_the_mask_layer) {
  using mask::RunTextError;
  for (const RunTextError error :
       {RunTextError::kOddTokenCount, RunTextError::kStartZero, RunTextError::kNegative,
        RunTextError::kNotANumber, RunTextError::kRunPastEnd, RunTextError::kOverflow}) {
    EXPECT_NE(internal::find_code(mask::code_of(error)), nullptr) << mask::code_of(error);
  }
}

TEST(Findings, are_all_in_the_documented_table) {
  const std::filesystem::path source = __FILE__;
  const auto page = source.parent_path() / "../../docs/formats/findings.md";
  if (!std::filesystem::exists(page)) {
    GTEST_SKIP() << "the sources are not where they were compiled";
  }
  const std::string text = core::read_text(page);
  for (const internal::CodeInfo& info : internal::finding_catalogue()) {
    EXPECT_TRUE(holds(text, "`" + std::string(info.code) + "`")) << info.code;
  }
}

}  // namespace

}  // namespace volseg::dataset
