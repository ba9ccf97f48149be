// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/core/random.h"

namespace volseg::score {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<double> draw_values(uint64_t trial, int64_t count) {
  core::CounterRandom random(11, 0, trial);
  std::vector<double> values;
  for (int64_t i = 0; i < count; ++i) {
    values.push_back(random.normal());
  }
  return values;
}

TEST(Summary, equals_values_computed_by_hand) {
  const Summary summary = summarize(std::vector<double>{4, 1, 3, 2, 10}).value();
  EXPECT_EQ(summary.count, 5);
  EXPECT_DOUBLE_EQ(summary.mean, 4);
  EXPECT_DOUBLE_EQ(summary.median, 3);
  EXPECT_DOUBLE_EQ(*summary.standard_deviation, std::sqrt(50.0 / 4));
  EXPECT_DOUBLE_EQ(summary.percentile_5, 1.2);
  EXPECT_DOUBLE_EQ(summary.percentile_95, 8.8);
  EXPECT_EQ(summary.smallest, 1);
  EXPECT_EQ(summary.largest, 10);
}

TEST(Summary, of_none_and_of_one) {
  EXPECT_FALSE(summarize({}).has_value());
  const Summary one = summarize(std::vector<double>{0.25}).value();
  EXPECT_EQ(one.mean, 0.25);
  EXPECT_EQ(one.median, 0.25);
  EXPECT_EQ(one.percentile_5, 0.25);
  EXPECT_EQ(one.percentile_95, 0.25);
  EXPECT_FALSE(one.standard_deviation.has_value());
}

TEST(Summary, refuses_what_is_not_a_number) {
  EXPECT_THROW((void)summarize(std::vector<double>{1, kNaN}), Error);
  EXPECT_THROW((void)percentile(std::vector<double>{}, 50), Error);
  EXPECT_THROW((void)percentile(std::vector<double>{1}, 101), Error);
}

TEST(Percentile, is_linear_between_ranks) {
  const std::vector<double> values = {3, 1, 2};
  EXPECT_EQ(percentile(values, 0), 1);
  EXPECT_DOUBLE_EQ(percentile(values, 25), 1.5);
  EXPECT_EQ(percentile(values, 50), 2);
  EXPECT_EQ(percentile(values, 100), 3);
}

// Draws the values of each resample one by one.
Interval plain_bootstrap(const std::vector<double>& values, const BootstrapSettings& settings) {
  std::vector<double> means;
  for (int64_t resample = 0; resample < settings.resamples; ++resample) {
    core::CounterRandom random(settings.seed, 0, static_cast<uint64_t>(resample), 0x626f6f74);
    double sum = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      sum += values[random.below(static_cast<int64_t>(values.size()))];
    }
    means.push_back(sum / static_cast<double>(values.size()));
  }
  const double outside_percent = 50 * (1 - settings.confidence_fraction);
  return {percentile(means, outside_percent), percentile(means, 100 - outside_percent)};
}

TEST(Bootstrap, equals_plain_resampling) {
  for (int64_t count : {2, 3, 4, 7, 30, 101}) {
    const std::vector<double> values = draw_values(1, count);
    const BootstrapSettings settings{.resamples = 500, .confidence_fraction = 0.9, .seed = 7};
    const Interval expected = plain_bootstrap(values, settings);
    const Interval found = bootstrap_mean(values, settings).value();
    EXPECT_NEAR(found.low, expected.low, 1e-12);
    EXPECT_NEAR(found.high, expected.high, 1e-12);
  }
}

TEST(Bootstrap, lists_together_equal_lists_alone) {
  std::vector<std::vector<double>> lists = {{}, {1}};
  for (uint64_t i = 0; i < 300; ++i) {
    lists.push_back(draw_values(i, 2 + static_cast<int64_t>(i % 3)));
  }
  const BootstrapSettings settings{.resamples = 50};
  const auto together = bootstrap_means(lists, settings);
  ASSERT_EQ(together.size(), lists.size());
  for (size_t i = 0; i < lists.size(); ++i) {
    EXPECT_EQ(together[i], bootstrap_mean(lists[i], settings));
  }
  EXPECT_FALSE(together[0].has_value());
  EXPECT_FALSE(together[1].has_value());
}

TEST(Bootstrap, interval_nears_the_normal_one) {
  const std::vector<double> values = draw_values(2, 400);
  const Summary summary = summarize(values).value();
  const Interval found = bootstrap_mean(values).value();
  const double half = 1.96 * *summary.standard_deviation / 20;
  EXPECT_NEAR(found.low, summary.mean - half, 0.1 * half);
  EXPECT_NEAR(found.high, summary.mean + half, 0.1 * half);
}

TEST(Bootstrap, follows_the_seed) {
  const std::vector<double> values = draw_values(3, 20);
  EXPECT_EQ(bootstrap_mean(values, {.seed = 4}), bootstrap_mean(values, {.seed = 4}));
  EXPECT_NE(bootstrap_mean(values, {.seed = 4}), bootstrap_mean(values, {.seed = 5}));
  const std::vector<double> equal = {0.5, 0.5, 0.5};
  EXPECT_EQ(bootstrap_mean(equal), (Interval{0.5, 0.5}));
}

TEST(Bootstrap, refuses_settings_and_values_out_of_range) {
  const std::vector<double> values = {1, 2};
  EXPECT_THROW((void)bootstrap_mean(values, {.resamples = 0}), Error);
  EXPECT_THROW((void)bootstrap_mean(values, {.confidence_fraction = 1}), Error);
  EXPECT_THROW((void)bootstrap_mean(std::vector<double>{1, kNaN}), Error);
}

TEST(ClassMeans, are_averaged_over_classes) {
  const std::vector<CaseValues> classes = {
      {1.0, std::nullopt, 0.5}, {0.25, std::nullopt, {}}, {{}, {}, {}}};
  EXPECT_DOUBLE_EQ(mean_of_class_means(classes).value(), (0.75 + 0.25) / 2);
  EXPECT_FALSE(mean_of_class_means({}).has_value());
  EXPECT_FALSE(mean_of_class_means(std::vector<CaseValues>{{std::nullopt}}).has_value());
  EXPECT_THROW((void)mean_of_class_means(std::vector<CaseValues>{{1.0}, {1.0, 2.0}}), Error);
}

// Each resample's cases are put side by side and averaged by the plain function.
TEST(ClassMeans, interval_equals_plain_resampling_of_whole_cases) {
  std::vector<CaseValues> classes(3, CaseValues(12));
  core::CounterRandom values(12, 0, 0);
  for (CaseValues& list : classes) {
    for (size_t i = 0; i < 11; ++i) {
      list[i] = values.chance(0.6) ? std::optional(values.normal()) : std::nullopt;
    }
  }
  classes[0][3] = 1;
  std::vector<size_t> with_value;
  for (size_t i = 0; i < 12; ++i) {
    if (classes[0][i] || classes[1][i] || classes[2][i]) {
      with_value.push_back(i);
    }
  }
  std::vector<double> means;
  for (uint64_t resample = 0; resample < 200; ++resample) {
    core::CounterRandom random(1, 0, resample, 0x626f6f74);
    std::vector<CaseValues> drawn(3);
    for (size_t i = 0; i < with_value.size(); ++i) {
      const size_t chosen = with_value[random.below(static_cast<int64_t>(with_value.size()))];
      for (size_t k = 0; k < 3; ++k) {
        drawn[k].push_back(classes[k][chosen]);
      }
    }
    means.push_back(mean_of_class_means(drawn).value());
  }
  const Interval found = bootstrap_mean_of_class_means(classes, {.resamples = 200}).value();
  EXPECT_NEAR(found.low, percentile(means, 2.5), 1e-12);
  EXPECT_NEAR(found.high, percentile(means, 97.5), 1e-12);
}

TEST(ClassMeans, interval_needs_two_cases) {
  EXPECT_FALSE(bootstrap_mean_of_class_means({}).has_value());
  EXPECT_FALSE(
      bootstrap_mean_of_class_means(std::vector<CaseValues>{{1.0, std::nullopt}}).has_value());
  const std::vector<CaseValues> one = {{1.0, 2.0}};
  EXPECT_EQ(bootstrap_mean_of_class_means(one), bootstrap_mean(std::vector<double>{1, 2}));
}

}  // namespace
}  // namespace volseg::score
