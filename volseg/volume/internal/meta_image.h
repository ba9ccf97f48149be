// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "volseg/core/buffer.h"
#include "volseg/volume/internal/image_file.h"
#include "volseg/volume/internal/parsed_image.h"

namespace volseg::volume::internal {

/// True when the first lines are those of a MetaImage header.
[[nodiscard]] bool is_meta_image(std::span<const std::byte> bytes);

/// Reads and checks the header of a .mha or .mhd; the length of the voxels is left to check_length.
/// @throws Error(kFormat), Error(kUnsupported), Error(kLimit)
[[nodiscard]] ParsedImage parse_meta_image(const ImageFile& file);

/// A .mha with zlib voxels, axes in L, P, S.
[[nodiscard]] core::Buffer encode_meta_image(const Volume& volume);

}  // namespace volseg::volume::internal
