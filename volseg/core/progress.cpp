// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/progress.h"

#include <algorithm>

namespace volseg::core {

Progress::Progress(ProgressSink* sink, std::string stage, int64_t total, std::string unit)
    : sink_(sink), start_(std::chrono::steady_clock::now()) {
  event_.stage = std::move(stage);
  event_.total = total;
  event_.unit = std::move(unit);
}

Progress::~Progress() {
  const std::scoped_lock lock(mutex_);
  report(true);
}

void Progress::advance(int64_t units) {
  const std::scoped_lock lock(mutex_);
  event_.done += units;
  report(false);
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

void Progress::report(bool finished) {
  if (sink_ == nullptr) {
    return;
  }
  const auto elapsed = std::chrono::steady_clock::now() - start_;
  event_.elapsed_s = std::chrono::duration<double>(elapsed).count();
  const bool known = event_.total > 0 && event_.done > 0;
  const auto left = static_cast<double>(event_.total - event_.done);
  event_.remaining_s = known ? event_.elapsed_s * left / static_cast<double>(event_.done) : -1;
  event_.finished = finished;
  sink_->update(event_);
}

}  // namespace volseg::core
