// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

#include "volseg/volume/internal/affine.h"
#include "volseg/volume/volume.h"

namespace volseg::volume {

namespace {

std::string join(const std::array<double, 3>& values, const std::string& between) {
  return internal::short_text(values[0]) + between + internal::short_text(values[1]) + between +
         internal::short_text(values[2]);
}

/// The letter of the world direction nearest to each array axis; each world axis is taken once.
std::array<char, 3> axis_letters(const std::array<double, 9>& direction) {
  constexpr std::array<char, 3> kPositive{'R', 'A', 'S'};
  constexpr std::array<char, 3> kNegative{'L', 'P', 'I'};
  std::array<double, 9> left = direction;
  std::array<char, 3> letters{'?', '?', '?'};
  for (int round = 0; round < 3; ++round) {
    const auto* largest = std::ranges::max_element(
        left, {}, [](double value) { return std::isnan(value) ? -1.0 : std::abs(value); });
    const auto index = static_cast<size_t>(largest - left.begin());
    const size_t row = index / 3;
    const size_t axis = index % 3;
    letters[axis] = direction[index] < 0 ? kNegative[row] : kPositive[row];
    for (size_t other = 0; other < 3; ++other) {
      left[row * 3 + other] = std::nan("");
      left[other * 3 + axis] = std::nan("");
    }
  }
  return letters;
}

}  // namespace

namespace internal {

std::string short_text(double value) {
  constexpr double kNothing = 5e-7;
  std::array<char, 32> text{};
  const double shown = std::abs(value) < kNothing ? 0 : value;
  std::snprintf(text.data(), text.size(), "%.7g", shown);
  return text.data();
}

}  // namespace internal

Geometry spacing_only(const std::array<double, 3>& spacing_mm) {
  return {.known = true, .spacing_mm = spacing_mm, .nifti = NiftiForms{.pixdim = spacing_mm}};
}

bool is_spacing_only(const Geometry& geometry) {
  return geometry.known && geometry.nifti && geometry.nifti->qform_code <= 0 &&
         geometry.nifti->sform_code <= 0;
}

bool same_geometry(const Geometry& first, const Geometry& second) {
  constexpr double kAgreement = 1e-3;
  const double smallest_mm =
      std::min(std::ranges::min(first.spacing_mm), std::ranges::min(second.spacing_mm));
  const double tolerance_mm = kAgreement * smallest_mm;
  const bool spacing_alone = is_spacing_only(first) || is_spacing_only(second);
  for (size_t index = 0; index < 9 && !spacing_alone; ++index) {
    const size_t axis = index % 3;
    const double step_mm = first.direction[index] * first.spacing_mm[axis];
    const double other_step_mm = second.direction[index] * second.spacing_mm[axis];
    if (!(std::abs(step_mm - other_step_mm) <= tolerance_mm)) {
      return false;
    }
  }
  for (size_t axis = 0; axis < 3; ++axis) {
    const double shift_mm = std::abs(first.origin_mm[axis] - second.origin_mm[axis]);
    const double stretch_mm = std::abs(first.spacing_mm[axis] - second.spacing_mm[axis]);
    if (!((spacing_alone || shift_mm <= tolerance_mm) && stretch_mm <= tolerance_mm)) {
      return false;
    }
  }
  return true;
}

std::string to_string(const Geometry& geometry) {
  const std::string spacing = "spacing " + join(geometry.spacing_mm, " x ") + " mm";
  if (!geometry.known) {
    return spacing + " (assumed), origin and axes unknown";
  }
  if (is_spacing_only(geometry)) {
    return spacing + ", origin and axes unknown";
  }
  const std::array<char, 3> letters = axis_letters(geometry.direction);
  return spacing + ", origin (" + join(geometry.origin_mm, ", ") + ") mm, axes " + letters[0] +
         " " + letters[1] + " " + letters[2];
}

}  // namespace volseg::volume
