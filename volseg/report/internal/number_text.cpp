// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/number_text.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace volseg::report::internal {

namespace {

constexpr double kMostSeconds = 1e12;

// One decimal at most; the sum turns -0 into 0.
double to_tenths(double value) { return std::round(value * 10) / 10 + 0.0; }

}  // namespace

std::string score_text(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? fmt::format("{:.3f}", *value) : "-";
}

std::string bytes_text(double bytes) {
  constexpr std::array<std::string_view, 6> kUnits{"B", "kB", "MB", "GB", "TB", "PB"};
  if (!std::isfinite(bytes) || bytes < 0) {
    return "-";
  }
  size_t unit = 0;
  for (; bytes >= 999.5 && unit + 1 < kUnits.size(); ++unit) {
    bytes /= 1000;
  }
  return fmt::format("{:.3g} {}", bytes, kUnits[unit]);
}

std::string duration_text(double seconds) {
  if (!(seconds >= 0 && seconds < kMostSeconds)) {
    return "-";
  }
  if (to_tenths(seconds) < 60) {
    return fmt::format("{:g} s", to_tenths(seconds));
  }
  const int64_t whole = std::llround(seconds);
  if (whole < 3600) {
    return fmt::format("{} min {} s", whole / 60, whole % 60);
  }
  const int64_t minutes = std::llround(seconds / 60);
  return fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

std::string percent_text(double fraction) {
  return std::isfinite(fraction) ? fmt::format("{:g} %", to_tenths(fraction * 100)) : "-";
}

}  // namespace volseg::report::internal
