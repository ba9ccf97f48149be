// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "volseg/core/progress.h"
#include "volseg/score/score.h"

namespace volseg::report::internal {

/// One picture to draw: a class in a case.
struct PictureRequest {
  std::string case_name;
  size_t class_index = 0;  ///< in the truth's class names
  std::string caption;
};

/// The best and the worst case of each class by Dice; of the `most_classes` classes with the lowest
/// mean when there are more. In the order of classes, the best case first.
[[nodiscard]] std::vector<PictureRequest> choose_pictures(const score::ScoreTable& scores,
                                                          size_t most_classes);

/// Draws each request's class through its middle, truth as a solid and prediction as a dashed
/// outline, and gives the figures as HTML in the order of the requests. Each case is read once. A
/// case without a predicted file is drawn without it.
/// @param truth       dataset
/// @param prediction  dataset, folder of label maps with label_names.json, or one label map
[[nodiscard]] std::string draw_pictures(const std::filesystem::path& truth,
                                        const std::filesystem::path& prediction,
                                        const std::vector<PictureRequest>& requests,
                                        core::ProgressSink* progress);

}  // namespace volseg::report::internal
