// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/score_paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <utility>

#include "volseg/core/text.h"

namespace volseg::score {

namespace {

// Gives every case the labels of all cases, in ascending order; a label that is not in a case is
// absent there.
std::vector<std::string> unite_labels(std::vector<CaseScore>& cases) {
  const auto ascending = [](const std::string& first, const std::string& second) {
    return std::pair(first.size(), first) < std::pair(second.size(), second);
  };
  std::set<std::string, decltype(ascending)> names(ascending);
  for (const CaseScore& scored : cases) {
    for (const ClassScore& each : scored.classes) {
      names.insert(each.class_name);
    }
  }
  for (CaseScore& scored : cases) {
    std::vector<ClassScore> all;
    for (const std::string& name : names) {
      const auto found =
          std::find_if(scored.classes.begin(), scored.classes.end(),
                       [&](const ClassScore& each) { return each.class_name == name; });
      all.push_back(found == scored.classes.end() ? score_class(name, {}, 0) : *found);
    }
    scored.classes = std::move(all);
  }
  return {names.begin(), names.end()};
}

}  // namespace

ScoreTable score_paths(const std::filesystem::path& truth, const std::filesystem::path& prediction,
                       const ScoreOptions& options) {
  const Comparison comparison(truth, prediction, options.sides);
  const int64_t count = std::ssize(comparison.case_names());
  std::vector<CaseScore> scored(static_cast<size_t>(count));
  std::atomic<int64_t> unknown_spacings = 0;
  core::for_each_reported(options.work, "score", count, "cases", [&](int64_t index) {
    const ComparedCase compared = comparison.load(index);
    unknown_spacings += compared.spacing_known ? 0 : 1;
    scored[static_cast<size_t>(index)] = score_case(compared.masks, compared.class_names);
  });

  std::vector<std::string> class_names =
      comparison.class_names().empty() ? unite_labels(scored) : comparison.class_names();
  ScoreTable table = make_table(std::move(class_names), std::move(scored));
  table.notes = comparison.notes();
  table.partial = comparison.partial();
  if (unknown_spacings > 0) {
    table.notes.push_back(
        fmt::format("no spacing is known in {}; volumes count 1 x 1 x 1 mm voxels there",
                    core::counted(unknown_spacings, "case")));
  }
  return table;
}

}  // namespace volseg::score
