// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/intensity_window.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/plan/ct_range.h"

namespace volseg::report {

namespace {

constexpr double kLowFraction = 0.005;
constexpr double kHighFraction = 0.995;
constexpr int64_t kMostSamples = 1 << 20;

struct NamedWindow {
  std::string_view name;
  double width;
  double level;
};
constexpr std::array<NamedWindow, 6> kNamedWindows{{{"soft-tissue", 400, 40},
                                                    {"lung", 1500, -600},
                                                    {"bone", 1800, 400},
                                                    {"brain", 80, 40},
                                                    {"liver", 150, 60},
                                                    {"mediastinum", 350, 50}}};

double percentile(std::vector<float>& values, double fraction) {
  const auto rank = static_cast<int64_t>(std::floor(fraction * static_cast<double>(values.size())));
  const auto at = values.begin() + std::min(rank, static_cast<int64_t>(values.size()) - 1);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace

IntensityWindow window_of(double width, double level) {
  if (!(width > 0) || !std::isfinite(width) || !std::isfinite(level)) {
    throw Error(ErrorKind::kUsage, "report.window_of",
                fmt::format("window width {} and level {}: expected numbers and a width above 0",
                            width, level));
  }
  return {level - width / 2, level + width / 2};
}

IntensityWindow window_named(std::string_view name) {
  const auto* found = std::ranges::find(kNamedWindows, name, &NamedWindow::name);
  if (found == kNamedWindows.end()) {
    throw Error(
        ErrorKind::kUsage, "report.window_named",
        fmt::format("no window \"{}\"; the windows are {}", name, fmt::join(window_names(), ", ")));
  }
  return window_of(found->width, found->level);
}

std::vector<std::string> window_names() {
  std::vector<std::string> names;
  for (const NamedWindow& window : kNamedWindows) {
    names.emplace_back(window.name);
  }
  return names;
}

IntensityWindow percentile_window(core::ArrayView<const float> values) {
  const int64_t step = values.size() / kMostSamples + 1;
  std::vector<float> samples;
  for (int64_t i = 0; i < values.size(); i += step) {
    if (values.data[i] != 0) {
      samples.push_back(values.data[i]);
    }
  }
  if (samples.empty()) {
    return {0, 1};
  }
  const double low = percentile(samples, kLowFraction);
  const double high = percentile(samples, kHighFraction);
  return {low, high > low ? high : low + 1};
}

IntensityWindow default_window(volume::DataType type, const core::Array<float>& values) {
  return plan::spans_ct_range(type, values) ? window_named("soft-tissue")
                                            : percentile_window(values.view());
}

}  // namespace volseg::report
