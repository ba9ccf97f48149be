// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "volseg/volume/formats.h"

namespace volseg::dataset::internal {

/// One image of four axes, channels last, from a file for each channel. Channels of one type and
/// scale keep it; others become float32, with a warning.
/// @throws Error(kShape) with both values when shapes or geometries differ; Error(kUnsupported) on
///         a file that has channels itself, Error(kFormat) on NaN where a channel becomes float32
[[nodiscard]] volume::Volume join_channels(const std::vector<std::filesystem::path>& files,
                                           const volume::ReadOptions& options,
                                           std::vector<std::string>& warnings);

/// One channel as an image of three axes, voxels as stored.
[[nodiscard]] volume::Volume take_channel(const volume::Volume& image, int64_t channel);

}  // namespace volseg::dataset::internal
