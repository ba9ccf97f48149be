// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/score_paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/score/internal/case_source.h"
#include "volseg/score/internal/match_sides.h"

namespace volseg::score {

namespace {

using internal::CasePair;
using internal::CaseSource;
using internal::LoadedCase;
using internal::Matching;

void require_same_grid(const std::string& name, const LoadedCase& truth,
                       const LoadedCase& prediction) {
  if (truth.shape != prediction.shape) {
    throw Error(ErrorKind::kShape, "score.case",
                fmt::format("case {}: truth has shape {}, prediction has {}; predict on the grid "
                            "of the truth",
                            name, core::to_string(truth.shape), core::to_string(prediction.shape)));
  }
  if (truth.geometry.known && prediction.geometry.known &&
      !volume::same_geometry(truth.geometry, prediction.geometry)) {
    throw Error(ErrorKind::kShape, "score.case",
                fmt::format("case {}: truth has {}; prediction has {}; predict on the grid of the "
                            "truth",
                            name, volume::to_string(truth.geometry),
                            volume::to_string(prediction.geometry)));
  }
}

// Classes to score in one case; without names on either side, the labels that occur in it.
std::vector<std::string> classes_of(const Matching& matching, const LoadedCase& truth,
                                    const LoadedCase& prediction) {
  if (!matching.class_names.empty()) {
    return matching.class_names;
  }
  std::set<std::string> present;
  for (const LoadedCase* side : {&truth, &prediction}) {
    for (const auto& [name, runs] : side->masks) {
      present.insert(name);
    }
  }
  return {present.begin(), present.end()};
}

std::vector<mask::RunMask> take_masks(LoadedCase& loaded, const std::vector<std::string>& names) {
  std::vector<mask::RunMask> masks;
  for (const std::string& name : names) {
    const auto found = loaded.masks.find(name);
    masks.push_back(found == loaded.masks.end() ? mask::RunMask{loaded.shape, {}}
                                                : std::move(found->second));
  }
  return masks;
}

CaseScore score_pair(const CaseSource& truth_side, const CaseSource& prediction_side,
                     const Matching& matching, const CasePair& pair,
                     std::atomic<int64_t>& unknown_spacings) {
  LoadedCase truth = truth_side.load(pair.truth);
  LoadedCase prediction = prediction_side.load(pair.prediction);
  require_same_grid(pair.truth, truth, prediction);
  const LoadedCase& spaced = truth.spacing_known ? truth : prediction;
  const std::array<double, 3> unknown = {1, 1, 1};
  unknown_spacings += spaced.spacing_known ? 0 : 1;
  const std::vector<std::string> names = classes_of(matching, truth, prediction);
  return score_case({.case_name = pair.truth,
                     .truth = take_masks(truth, names),
                     .prediction = take_masks(prediction, names),
                     .spacing_mm = spaced.spacing_known ? spaced.geometry.spacing_mm : unknown},
                    names);
}

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
  const auto truth_side =
      internal::open_source(truth, {options.part, options.label_names, options.import_settings});
  const auto prediction_side = internal::open_source(
      prediction, {.part = "all", .label_names = options.label_names, .import_settings = {}});
  Matching matching = internal::match_sides(*truth_side, *prediction_side);

  const auto count = static_cast<int64_t>(matching.cases.size());
  std::vector<CaseScore> scored(matching.cases.size());
  std::atomic<int64_t> unknown_spacings = 0;
  core::Progress progress(options.progress, "score", count, "cases");
  core::ThreadPool(options.threads)
      .for_each(
          count,
          [&](int64_t i) {
            scored[static_cast<size_t>(i)] =
                score_pair(*truth_side, *prediction_side, matching,
                           matching.cases[static_cast<size_t>(i)], unknown_spacings);
            progress.advance();
          },
          options.cancel);

  if (matching.class_names.empty()) {
    matching.class_names = unite_labels(scored);
  }
  ScoreTable table = make_table(std::move(matching.class_names), std::move(scored));
  table.notes = std::move(matching.notes);
  table.partial = matching.partial;
  if (unknown_spacings > 0) {
    table.notes.push_back(
        fmt::format("{} cases have no spacing; their volumes count 1 x 1 x 1 mm voxels",
                    unknown_spacings.load()));
  }
  return table;
}

}  // namespace volseg::score
