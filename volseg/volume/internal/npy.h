// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "volseg/core/buffer.h"
#include "volseg/volume/internal/parsed_image.h"

namespace volseg::volume::internal {

[[nodiscard]] bool is_npy(std::span<const std::byte> bytes);

/// Reads and checks the header of a .npy of version 1, 2 or 3.
/// @param channel_axis  0 or 3: the channel axis of a four-dimensional array
/// @throws Error(kFormat), Error(kUnsupported), Error(kLimit), Error(kUsage)
[[nodiscard]] ParsedImage parse_npy(std::span<const std::byte> file, std::string_view name,
                                    std::optional<int> channel_axis);

/// A .npy of version 1 in the volume's memory order, channels on the slowest axis.
[[nodiscard]] core::Buffer encode_npy(const Volume& volume);

}  // namespace volseg::volume::internal
