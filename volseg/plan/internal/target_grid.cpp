// SPDX-License-Identifier: Apache-2.0
#include "volseg/plan/internal/target_grid.h"

#include <algorithm>
#include <cmath>

namespace volseg::plan {
namespace {

constexpr double kAnisotropy = 3;
constexpr double kGrowth = 1.03;
constexpr double kSimilarSpacing = 2;
constexpr double kMedianPercent = 50;
constexpr double kCoarseAxisPercent = 10;

template <typename Get>
double percentile_of_cases(const Fingerprint& fingerprint, double percent, Get get) {
  std::vector<double> values;
  values.reserve(fingerprint.cases.size());
  for (const CaseFingerprint& entry : fingerprint.cases) {
    values.push_back(get(entry));
  }
  return percentile(std::move(values), percent);
}

double spacing_percentile(const Fingerprint& fingerprint, int axis, double percent) {
  return percentile_of_cases(fingerprint, percent, [axis](const CaseFingerprint& entry) {
    return entry.spacing_mm[axis];
  });
}

/// The 10th percentile for a coarse axis of few voxels, not below the other axes; else `spacing`.
double coarse_spacing(const Fingerprint& fingerprint, const std::array<double, 3>& spacing,
                      int coarsest) {
  std::array<double, 3> size;
  for (int axis = 0; axis < 3; ++axis) {
    size[axis] =
        percentile_of_cases(fingerprint, kMedianPercent, [axis](const CaseFingerprint& entry) {
          return static_cast<double>(entry.cropped_shape[axis]);
        });
  }
  const int first = coarsest == 0 ? 1 : 0;
  const int second = coarsest == 2 ? 1 : 2;
  const double largest_other = std::max(spacing[first], spacing[second]);
  const bool coarse = spacing[coarsest] > kAnisotropy * largest_other;
  const bool few_voxels = size[coarsest] * kAnisotropy < std::min(size[first], size[second]);
  if (!coarse || !few_voxels) {
    return spacing[coarsest];
  }
  const double lowered = spacing_percentile(fingerprint, coarsest, kCoarseAxisPercent);
  return lowered < largest_other ? largest_other + 1e-5 : lowered;
}

}  // namespace

double percentile(std::vector<double> values, double percent) {
  std::ranges::sort(values);
  const double rank = percent / 100 * static_cast<double>(values.size() - 1);
  const auto below = static_cast<size_t>(rank);
  const size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (rank - static_cast<double>(below)) * (values[above] - values[below]);
}

std::array<double, 3> median_shape_at(const Fingerprint& fingerprint,
                                      const std::array<int, 3>& axis_order,
                                      const std::array<double, 3>& spacing_mm) {
  std::array<double, 3> median;
  for (int axis = 0; axis < 3; ++axis) {
    const int array_axis = axis_order[axis];
    median[axis] =
        percentile_of_cases(fingerprint, kMedianPercent, [&](const CaseFingerprint& entry) {
          const double ratio = entry.spacing_mm[array_axis] / spacing_mm[axis];
          const auto size = static_cast<double>(entry.cropped_shape[array_axis]);
          return std::max(1.0, std::nearbyint(ratio * size));
        });
  }
  return median;
}

TargetGrid target_grid(const Fingerprint& fingerprint) {
  std::array<double, 3> spacing;
  for (int axis = 0; axis < 3; ++axis) {
    spacing[axis] = spacing_percentile(fingerprint, axis, kMedianPercent);
  }
  const auto coarsest = static_cast<int>(std::ranges::max_element(spacing) - spacing.begin());
  const double lowered = coarse_spacing(fingerprint, spacing, coarsest);
  TargetGrid grid;
  grid.coarse_axis_lowered = lowered != spacing[coarsest];
  spacing[coarsest] = lowered;
  const auto first = static_cast<int>(std::ranges::max_element(spacing) - spacing.begin());
  std::rotate(grid.axis_order.begin(), grid.axis_order.begin() + first,
              grid.axis_order.begin() + first + 1);
  for (int axis = 0; axis < 3; ++axis) {
    grid.spacing_mm[axis] = spacing[grid.axis_order[axis]];
  }
  grid.median_shape = median_shape_at(fingerprint, grid.axis_order, grid.spacing_mm);
  return grid;
}

std::array<double, 3> coarsened(const std::array<double, 3>& spacing_mm) {
  const double coarsest = std::ranges::max(spacing_mm);
  const bool uneven = std::ranges::any_of(
      spacing_mm, [&](double spacing) { return coarsest / spacing > kSimilarSpacing; });
  std::array<double, 3> coarser = spacing_mm;
  for (double& spacing : coarser) {
    if (!uneven || coarsest / spacing > kSimilarSpacing) {
      spacing *= kGrowth;
    }
  }
  return coarser;
}

}  // namespace volseg::plan
