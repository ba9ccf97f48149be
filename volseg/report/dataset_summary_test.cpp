// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/dataset_summary.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "volseg/core/random.h"
#include "volseg/dataset/pack.h"
#include "volseg/volume/formats.h"

namespace volseg::report {
namespace {

namespace fs = std::filesystem;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Two cases of other shapes and spacings; class "b" is in the first only, "never" in none.
class Summarize : public ::testing::Test {
 protected:
  Summarize() : path_(fs::path(::testing::TempDir()) / ("summary_" + std::to_string(getpid()))) {
    path_ += ".zip";
    std::vector<dataset::PredictedCase> cases;
    cases.push_back(made_case("one.nii", {7, 5, 6}, {1, 2, 4}, {"3 11", "40 2 50 6", ""}));
    cases.push_back(made_case("two.nii", {4, 9, 3}, {0.5, 1, 3}, {"1 20", "", ""}));
    dataset::write_dataset(path_, std::move(cases), {"a", "b", "never"}, core::Overwrite::kYes);
  }
  ~Summarize() override { fs::remove(path_); }

  dataset::PredictedCase made_case(const std::string& name, const core::Shape3& shape,
                                   const std::array<double, 3>& spacing_mm,
                                   const std::vector<std::string>& run_texts) {
    core::Array<float> values(shape);
    core::CounterRandom random(7, static_cast<uint32_t>(shape[0]), 3);
    for (int64_t i = 0; i < values.size(); ++i) {
      values.data()[i] = static_cast<float>(random.below(1000)) - 300;
    }
    sorted_values_.emplace_back(values.data(), values.data() + values.size());
    std::ranges::sort(sorted_values_.back());
    const volume::Volume image =
        volume::from_float(values.view(), {.known = true, .spacing_mm = spacing_mm});
    return {name, volume::encode_volume(image, volume::FileFormat::kNifti), run_texts, shape,
            spacing_mm};
  }

  [[nodiscard]] DatasetSummary summary(int threads) const {
    return summarize(dataset::Dataset::open(path_), {.threads = threads});
  }

  fs::path path_;
  std::vector<std::vector<float>> sorted_values_;
};

TEST_F(Summarize, gives_each_case_its_grid_size_and_percentiles) {
  const DatasetSummary found = summary(2);
  ASSERT_EQ(found.cases.size(), 2U);
  EXPECT_EQ(found.cases[0].shape, (core::Shape3{7, 5, 6}));
  EXPECT_EQ(found.cases[1].spacing_mm, (std::array<double, 3>{0.5, 1, 3}));
  EXPECT_EQ(found.cases[1].part, "train");
  EXPECT_EQ(found.cases[0].float32_bytes, 7 * 5 * 6 * 4);
  for (size_t i = 0; i < found.cases.size(); ++i) {
    const std::vector<float>& sorted = sorted_values_[i];
    ASSERT_EQ(found.cases[i].intensity_percentiles.size(), 1U);
    for (size_t k = 0; k < kIntensityPercents.size(); ++k) {
      const double rank = kIntensityPercents[k] / 100 * static_cast<double>(sorted.size() - 1);
      EXPECT_EQ(found.cases[i].intensity_percentiles[0][k], sorted[static_cast<size_t>(rank)]);
    }
  }
}

TEST_F(Summarize, counts_volumes_in_millilitres_and_presence_over_labelled_cases) {
  const DatasetSummary found = summary(1);
  EXPECT_EQ(found.labelled_cases, 2);
  ASSERT_EQ(found.classes.size(), 3U);
  EXPECT_EQ(found.classes[0].present_cases, 2);
  EXPECT_DOUBLE_EQ(found.classes[0].volume_ml->maximum, 11 * 8 / 1000.0);
  EXPECT_DOUBLE_EQ(found.classes[0].volume_ml->minimum, 20 * 1.5 / 1000.0);
  EXPECT_EQ(found.classes[1].present_cases, 1);
  EXPECT_FALSE(found.classes[2].volume_ml);
}

TEST_F(Summarize, does_not_depend_on_the_number_of_threads) {
  EXPECT_EQ(to_json(summary(1)), to_json(summary(3)));
}

TEST(DistributionOf, interpolates_between_ranks) {
  const std::optional<Distribution> found = distribution_of({4, 1, 3, 2});
  ASSERT_TRUE(found);
  EXPECT_DOUBLE_EQ(found->lower_quartile, 1.75);
  EXPECT_DOUBLE_EQ(found->median, 2.5);
  EXPECT_DOUBLE_EQ(found->upper_quartile, 3.25);
  EXPECT_FALSE(distribution_of({}));
}

DatasetSummary made_summary(int64_t cases, int64_t classes) {
  DatasetSummary summary{.name = "made.zip"};
  for (int64_t i = 0; i < cases; ++i) {
    summary.cases.push_back({.part = "train",
                             .name = "case_" + std::to_string(i),
                             .type = "int16",
                             .shape = {10, 20, 30},
                             .geometry_known = true,
                             .float32_bytes = 24000,
                             .intensity_percentiles = {{-1, 0, 1, 2, 3}}});
  }
  summary.labelled_cases = cases;
  for (int64_t i = 0; i < classes; ++i) {
    const bool present = i != 5;
    summary.classes.push_back(
        {.name = "class_" + std::to_string(i),
         .present_cases = present ? cases - i : 0,
         .volume_ml = present ? std::optional(Distribution{1, 2, 3, 4, 5}) : std::nullopt});
  }
  return summary;
}

TEST(SummaryText, stays_short_with_a_thousand_cases_and_many_classes) {
  const DatasetSummary summary = made_summary(1000, 117);
  const std::string text = to_text(summary, {});
  EXPECT_LT(std::ranges::count(text, '\n'), 80);
  EXPECT_TRUE(contains(text, "1 in no case: class_5"));
  EXPECT_TRUE(contains(text, "the 40 of 117 classes"));
  EXPECT_FALSE(contains(text, "case_17"));
  const std::string all = to_text(summary, {.all_cases = true, .all_classes = true});
  EXPECT_TRUE(contains(all, "case_999"));
  EXPECT_TRUE(contains(all, "class_0 "));
  EXPECT_FALSE(contains(all, "the 40 of"));
}

TEST(SummaryText, makes_names_printable_and_short) {
  DatasetSummary summary = made_summary(1, 1);
  summary.classes[0].name = std::string("a\x1b[31m\nb") + std::string(100, 'x');
  const std::string text = to_text(summary, {});
  EXPECT_FALSE(contains(text, "\x1b"));
  EXPECT_TRUE(contains(text, "a?[31m?bxxx"));
  EXPECT_FALSE(contains(text, std::string(40, 'x')));
}

TEST(SummaryPage, escapes_names_and_needs_no_network) {
  DatasetSummary summary = made_summary(3, 2);
  summary.name = "<b>.zip";
  summary.cases[0].name = "<script>alert(1)</script>";
  summary.classes[0].name = "<img src=x>";
  summary.detected = {"image_column: <i>"};
  const std::string html = to_html(summary);
  for (const std::string markup : {"<b>.zip", "<script>alert", "<img", "<i>", "http:", "https:"}) {
    EXPECT_FALSE(contains(html, markup)) << markup;
  }
  EXPECT_TRUE(contains(html, "&lt;img src=x&gt;"));
  EXPECT_TRUE(contains(html, "2 of 3"));
}

TEST(SummaryPage, opens_for_a_dataset_without_cases_or_classes) {
  EXPECT_TRUE(contains(to_html({.name = "empty.zip"}), "Shape and spacing of each case"));
}

}  // namespace
}  // namespace volseg::report
