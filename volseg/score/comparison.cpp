// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/comparison.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <exception>
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
  const auto refuse = [&](const std::string& of_truth, const std::string& of_prediction) {
    throw Error(ErrorKind::kShape, "score.case",
                fmt::format("case {}: truth has {}, prediction has {}; predict on the grid of the "
                            "truth",
                            name, of_truth, of_prediction));
  };
  if (truth.shape != prediction.shape) {
    refuse("shape " + core::to_string(truth.shape), core::to_string(prediction.shape));
  }
  if (truth.geometry.known && prediction.geometry.known) {
    if (!volume::same_geometry(truth.geometry, prediction.geometry)) {
      refuse(volume::to_string(truth.geometry), volume::to_string(prediction.geometry));
    }
  } else if (truth.spacing_known && prediction.spacing_known) {
    const volume::Geometry first = volume::spacing_only(truth.geometry.spacing_mm);
    const volume::Geometry second = volume::spacing_only(prediction.geometry.spacing_mm);
    if (!volume::same_geometry(first, second)) {
      refuse(fmt::format("spacing {} mm", fmt::join(first.spacing_mm, " x ")),
             fmt::format("{} mm", fmt::join(second.spacing_mm, " x ")));
    }
  }
}

// Both sides, each on a thread of its own where there is one; the truth's error comes first.
std::pair<LoadedCase, LoadedCase> load_both(const internal::CaseSource& truth,
                                            const internal::CaseSource& prediction,
                                            const internal::CasePair& pair,
                                            const core::ThreadPool* pool) {
  if (pool == nullptr || pool->threads() == 1) {
    LoadedCase first = truth.load(pair.truth);
    return {std::move(first), prediction.load(pair.prediction)};
  }
  std::array<LoadedCase, 2> loaded;
  std::array<std::exception_ptr, 2> errors;
  pool->for_each(2, [&](int64_t side) {
    const auto index = static_cast<size_t>(side);
    try {
      loaded.at(index) = side == 0 ? truth.load(pair.truth) : prediction.load(pair.prediction);
    } catch (...) {
      errors.at(index) = std::current_exception();
    }
  });
  for (const std::exception_ptr& error : errors) {
    if (error) {
      std::rethrow_exception(error);
    }
  }
  return {std::move(loaded[0]), std::move(loaded[1])};
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

namespace {

void check_threshold(const std::optional<double>& threshold) {
  if (threshold && !(*threshold >= 0 && *threshold < 1)) {
    throw Error(
        ErrorKind::kUsage, "score.open",
        fmt::format("a probability threshold of {:g}; from 0 to below 1 is expected", *threshold));
  }
}

}  // namespace

Comparison::Comparison(const std::filesystem::path& truth, const std::filesystem::path& prediction,
                       const ComparisonSettings& settings) {
  check_threshold(settings.probability_threshold);
  auto state = std::make_unique<State>();
  internal::SourceSettings source{.part = settings.part,
                                  .fold = settings.fold,
                                  .label_names = settings.label_names,
                                  .probability_threshold = {},
                                  .import_settings = settings.import_settings};
  state->truth = internal::open_source(truth, source);
  source.part = "all";
  source.probability_threshold = settings.probability_threshold;
  source.fold.reset();
  source.import_settings = {.channel_axis = settings.import_settings.channel_axis};
  state->prediction = internal::open_source(prediction, source);
  state->matching = internal::match_sides(*state->truth, *state->prediction, settings.class_names);
  if (settings.probability_threshold) {
    state->matching.notes.push_back(
        fmt::format("probabilities of the prediction count where they are above {:g} (--threshold)",
                    *settings.probability_threshold));
  }
  for (const internal::CasePair& pair : state->matching.cases) {
    state->case_names.push_back(state->truth->own_name(pair.truth));
  }
  state_ = std::move(state);
}

Comparison::~Comparison() = default;

const std::vector<std::string>& Comparison::case_names() const { return state_->case_names; }
const std::vector<std::string>& Comparison::class_names() const {
  return state_->matching.class_names;
}
const std::vector<std::string>& Comparison::notes() const { return state_->matching.notes; }
const Unmatched& Comparison::unmatched() const { return state_->matching.unmatched; }

std::string Comparison::fold_of(int64_t index) const {
  return state_->truth->fold_of(state_->matching.cases.at(static_cast<size_t>(index)).truth);
}

std::optional<volume::Volume> Comparison::load_image(int64_t index) const {
  const internal::CasePair& pair = state_->matching.cases.at(static_cast<size_t>(index));
  std::optional<volume::Volume> image = state_->truth->load_image(pair.truth);
  return image ? std::move(image) : state_->prediction->load_image(pair.prediction);
}

ComparedCase Comparison::load(int64_t index, const core::ThreadPool* pool) const {
  const internal::CasePair& pair = state_->matching.cases.at(static_cast<size_t>(index));
  auto [truth, prediction] = load_both(*state_->truth, *state_->prediction, pair, pool);
  require_same_grid(pair.truth, truth, prediction);
  const LoadedCase& spaced = truth.spacing_known ? truth : prediction;
  const std::array<double, 3> unknown = {1, 1, 1};
  ComparedCase compared;
  compared.shape = truth.shape;
  compared.spacing_known = spaced.spacing_known;
  compared.geometry = truth.geometry.known ? truth.geometry : prediction.geometry;
  compared.class_names = classes_of(state_->matching, truth, prediction);
  compared.masks = {.case_name = pair.truth,
                    .truth = take_masks(truth, compared.class_names),
                    .prediction = take_masks(prediction, compared.class_names),
                    .spacing_mm = spaced.spacing_known ? spaced.geometry.spacing_mm : unknown};
  return compared;
}

}  // namespace volseg::score
