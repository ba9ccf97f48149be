// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/worst_cases.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace volseg::report::internal {

namespace {

struct Candidate {
  WorstCase where;
  double badness = 0;
  int64_t error_voxels = 0;
};

std::vector<Candidate> candidates_of(const score::ScoreTable& scores, size_t metric) {
  const bool lower = scores.class_metrics[metric].direction == score::Direction::kLowerIsBetter;
  std::vector<Candidate> candidates;
  for (size_t i = 0; i < scores.cases.size(); ++i) {
    for (size_t k = 0; k < scores.cases[i].classes.size(); ++k) {
      const score::ClassScore& each = scores.cases[i].classes[k];
      const int64_t error_voxels = each.counts.false_positive + each.counts.false_negative;
      if (each.values[metric] && error_voxels > 0) {
        const double value = *each.values[metric];
        candidates.push_back({{i, k}, lower ? value : -value, error_voxels});
      }
    }
  }
  std::ranges::stable_sort(candidates, [](const Candidate& first, const Candidate& second) {
    return std::tuple(first.badness, first.error_voxels) >
           std::tuple(second.badness, second.error_voxels);
  });
  return candidates;
}

}  // namespace

std::vector<WorstCase> choose_worst(const score::ScoreTable& scores, size_t metric, size_t most) {
  std::vector<Candidate> candidates = candidates_of(scores, metric);
  std::vector<size_t> taken_of_case(scores.cases.size());
  std::vector<size_t> taken_of_class(scores.class_names.size());
  std::vector<WorstCase> chosen;
  while (chosen.size() < most && !candidates.empty()) {
    const auto next = std::ranges::min_element(candidates, {}, [&](const Candidate& each) {
      return taken_of_case[each.where.case_index] + taken_of_class[each.where.class_index];
    });
    chosen.push_back(next->where);
    ++taken_of_case[next->where.case_index];
    ++taken_of_class[next->where.class_index];
    candidates.erase(next);
  }
  return chosen;
}

}  // namespace volseg::report::internal
