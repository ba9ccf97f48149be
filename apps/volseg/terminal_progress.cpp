// SPDX-License-Identifier: Apache-2.0
#include "apps/volseg/terminal_progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace volseg::app {

namespace {

constexpr auto kRedrawEvery = std::chrono::milliseconds(100);
constexpr auto kLineEvery = std::chrono::seconds(10);
constexpr int kBarColumns = 20;
constexpr double kNegligible = 1e-3;

std::string clock_text(double seconds) {
  const int64_t whole = std::llround(seconds);
  if (whole >= 3600) {
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  }
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string bar_text(const core::ProgressEvent& event) {
  const double fraction = static_cast<double>(event.done) / static_cast<double>(event.total);
  const int full = std::clamp(static_cast<int>(fraction * kBarColumns), 0, kBarColumns);
  return "[" + std::string(static_cast<size_t>(full), '#') +
         std::string(static_cast<size_t>(kBarColumns - full), '-') + "]";
}

}  // namespace

std::string progress_line(const core::ProgressEvent& event, int columns) {
  std::string line = event.stage;
  if (event.total > 0) {
    line += fmt::format("  {}  {}/{} {}", bar_text(event), event.done, event.total, event.unit);
  } else {
    line += fmt::format("  {} {}", event.done, event.unit);
  }
  if (event.elapsed_s > 0.5 && event.done > 0) {
    line +=
        fmt::format("  {:.1f} {}/s", static_cast<double>(event.done) / event.elapsed_s, event.unit);
  }
  if (event.finished) {
    line += "  in " + clock_text(event.elapsed_s);
  } else if (event.remaining_s >= 0) {
    line += "  " + clock_text(event.remaining_s) + " left";
  }
  for (const auto& [name, value] : event.values) {
    std::string words = name;
    std::ranges::replace(words, '_', ' ');
    line += fmt::format("  {} {:.3g}", words, std::abs(value) < kNegligible ? 0.0 : value);
  }
  return line.substr(0, static_cast<size_t>(std::max(columns, kBarColumns)));
}

TerminalProgress::TerminalProgress(bool is_terminal, int columns)
    : is_terminal_(is_terminal), columns_(columns) {}

void TerminalProgress::update(const core::ProgressEvent& event) {
  if (event.failed) {
    drawn_stage_.clear();
    std::fputs(is_terminal_ ? "\r\033[K" : "", stderr);
    std::fflush(stderr);
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  const bool first = drawn_stage_ != event.stage;
  if (first) {
    drawn_stage_ = event.stage;
    next_draw_ = is_terminal_ ? now : now + kLineEvery;
  }
  if (!event.finished && now < next_draw_) {
    return;
  }
  next_draw_ = now + (is_terminal_ ? std::chrono::steady_clock::duration(kRedrawEvery)
                                   : std::chrono::steady_clock::duration(kLineEvery));
  const std::string line = progress_line(event, columns_);
  if (is_terminal_) {
    std::fprintf(stderr, "\r\033[K%s%s", line.c_str(), event.finished ? "\n" : "");
  } else {
    std::fprintf(stderr, "%s\n", line.c_str());
  }
  std::fflush(stderr);
  if (event.finished) {
    drawn_stage_.clear();
  }
}

void TerminalProgress::message(std::string_view text) {
  std::fprintf(stderr, "%s%.*s\n", is_terminal_ ? "\r\033[K" : "", static_cast<int>(text.size()),
               text.data());
}

TerminalProgress make_terminal_progress() {
  constexpr int kPlainColumns = 200;
  winsize size{};
  const bool is_terminal = isatty(STDERR_FILENO) != 0;
  const bool known = is_terminal && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return {is_terminal, known ? size.ws_col - 1 : kPlainColumns};
}

}  // namespace volseg::app
