// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "volseg/core/progress.h"
#include "volseg/score/score.h"

namespace volseg::report::internal {

/// One picture to draw: a class in a case, or all classes of it.
struct PictureRequest {
  std::string case_name;
  std::optional<size_t> class_index;  ///< in the truth's class names; empty: all classes
  std::string caption;
};

/// All classes of the case in the middle of the cases by mean Dice; none without a scored case.
[[nodiscard]] std::optional<PictureRequest> choose_overview(const score::ScoreTable& scores);

/// The best and the worst case of each class by Dice; of the `most_classes` classes with the lowest
/// mean when there are more. In the order of classes, the best case first.
[[nodiscard]] std::vector<PictureRequest> choose_pictures(const score::ScoreTable& scores,
                                                          size_t most_classes);

/// Draws each request and gives figures as HTML in the order of the requests. A class is shown
/// through its middle, truth as a solid line in the class colour and prediction as a dashed white
/// one; all classes through the middle of the largest, one picture of the truth and one of the
/// prediction, with a legend. Each case is read once.
/// @param truth       dataset
/// @param comparison  of this dataset; has every requested case
[[nodiscard]] std::vector<std::string> draw_pictures(const std::filesystem::path& truth,
                                                     const score::Comparison& comparison,
                                                     const std::vector<PictureRequest>& requests,
                                                     core::ProgressSink* progress);

}  // namespace volseg::report::internal
