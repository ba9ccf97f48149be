// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/lesions.h"

#include <fmt/format.h>

#include <algorithm>

#include "volseg/core/error.h"
#include "volseg/score/internal/assignment.h"
#include "volseg/score/internal/component_overlap.h"

namespace volseg::score {

namespace {

using internal::SharedVoxels;

// Of 1 part in 1e9: products of voxels and spacings are rounded.
constexpr double kVolumeTolerance = 1e-9;

void require_valid(const LesionSettings& settings) {
  const auto refuse = [](const char* what, double value, const char* expected) {
    throw Error(ErrorKind::kUsage, "score.lesions",
                fmt::format("{} is {}; expected {}", what, value, expected));
  };
  if (!(settings.iou_threshold_fraction >= 0 && settings.iou_threshold_fraction < 1)) {
    refuse("the IoU threshold", settings.iou_threshold_fraction, "0 or more and less than 1");
  }
  if (!(settings.smallest_ml >= 0)) {
    refuse("the smallest lesion [ml]", settings.smallest_ml, "0 or more");
  }
  if (!(settings.voxel_volume_ml > 0)) {
    refuse("the volume of a voxel [ml]", settings.voxel_volume_ml, "more than 0");
  }
}

// Without the components that are too small, the others numbered anew.
mask::Components large_components(const mask::RunMask& mask, const LesionSettings& settings) {
  mask::Components all = mask::connected_components(mask, settings.connectivity);
  const double fewest_voxels =
      settings.smallest_ml / settings.voxel_volume_ml * (1 - kVolumeTolerance);
  constexpr int64_t kDropped = -1;
  std::vector<int64_t> number(all.sizes_voxels.size(), kDropped);
  mask::Components kept{.shape = all.shape};
  for (size_t i = 0; i < number.size(); ++i) {
    if (static_cast<double>(all.sizes_voxels[i]) >= fewest_voxels) {
      number[i] = static_cast<int64_t>(kept.sizes_voxels.size());
      kept.sizes_voxels.push_back(all.sizes_voxels[i]);
    }
  }
  if (kept.sizes_voxels.size() == number.size()) {
    return all;
  }
  for (size_t i = 0; i < all.segments.size(); ++i) {
    const int64_t component = number[all.component_of[i]];
    if (component != kDropped) {
      kept.segments.push_back(all.segments[i]);
      kept.component_of.push_back(component);
    }
  }
  return kept;
}

std::vector<Lesion> list_lesions(const mask::Components& components, double voxel_volume_ml) {
  std::vector<Lesion> lesions(components.sizes_voxels.size());
  const core::Shape3& shape = components.shape;
  for (size_t i = 0; i < components.segments.size(); ++i) {
    const auto& [start, length] = components.segments[i];
    const int64_t row = start / shape[0];
    const int64_t slice = row / shape[1];
    const auto voxels = static_cast<double>(length);
    std::array<double, 3>& sums = lesions[components.component_of[i]].centre;
    sums[0] += voxels * (static_cast<double>(start % shape[0]) + (voxels - 1) / 2);
    sums[1] += voxels * static_cast<double>(row % shape[1]);
    sums[2] += voxels * static_cast<double>(slice);
  }
  for (size_t i = 0; i < lesions.size(); ++i) {
    lesions[i].voxels = components.sizes_voxels[i];
    lesions[i].volume_ml = static_cast<double>(lesions[i].voxels) * voxel_volume_ml;
    for (double& coordinate : lesions[i].centre) {
      coordinate /= static_cast<double>(lesions[i].voxels);
    }
  }
  return lesions;
}

double iou_of(const LesionScore& score, const SharedVoxels& shared) {
  const int64_t joined =
      score.truth[shared.first].voxels + score.prediction[shared.second].voxels - shared.voxels;
  return static_cast<double>(shared.voxels) / static_cast<double>(joined);
}

void match_lesions(LesionScore& score, const std::vector<SharedVoxels>& overlaps,
                   double threshold) {
  std::vector<internal::WeightedPair> pairs;
  for (const SharedVoxels& shared : overlaps) {
    const double iou = iou_of(score, shared);
    Lesion& truth = score.truth[shared.first];
    Lesion& prediction = score.prediction[shared.second];
    truth.best_iou = std::max(truth.best_iou, iou);
    prediction.best_iou = std::max(prediction.best_iou, iou);
    if (iou > threshold) {
      pairs.push_back({shared.first, shared.second, iou});
    }
  }
  const std::vector<int64_t> partners =
      internal::assign_best(pairs, static_cast<int64_t>(score.truth.size()),
                            static_cast<int64_t>(score.prediction.size()));
  for (const SharedVoxels& shared : overlaps) {
    if (partners[shared.first] != shared.second) {
      continue;
    }
    Lesion& truth = score.truth[shared.first];
    Lesion& prediction = score.prediction[shared.second];
    truth.match = shared.second;
    prediction.match = shared.first;
    const double dice = 2 * static_cast<double>(shared.voxels) /
                        static_cast<double>(truth.voxels + prediction.voxels);
    score.matches.push_back({shared.first, shared.second, iou_of(score, shared), dice});
  }
}

double unmatched_volume_ml(const std::vector<Lesion>& lesions) {
  double volume_ml = 0;
  for (const Lesion& lesion : lesions) {
    volume_ml += lesion.match < 0 ? lesion.volume_ml : 0;
  }
  return volume_ml;
}

std::optional<double> ratio(double part, double whole) {
  return whole == 0 ? std::nullopt : std::optional(part / whole);
}

double sum_of(const LesionScore& score, double LesionMatch::*value) {
  double sum = 0;
  for (const LesionMatch& match : score.matches) {
    sum += match.*value;
  }
  return sum;
}

}  // namespace

LesionScore score_lesions(const mask::RunMask& truth, const mask::RunMask& prediction,
                          const LesionSettings& settings) {
  require_valid(settings);
  if (truth.shape != prediction.shape) {
    throw Error(ErrorKind::kShape, "score.lesions",
                fmt::format("truth has shape {}, prediction has {}; they must be equal",
                            core::to_string(truth.shape), core::to_string(prediction.shape)));
  }
  const mask::Components true_components = large_components(truth, settings);
  const mask::Components predicted_components = large_components(prediction, settings);
  LesionScore score;
  score.truth = list_lesions(true_components, settings.voxel_volume_ml);
  score.prediction = list_lesions(predicted_components, settings.voxel_volume_ml);
  match_lesions(score, internal::shared_voxels(true_components, predicted_components),
                settings.iou_threshold_fraction);
  score.false_positive_volume_ml = unmatched_volume_ml(score.prediction);
  score.false_negative_volume_ml = unmatched_volume_ml(score.truth);
  return score;
}

std::optional<double> lesion_precision(const LesionScore& score) {
  return ratio(static_cast<double>(score.true_positive()),
               static_cast<double>(score.prediction.size()));
}

std::optional<double> lesion_recall(const LesionScore& score) {
  return ratio(static_cast<double>(score.true_positive()), static_cast<double>(score.truth.size()));
}

std::optional<double> lesion_f1(const LesionScore& score) {
  return ratio(2 * static_cast<double>(score.true_positive()),
               static_cast<double>(score.truth.size() + score.prediction.size()));
}

std::optional<double> segmentation_quality(const LesionScore& score) {
  return ratio(sum_of(score, &LesionMatch::iou), static_cast<double>(score.true_positive()));
}

std::optional<double> panoptic_quality(const LesionScore& score) {
  return ratio(2 * sum_of(score, &LesionMatch::iou),
               static_cast<double>(score.truth.size() + score.prediction.size()));
}

std::optional<double> matched_lesion_dice(const LesionScore& score) {
  return ratio(sum_of(score, &LesionMatch::dice), static_cast<double>(score.true_positive()));
}

std::optional<double> lesion_wise_dice(const LesionScore& score) {
  return ratio(
      sum_of(score, &LesionMatch::dice),
      static_cast<double>(score.true_positive() + score.false_positive() + score.false_negative()));
}

}  // namespace volseg::score
