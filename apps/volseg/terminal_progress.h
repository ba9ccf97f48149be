// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "volseg/core/progress.h"

namespace volseg::app {

/// Progress on standard error: a bar redrawn in place on a terminal, a plain line now and then
/// elsewhere.
class TerminalProgress : public core::ProgressSink {
 public:
  /// @param is_terminal  whether lines can be redrawn
  TerminalProgress(bool is_terminal, int columns);
  void update(const core::ProgressEvent& event) override;
  void message(std::string_view text) override;

 private:
  bool is_terminal_;
  int columns_;
  std::string drawn_stage_;
  std::chrono::steady_clock::time_point next_draw_;
};

/// One event as text: "train  [####----]  120/500 steps  2.9 steps/s  2:10 left  loss 0.312".
/// @param columns  width of the line at most
[[nodiscard]] std::string progress_line(const core::ProgressEvent& event, int columns);

/// A sink for this program's standard error.
[[nodiscard]] TerminalProgress make_terminal_progress();

}  // namespace volseg::app
