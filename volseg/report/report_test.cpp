// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/report.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "volseg/core/error.h"
#include "volseg/plan/plan.h"

namespace volseg::report {
namespace {

namespace fs = std::filesystem;

class WriteReport : public ::testing::Test {
 protected:
  WriteReport() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    run_ = fs::path(::testing::TempDir()) / (std::string("volseg_report_") + test->name());
    fs::remove_all(run_);
    fs::create_directories(run_ / "fold_0");
  }
  ~WriteReport() override { fs::remove_all(run_); }

  void write(const fs::path& name, const std::string& text) {
    core::write_text(run_ / name, text, core::Overwrite::kYes);
  }
  void write_plan() {
    plan::Plan plan;
    plan.recipe = "quick";
    plan.class_names = {"liver", "<script>alert(1)</script>"};
    plan.normalization.emplace_back();
    plan.patch_shape = {32, 48, 64};
    plan.median_shape = {40, 50, 70};
    plan.network.output_channels = 3;
    plan.network.stages.resize(2);
    plan.network.stages[1].stride = {1, 2, 2};
    write("plan.json", plan::to_json(plan));
  }
  std::string page() { return core::read_text(write_report({.run = run_})); }

  fs::path run_;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(WriteReport, needs_a_plan) { EXPECT_THROW(static_cast<void>(page()), Error); }

TEST_F(WriteReport, says_what_was_not_recorded) {
  write_plan();
  const std::string html = page();
  for (const std::string what :
       {"Summary of the training", "Loss", "Validation Dice",
        "Scores and pictures (give --truth and --prediction)", "config.yaml", "Timings"}) {
    EXPECT_TRUE(contains(html, what + ": not recorded")) << what;
  }
  EXPECT_TRUE(contains(html, "32 x 48 x 64"));
  EXPECT_TRUE(contains(html, "1 x 2 x 2"));
}

TEST_F(WriteReport, shows_curves_settings_and_summary_with_every_text_escaped) {
  write_plan();
  write("config.yaml", "name: <img src=x>\n");
  write("fold_0/metrics.jsonl",
        "{\"epoch\":1,\"loss\":0.5,\"validation_dice\":0.25,\"seconds\":2.5,"
        "\"class_dice\":{\"liver\":0.5,\"<script>alert(1)</script>\":null}}\n"
        "{\"epoch\":2,\"loss\":0.25,\"validation_dice\":null,\"seconds\":2.5}\n"
        "{\"epoch\":3,\"lo");
  write("fold_0/summary.json", "{\"device\":\"cpu <b>\",\"best_dice\":0.25}");
  const std::string html = page();
  EXPECT_FALSE(contains(html, "<script>alert"));
  EXPECT_FALSE(contains(html, "<img src=x>"));
  EXPECT_FALSE(contains(html, "cpu <b>"));
  EXPECT_TRUE(contains(html, "training, epoch 2: 0.25"));
  EXPECT_TRUE(contains(html, "liver, epoch 1: 0.5"));
  EXPECT_TRUE(contains(html, "<title>volseg report</title>"));
  EXPECT_FALSE(contains(html, "http://"));
  EXPECT_FALSE(contains(html, "https://"));
}

TEST_F(WriteReport, names_the_line_of_metrics_that_is_no_object) {
  write_plan();
  write("fold_0/metrics.jsonl", "{\"epoch\":1}\n[1, 2]\n");
  try {
    static_cast<void>(page());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kFormat);
    EXPECT_TRUE(contains(error.message(), "metrics.jsonl line 2"));
  }
}

TEST_F(WriteReport, does_not_replace_a_page_unless_told) {
  write_plan();
  static_cast<void>(page());
  EXPECT_THROW(write_report({.run = run_, .overwrite = core::Overwrite::kNo}), Error);
}

}  // namespace
}  // namespace volseg::report
