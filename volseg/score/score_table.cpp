// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/score_table.h"

#include <algorithm>
#include <utility>

#include "volseg/core/error.h"

namespace volseg::score {

namespace {

constexpr double kCubicMillimetresPerMillilitre = 1000;

// Mean of the values that exist.
class Mean {
 public:
  void add(const std::optional<double>& value) {
    sum_ += value.value_or(0);
    count_ += value ? 1 : 0;
  }
  [[nodiscard]] int64_t count() const { return count_; }
  [[nodiscard]] std::optional<double> value() const {
    return count_ == 0 ? std::nullopt : std::optional(sum_ / static_cast<double>(count_));
  }

 private:
  double sum_ = 0;
  int64_t count_ = 0;
};

void require_count(const std::string& case_name, std::string_view what, size_t found,
                   size_t expected) {
  if (found != expected) {
    throw Error(ErrorKind::kShape, "score.case",
                "case " + case_name + ": " + std::to_string(found) + " " + std::string(what) +
                    "; there are " + std::to_string(expected) + " classes");
  }
}

ClassMean mean_of_class(const std::string& class_name, const std::vector<CaseScore>& cases,
                        size_t index) {
  Mean dice_mean;
  Mean iou_mean;
  for (const CaseScore& scored : cases) {
    dice_mean.add(scored.classes[index].dice);
    iou_mean.add(scored.classes[index].iou);
  }
  return {class_name, dice_mean.value(), iou_mean.value(), dice_mean.count()};
}

}  // namespace

ClassScore score_class(std::string class_name, const OverlapCounts& counts,
                       double voxel_volume_ml) {
  const auto truth = static_cast<double>(counts.true_positive + counts.false_negative);
  const auto prediction = static_cast<double>(counts.true_positive + counts.false_positive);
  return {.class_name = std::move(class_name),
          .counts = counts,
          .dice = dice(counts),
          .iou = iou(counts),
          .truth_volume_ml = truth * voxel_volume_ml,
          .prediction_volume_ml = prediction * voxel_volume_ml};
}

CaseScore score_case(const CaseMasks& masks, std::span<const std::string> class_names) {
  require_count(masks.case_name, "true masks", masks.truth.size(), class_names.size());
  require_count(masks.case_name, "predicted masks", masks.prediction.size(), class_names.size());
  const double voxel_volume_ml = masks.spacing_mm[0] * masks.spacing_mm[1] * masks.spacing_mm[2] /
                                 kCubicMillimetresPerMillilitre;
  CaseScore scored{.case_name = masks.case_name};
  Mean dice_mean;
  for (size_t i = 0; i < class_names.size(); ++i) {
    if (masks.truth[i].shape != masks.prediction[i].shape) {
      throw Error(ErrorKind::kShape, "score.case",
                  "case " + masks.case_name + ", class \"" + class_names[i] +
                      "\": truth has shape " + core::to_string(masks.truth[i].shape) +
                      ", prediction has " + core::to_string(masks.prediction[i].shape) +
                      "; predict on the grid of the truth");
    }
    scored.classes.push_back(score_class(
        class_names[i], count_overlap(masks.truth[i], masks.prediction[i]), voxel_volume_ml));
    dice_mean.add(scored.classes.back().dice);
  }
  scored.mean_dice = dice_mean.value();
  return scored;
}

ScoreTable make_table(std::vector<std::string> class_names, std::vector<CaseScore> cases) {
  for (const CaseScore& scored : cases) {
    require_count(scored.case_name, "scores", scored.classes.size(), class_names.size());
  }
  std::stable_sort(cases.begin(), cases.end(), [](const CaseScore& first, const CaseScore& second) {
    return first.case_name < second.case_name;
  });
  ScoreTable table;
  Mean dice_mean;
  Mean iou_mean;
  for (size_t i = 0; i < class_names.size(); ++i) {
    table.class_means.push_back(mean_of_class(class_names[i], cases, i));
    dice_mean.add(table.class_means.back().dice);
    iou_mean.add(table.class_means.back().iou);
  }
  table.class_names = std::move(class_names);
  table.cases = std::move(cases);
  table.mean_dice = dice_mean.value();
  table.mean_iou = iou_mean.value();
  return table;
}

ScoreTable score_runs(std::span<const CaseMasks> cases,
                      const std::vector<std::string>& class_names) {
  std::vector<CaseScore> scored;
  scored.reserve(cases.size());
  for (const CaseMasks& masks : cases) {
    scored.push_back(score_case(masks, class_names));
  }
  return make_table(class_names, std::move(scored));
}

}  // namespace volseg::score
