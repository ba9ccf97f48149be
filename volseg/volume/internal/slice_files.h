// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "volseg/volume/internal/image_file.h"

namespace volseg::volume::internal {

[[nodiscard]] bool is_png(std::span<const std::byte> bytes);

/// Reads a grey or palette .png as one slice with x fastest; palette pixels keep their index.
/// @throws Error(kFormat), Error(kUnsupported) on colours, Error(kLimit)
[[nodiscard]] Volume read_png(const ImageFile& file);

/// Natural order: digits compare by their number, so "z9" comes before "z10".
[[nodiscard]] bool naturally_before(std::string_view first, std::string_view second);

}  // namespace volseg::volume::internal
