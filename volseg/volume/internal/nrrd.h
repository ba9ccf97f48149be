// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "volseg/core/buffer.h"
#include "volseg/volume/internal/image_file.h"
#include "volseg/volume/internal/parsed_image.h"

namespace volseg::volume::internal {

[[nodiscard]] bool is_nrrd(std::span<const std::byte> bytes);

/// Reads and checks the header of an attached or detached NRRD; the length of the voxels is left to
/// check_length.
/// @throws Error(kFormat), Error(kUnsupported), Error(kLimit)
[[nodiscard]] ParsedImage parse_nrrd(const ImageFile& file);

/// An attached NRRD-5 with gzip voxels, axes in L, P, S.
[[nodiscard]] core::Buffer encode_nrrd(const Volume& volume);

}  // namespace volseg::volume::internal
