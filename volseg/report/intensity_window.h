// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/volume/volume.h"

namespace volseg::report {

/// The lowest and the highest intensity that a picture tells apart; below is black, above is white.
using IntensityWindow = std::array<double, 2>;

/// The window of a width around a level. @throws Error(kUsage) unless the width is above 0
[[nodiscard]] IntensityWindow window_of(double width, double level);

/// A window by name [Hounsfield units]: soft-tissue (width 400, level 40), lung (1500, -600), bone
/// (1800, 400), brain (80, 40), liver (150, 60), mediastinum (350, 50).
/// @throws Error(kUsage) listing the names
[[nodiscard]] IntensityWindow window_named(std::string_view name);
[[nodiscard]] std::vector<std::string> window_names();

/// The 0.5 and 99.5 percentile of the values that are not 0, from at most about a million of them;
/// (0, 1) when all are 0. The upper bound is above the lower one.
[[nodiscard]] IntensityWindow percentile_window(core::ArrayView<const float> values);

/// The soft-tissue window for CT, which is told by plan::spans_ct_range, else percentile_window.
/// @param values  of a channel of an image that is stored as `type`
[[nodiscard]] IntensityWindow default_window(volume::DataType type,
                                             const core::Array<float>& values);

}  // namespace volseg::report
