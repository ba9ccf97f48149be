// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "volseg/core/threads.h"
#include "volseg/score/score_table.h"
#include "volseg/score/statistics.h"

namespace volseg::score::internal {

/// Resamples of every bootstrap interval of a table.
inline constexpr int64_t kResamples = 2000;

[[nodiscard]] BootstrapSettings bootstrap_of(const MetricSettings& settings);

/// Values of one class by one metric, a case each.
[[nodiscard]] CaseValues values_of(std::span<const CaseScore* const> cases, size_t class_index,
                                   size_t metric);
/// The same without infinite values.
[[nodiscard]] CaseValues finite_only(CaseValues values);
[[nodiscard]] int64_t count_infinite(const CaseValues& values);

/// Summaries of some cases that have the same classes; the threads share the metrics.
[[nodiscard]] FoldSummary summarize_cases(const std::string& fold,
                                          std::span<const CaseScore* const> cases,
                                          const std::vector<std::string>& class_names,
                                          const MetricSettings& settings,
                                          const core::ThreadPool& pool);

}  // namespace volseg::score::internal
