// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/progress.h"

#include <algorithm>
#include <exception>

namespace volseg::core {

Progress::Progress(ProgressSink* sink, std::string stage, int64_t total, std::string unit)
    : sink_(sink),
      exceptions_before_(std::uncaught_exceptions()),
      start_(std::chrono::steady_clock::now()) {
  event_.stage = std::move(stage);
  event_.total = total;
  event_.unit = std::move(unit);
}

Progress::~Progress() {
  const std::scoped_lock lock(mutex_);
  event_.failed = std::uncaught_exceptions() > exceptions_before_;
  event_.finished = !event_.failed;
  report();
}

void Progress::advance(int64_t units) {
  const std::scoped_lock lock(mutex_);
  event_.done += units;
  report();
}

void Progress::set(std::string_view name, double value) {
  const std::scoped_lock lock(mutex_);
  const auto found = std::ranges::find(event_.values, name, &std::pair<std::string, double>::first);
  if (found == event_.values.end()) {
    event_.values.emplace_back(name, value);
  } else {
    found->second = value;
  }
}

void Progress::report() {
  if (sink_ == nullptr) {
    return;
  }
  const auto elapsed = std::chrono::steady_clock::now() - start_;
  event_.elapsed_s = std::chrono::duration<double>(elapsed).count();
  const bool known = event_.total > 0 && event_.done > 0;
  const auto left = static_cast<double>(event_.total - event_.done);
  event_.remaining_s = known ? event_.elapsed_s * left / static_cast<double>(event_.done) : -1;
  sink_->update(event_);
}

}  // namespace volseg::core
