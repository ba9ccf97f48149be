// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/comparison.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/score/internal/case_source.h"
#include "volseg/score/internal/match_sides.h"

namespace volseg::score {

namespace {

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

}  // namespace

struct Comparison::State {
  std::unique_ptr<internal::CaseSource> truth;
  std::unique_ptr<internal::CaseSource> prediction;
  Matching matching;
  std::vector<std::string> case_names;
};

Comparison::Comparison(const std::filesystem::path& truth, const std::filesystem::path& prediction,
                       const ComparisonSettings& settings) {
  auto state = std::make_unique<State>();
  state->truth = internal::open_source(truth, {.part = settings.part,
                                               .fold = settings.fold,
                                               .label_names = settings.label_names,
                                               .import_settings = settings.import_settings});
  state->prediction = internal::open_source(
      prediction,
      {.part = "all", .fold = {}, .label_names = settings.label_names, .import_settings = {}});
  state->matching = internal::match_sides(*state->truth, *state->prediction);
  for (const internal::CasePair& pair : state->matching.cases) {
    state->case_names.push_back(pair.truth);
  }
  state_ = std::move(state);
}

Comparison::~Comparison() = default;

const std::vector<std::string>& Comparison::case_names() const { return state_->case_names; }
const std::vector<std::string>& Comparison::class_names() const {
  return state_->matching.class_names;
}
const std::vector<std::string>& Comparison::notes() const { return state_->matching.notes; }
bool Comparison::partial() const { return state_->matching.partial; }

ComparedCase Comparison::load(int64_t index) const {
  const internal::CasePair& pair = state_->matching.cases.at(static_cast<size_t>(index));
  LoadedCase truth = state_->truth->load(pair.truth);
  LoadedCase prediction = state_->prediction->load(pair.prediction);
  require_same_grid(pair.truth, truth, prediction);
  const LoadedCase& spaced = truth.spacing_known ? truth : prediction;
  const std::array<double, 3> unknown = {1, 1, 1};
  ComparedCase compared;
  compared.spacing_known = spaced.spacing_known;
  compared.class_names = classes_of(state_->matching, truth, prediction);
  compared.masks = {.case_name = pair.truth,
                    .truth = take_masks(truth, compared.class_names),
                    .prediction = take_masks(prediction, compared.class_names),
                    .spacing_mm = spaced.spacing_known ? spaced.geometry.spacing_mm : unknown};
  return compared;
}

}  // namespace volseg::score
