// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "volseg/core/buffer.h"
#include "volseg/volume/internal/image_file.h"

namespace volseg::volume::internal {

/// True for TIFF and BigTIFF in either byte order.
[[nodiscard]] bool is_tiff(std::span<const std::byte> bytes);

/// Reads the directories of all pages: a stack with x fastest, one slice a page.
/// @throws Error(kFormat), Error(kUnsupported), Error(kLimit)
[[nodiscard]] Header read_tiff_header(const ImageFile& file);
[[nodiscard]] Volume read_tiff(const ImageFile& file);

/// Pages with deflate, spacing as ImageJ writes it; BigTIFF where the voxels are near 4 GiB.
/// @throws Error(kUnsupported) with several channels
[[nodiscard]] core::Buffer encode_tiff(const Volume& volume);

}  // namespace volseg::volume::internal
