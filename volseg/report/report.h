// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "volseg/core/files.h"
#include "volseg/core/work.h"

namespace volseg::report {

struct ReportOptions {
  std::filesystem::path run{};         ///< run folder of a training
  std::filesystem::path output{};      ///< HTML file; empty: report.html in the run folder
  std::filesystem::path truth{};       ///< dataset with the truth; empty: without slices and scores
  std::filesystem::path prediction{};  ///< predictions to score and draw
  int fold = 0;
  core::Overwrite overwrite = core::Overwrite::kYes;
  core::WorkOptions work;
};

/// Writes one self-contained HTML page: training curves, scores, slices of the best and the worst
/// case with truth and prediction outlines, settings, plan, timings. Opens without network. @return
/// the page's path
std::filesystem::path write_report(const ReportOptions& options);

}  // namespace volseg::report
