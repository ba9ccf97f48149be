// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/metric.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>

#include "volseg/core/error.h"
#include "volseg/core/files.h"

namespace volseg::score {
namespace {

MetricSettings all_groups() {
  MetricSettings settings;
  settings.groups = all_metric_groups();
  return settings;
}

TEST(Metrics, each_has_its_own_key_and_texts) {
  std::set<std::string> keys;
  for (const Metric& metric : metrics_of(all_groups())) {
    EXPECT_TRUE(keys.insert(metric.key).second) << metric.key;
    EXPECT_EQ(metric.key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"),
              std::string::npos)
        << metric.key;
    EXPECT_FALSE(metric.name.empty() || metric.short_name.empty() || metric.definition.empty())
        << metric.key;
    EXPECT_EQ(metric.unit == "mm", metric.key.ends_with("_mm")) << metric.key;
    EXPECT_EQ(metric.unit == "ml", metric.key.ends_with("_ml")) << metric.key;
    EXPECT_EQ(metric.definition.find('{'), std::string::npos) << metric.key;
  }
}

TEST(Metrics, best_and_worst_agree_with_the_direction) {
  for (const Metric& metric : metrics_of(all_groups())) {
    if (metric.direction == Direction::kHigherIsBetter) {
      EXPECT_GT(metric.best, metric.worst) << metric.key;
    }
    if (metric.direction == Direction::kLowerIsBetter) {
      EXPECT_LT(metric.best, metric.worst) << metric.key;
    }
  }
}

TEST(Metrics, the_percentile_is_part_of_the_key) {
  MetricSettings settings;
  settings.percentile = 99.5;
  settings.groups = {MetricGroup::kSurface};
  const std::vector<Metric> metrics = metrics_of(settings);
  const auto found = std::find_if(metrics.begin(), metrics.end(), [](const Metric& metric) {
    return metric.key == "hausdorff_99.5_mm";
  });
  ASSERT_NE(found, metrics.end());
  EXPECT_NE(found->definition.find("99.5th percentile"), std::string::npos);
}

TEST(Metrics, a_class_may_have_its_own_tolerance) {
  MetricSettings settings;
  settings.class_tolerances_mm = {{"kidney", 3}};
  const std::vector<Metric> metrics = metrics_of(settings);
  EXPECT_EQ(settings_text(metrics.back(), settings, "kidney"),
            "when_absent=nan surface=voxel tolerance_mm=3");
  EXPECT_EQ(settings_text(metrics.back(), settings, "liver"),
            "when_absent=nan surface=voxel tolerance_mm=1");
}

TEST(Metrics, settings_out_of_range_are_refused) {
  const auto expect_refused = [](const MetricSettings& settings) {
    EXPECT_THROW(check_metric_settings(settings), Error);
  };
  check_metric_settings({});
  expect_refused({.groups = {}});
  expect_refused({.percentile = 0});
  expect_refused({.percentile = 101});
  expect_refused({.tolerance_mm = -1});
  expect_refused({.class_tolerances_mm = {{"liver", -1}}});
  expect_refused({.lesion_threshold_fraction = 1});
  expect_refused({.smallest_lesion_voxels = -1});
}

// The first column of the page's tables: `key` in back quotes.
std::set<std::string> keys_of_page(const std::string& page) {
  std::set<std::string> keys;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    const size_t end = line.find('`', 3);
    if (line.starts_with("| `") && end != std::string::npos) {
      keys.insert(line.substr(3, end - 3));
    }
  }
  return keys;
}

TEST(Metrics, the_page_of_metrics_has_every_key) {
  const auto page = std::filesystem::path(__FILE__).parent_path() / "../../docs/metrics.md";
  if (!std::filesystem::exists(page)) {
    GTEST_SKIP() << "no docs/metrics.md";
  }
  const std::set<std::string> keys = keys_of_page(core::read_text(page));
  for (const Metric& metric : metrics_of(all_groups())) {
    EXPECT_TRUE(keys.contains(metric.key)) << metric.key;
  }
}

}  // namespace
}  // namespace volseg::score
