// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/report/score_page.h"
#include "volseg/score/score.h"

namespace volseg::report::internal {

/// What the parts of a page of scores share. All sets are scored by the same metrics.
struct ScoreView {
  const score::SetScores& scores;
  const ScorePageOptions& options;
  std::vector<size_t> shown;     ///< metrics with charts, by index: the main one first
  std::vector<size_t> in_table;  ///< metrics in the table of all values, by index, ascending
  bool all_points = true;        ///< false: charts show outliers only

  ScoreView(const score::SetScores& all, const ScorePageOptions& how);
  [[nodiscard]] const std::vector<score::Metric>& metrics() const {
    return scores.sets.front().class_metrics;
  }
  [[nodiscard]] const score::Metric& main_metric() const { return metrics()[shown.front()]; }
  /// Values of all sets, cases and classes for one metric.
  [[nodiscard]] int64_t values_of_a_metric() const;
};
/// The page stays below about 60 MB: more values than this leave the metrics without charts out of
/// the table.
inline constexpr int64_t kMostTableValues = 6'000'000;
/// More dots than this leave those between the whiskers out of the charts.
inline constexpr int64_t kMostDots = 1'500'000;

/// HTML that is shown only while its set and metric are chosen. No set and an empty
/// `metric` fit all.
[[nodiscard]] std::string html_choice(std::optional<size_t> set, std::string_view metric,
                                      std::string_view body);

/// Sections of the page, each with its heading.
[[nodiscard]] std::string score_head(const ScoreView& view);
[[nodiscard]] std::string score_controls(const ScoreView& view);
[[nodiscard]] std::string score_summaries(const ScoreView& view);
[[nodiscard]] std::string score_distributions(const ScoreView& view);
[[nodiscard]] std::string score_volumes(const ScoreView& view);
[[nodiscard]] std::string score_pictures(const ScoreView& view);
[[nodiscard]] std::string score_comparison(const ScoreView& view);
[[nodiscard]] std::string score_values(const ScoreView& view);
[[nodiscard]] std::string score_definitions(const ScoreView& view);

/// Names and values for the page's script, as JSON that is safe inside a script element; infinite
/// values are 1e999.
[[nodiscard]] std::string score_data(const ScoreView& view);

/// Style and script of the page.
[[nodiscard]] std::string_view score_style();
[[nodiscard]] std::string score_script();

}  // namespace volseg::report::internal
