// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "volseg/core/array.h"
#include "volseg/volume/volume.h"

namespace volseg::plan {

/// True for voxels that are stored as integers and reach below -200 and above 200, as the
/// Hounsfield units of CT do. @param values  one channel
[[nodiscard]] bool spans_ct_range(volume::DataType type, const core::Array<float>& values);

}  // namespace volseg::plan
