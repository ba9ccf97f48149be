// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "volseg/core/error.h"
#include "volseg/core/files.h"
#include "volseg/plan/plan.h"

namespace volseg::plan {
namespace {

Plan sample_plan() {
  Fingerprint fingerprint;
  fingerprint.class_names = {"left \"upper\"", "r\xC3\xA9nal"};
  fingerprint.channels = 2;
  fingerprint.intensities = {{.mean = 1.0 / 3, .maximum = 3e9}, {.percentile_00_5 = -1024}};
  fingerprint.cases.push_back({"one", {100, 90, 30}, {80, 90, 25}, {0.7, 0.8, 3}});
  return make_plan(fingerprint, recipe_named("nnunet"));
}

std::string message_of(const std::string& json) {
  try {
    (void)parse_plan(json, "plan.json");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kFormat);
    return error.message();
  }
  return "accepted";
}

std::string changed(std::string text, const std::string& from, const std::string& to) {
  const size_t position = text.find(from);
  EXPECT_NE(position, std::string::npos) << from;
  return text.replace(position, from.size(), to);
}

TEST(PlanJson, comes_back_unchanged) {
  const Plan plan = sample_plan();
  const Plan back = parse_plan(to_json(plan), "plan.json");
  EXPECT_EQ(to_json(back), to_json(plan));
  EXPECT_EQ(back.class_names, plan.class_names);
  EXPECT_EQ(back.spacing_mm, plan.spacing_mm);
  EXPECT_EQ(back.axis_order, plan.axis_order);
  EXPECT_EQ(back.normalization[0].statistics.mean, 1.0 / 3);
  EXPECT_EQ(back.normalization[1].statistics.percentile_00_5, -1024);
  EXPECT_EQ(back.network.stages.size(), plan.network.stages.size());
  EXPECT_EQ(back.notes, plan.notes);
}

TEST(PlanJson, has_one_line_a_stage) {
  const std::string text = to_json(sample_plan());
  EXPECT_NE(text.find("\n      {\"features\": 32, \"kernel\": [1, 3, 3], \"stride\": [1, 1, 1], "),
            std::string::npos)
      << text;
}

TEST(PlanJson, names_an_unknown_key_and_the_nearest) {
  const std::string json = changed(to_json(sample_plan()), "\"stride\"", "\"strides\"");
  EXPECT_NE(message_of(json).find("key network.stages[0].stride: found nothing"),
            std::string::npos);
  const std::string extra =
      changed(to_json(sample_plan()), "\"batch_dice\"", "\"batch_sise\": 3,\n  \"batch_dice\"");
  EXPECT_NE(message_of(extra).find("key batch_sise"), std::string::npos);
  EXPECT_NE(message_of(extra).find("the nearest is batch_size"), std::string::npos);
}

TEST(PlanJson, rejects_values_that_do_not_fit) {
  const std::string json = to_json(sample_plan());
  EXPECT_EQ(message_of(changed(json, "\"version\": 1", "\"version\": 2")),
            "plan.json, key version: found 2; expected an integer from 1 to 1");
  EXPECT_NE(message_of(changed(json, "\"axis_order\": [2, 0, 1]", "\"axis_order\": [2, 0, 0]"))
                .find("each once"),
            std::string::npos);
  EXPECT_NE(
      message_of(changed(json, "\"batch_size\": 2", "\"batch_size\": 1.5")).find("batch_size"),
      std::string::npos);
  EXPECT_NE(message_of(changed(json, "\"output\": \"softmax\"", "\"output\": \"sigmoid\""))
                .find("network.output_channels"),
            std::string::npos);
  EXPECT_NE(message_of(changed(json, "\"z_score_non_zero\"", "\"zscore\""))
                .find("normalization[0].scheme"),
            std::string::npos);
  EXPECT_NE(message_of("{\"version\": 1,").find("not JSON"), std::string::npos);
  EXPECT_NE(message_of("[]").find("expected an object"), std::string::npos);
}

TEST(PlanJson, rejects_a_patch_that_strides_do_not_divide) {
  const Plan plan = sample_plan();
  Plan odd = plan;
  odd.patch_shape[1] += 1;
  EXPECT_NE(message_of(to_json(odd)).find("key patch_shape"), std::string::npos);
}

TEST(PlanJson, reads_a_file) {
  const std::string path = ::testing::TempDir() + "volseg_plan_json_reads_a_file.json";
  core::write_text(path, to_json(sample_plan()), core::Overwrite::kYes);
  EXPECT_EQ(to_json(read_plan(path)), to_json(sample_plan()));
}

TEST(PlanJson, rejects_names_that_are_not_utf8) {
  Plan plan = sample_plan();
  plan.class_names[0] = "\xFF";
  EXPECT_THROW((void)to_json(plan), Error);
}

}  // namespace
}  // namespace volseg::plan
