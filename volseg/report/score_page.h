// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "volseg/core/files.h"
#include "volseg/score/score.h"

namespace volseg::report {

struct ScorePageOptions {
  std::filesystem::path truth{};  ///< as it was scored; for the head and pictures
  std::vector<std::filesystem::path> predictions{};  ///< of the sets, in their order
  score::ScoreOptions scoring;                       ///< as the sets were scored
  std::string rank_by{};        ///< metric of rankings and worst cases; empty: the first headline
  int64_t pictures = 6;         ///< of each set, at most
  std::filesystem::path csv{};  ///< where every value was written; empty: nowhere
};
inline constexpr int64_t kMostScorePictures = 200;

/// One self-contained HTML page of scores: what was compared and what was not, summaries,
/// distributions with every case, the worst cases with pictures of their largest errors, comparison
/// of the sets, every value, definitions. Opens without network. Reads one case at a time again for
/// the pictures; a picture that cannot be drawn says why.
/// @throws Error(kUsage) when predictions are not one for each set, on a number of pictures out of
///         range or an unknown metric; Error(kCancelled)
[[nodiscard]] std::string score_page(const score::SetScores& scores,
                                     const ScorePageOptions& options);

/// Writes the page. @throws Error as score_page, Error(kIo)
void write_score_page(const score::SetScores& scores, const ScorePageOptions& options,
                      const std::filesystem::path& file, core::Overwrite overwrite);

}  // namespace volseg::report
