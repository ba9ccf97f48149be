// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "volseg/core/array.h"
#include "volseg/core/threads.h"

namespace volseg::prepare {

/// Interpolation along every axis.
enum class Interpolation { kLinear, kCubic };

/// Resamples to `shape` with half-voxel-centred coordinates and edge values repeated, as
/// scikit-image's resize(mode="edge", anti_aliasing=False); kCubic is the interpolating cubic
/// B-spline (SciPy order 3).
/// @param nearest_axis  axis that is sampled at the nearest voxel instead (very anisotropic data),
/// or -1
/// @param pool          null: on this thread
[[nodiscard]] core::Array<float> resample(core::ArrayView<const float> values,
                                          const core::Shape3& shape, Interpolation interpolation,
                                          int nearest_axis = -1,
                                          const core::ThreadPool* pool = nullptr);

}  // namespace volseg::prepare
