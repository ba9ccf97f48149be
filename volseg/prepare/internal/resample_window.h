// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "volseg/core/array.h"
#include "volseg/core/threads.h"
#include "volseg/prepare/internal/axis_map.h"

namespace volseg::prepare {

/// Resamples a source window to a target window, one axis after another; dense, C order.
/// @param values  the source window; beyond it its edge values count as repeated
/// @param pool    null: on this thread
[[nodiscard]] core::Array<float> resample_window(core::ArrayView<const float> values,
                                                 const std::array<AxisWindow, 3>& windows,
                                                 const std::array<Sampling, 3>& samplings,
                                                 const core::ThreadPool* pool);

}  // namespace volseg::prepare
