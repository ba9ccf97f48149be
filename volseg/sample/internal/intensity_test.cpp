// SPDX-License-Identifier: Apache-2.0
#include "volseg/sample/internal/intensity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "volseg/sample/internal/made_case_test.h"

namespace volseg::sample::internal {
namespace {

std::vector<float> made_values(size_t count = 5001) {
  std::vector<float> values(count);
  core::CounterRandom random(3, 1, 4);
  std::ranges::generate(values, [&] { return static_cast<float>(random.uniform(-2, 5)); });
  return values;
}

double mean_of(const std::vector<float>& values) {
  double sum = 0;
  for (const float value : values) {
    sum += value;
  }
  return sum / static_cast<double>(values.size());
}

double deviation_of(const std::vector<float>& values) {
  const double mean = mean_of(values);
  double sum = 0;
  for (const float value : values) {
    sum += (value - mean) * (value - mean);
  }
  return std::sqrt(sum / static_cast<double>(values.size()));
}

TEST(ChangeGamma, restores_mean_and_deviation) {
  for (const bool inverted : {false, true}) {
    const std::vector<float> before = made_values();
    std::vector<float> after = before;
    change_gamma(after, 1.4, inverted);
    EXPECT_NE(before, after);
    EXPECT_NEAR(mean_of(after), mean_of(before), 1e-4);
    EXPECT_NEAR(deviation_of(after), deviation_of(before), 1e-4);
  }
}

TEST(ChangeGamma, inverted_is_the_plain_change_of_the_negated_image) {
  std::vector<float> inverted = made_values();
  std::vector<float> negated = inverted;
  std::ranges::for_each(negated, [](float& value) { value = -value; });
  change_gamma(inverted, 0.8, true);
  change_gamma(negated, 0.8, false);
  for (size_t i = 0; i < inverted.size(); ++i) {
    ASSERT_NEAR(inverted[i], -negated[i], 1e-4);
  }
}

TEST(ChangeGamma, keeps_a_constant_image) {
  std::vector<float> values(100, 2.5F);
  change_gamma(values, 1.3, false);
  for (const float value : values) {
    ASSERT_NEAR(value, 2.5, 1e-5);
  }
}

TEST(ChangeContrast, keeps_the_range_and_stretches_about_the_mean) {
  const std::vector<float> before = made_values();
  std::vector<float> after = before;
  change_contrast(after, 1.25);
  EXPECT_EQ(std::ranges::max(after), std::ranges::max(before));
  EXPECT_EQ(std::ranges::min(after), std::ranges::min(before));
  const double expected = mean_of(before) + 1.25 * (before[7] - mean_of(before));
  EXPECT_NEAR(after[7],
              std::clamp<double>(expected, std::ranges::min(before), std::ranges::max(before)),
              1e-4);
}

TEST(AddNoise, has_mean_zero_and_the_given_deviation) {
  std::vector<float> noise(100001, 0);
  add_noise(noise, 0.3, core::CounterRandom(1, 2, 3));
  EXPECT_NEAR(mean_of(noise), 0, 0.005);
  EXPECT_NEAR(deviation_of(noise), 0.3, 0.005);
  const auto beyond = std::ranges::count_if(noise, [](float value) { return value > 0.6F; });
  EXPECT_NEAR(static_cast<double>(beyond), 2275, 250);
}

TEST(ChangeIntensities, without_probabilities_changes_nothing) {
  std::vector<float> values = made_values();
  change_intensities(values, no_change(), {.seed = 1}, 0);
  EXPECT_EQ(values, made_values());
}

TEST(ChangeIntensities, brightness_multiplies_every_value_by_one_factor) {
  plan::Augmentation augmentation = no_change();
  augmentation.brightness_probability = 1;
  int below = 0;
  for (uint64_t index = 0; index < 200; ++index) {
    std::vector<float> values = made_values(5);
    const float before = values[0];
    change_intensities(values, augmentation, {.index = index}, 0);
    const float factor = values[0] / before;
    EXPECT_NEAR(values[3], made_values(5)[3] * factor, 1e-5);
    EXPECT_GE(factor, 0.75F - 1e-6F);
    EXPECT_LE(factor, 1.25F + 1e-6F);
    below += factor < 1 ? 1 : 0;
  }
  EXPECT_NEAR(below, 100, 35);
}

TEST(ChangeIntensities, channels_are_chosen_together_and_changed_apart) {
  plan::Augmentation augmentation = no_change();
  augmentation.gamma_probability = 0.5;
  int changed = 0;
  for (uint64_t index = 0; index < 20; ++index) {
    std::vector<float> first = made_values(50);
    std::vector<float> second = made_values(50);
    change_intensities(first, augmentation, {.index = index}, 0);
    change_intensities(second, augmentation, {.index = index}, 1);
    const bool first_changed = first != made_values(50);
    EXPECT_EQ(first_changed, second != made_values(50));
    EXPECT_EQ(first_changed, first != second);
    changed += first_changed ? 1 : 0;
  }
  EXPECT_GT(changed, 2);
  EXPECT_LT(changed, 18);
}

}  // namespace
}  // namespace volseg::sample::internal
