// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "volseg/core/buffer.h"
#include "volseg/volume/internal/parsed_image.h"

namespace volseg::volume::internal {

/// Bytes that parse_nifti needs at most.
inline constexpr int64_t kNiftiHeaderBytes = 544;

/// True when the first four bytes are the header length of NIfTI-1 or NIfTI-2 in either byte order.
[[nodiscard]] bool is_nifti(std::span<const std::byte> bytes);

/// Reads and checks a NIfTI-1 or NIfTI-2 header; the file's length is left to check_length.
/// @param head  the beginning of the file, kNiftiHeaderBytes when the file has as many
/// @throws Error(kFormat), Error(kUnsupported), Error(kLimit)
[[nodiscard]] ParsedImage parse_nifti(std::span<const std::byte> head, std::string_view name);

/// Adds a note to `image` when the header extensions before the voxels are malformed.
void check_extensions(ParsedImage& image, std::span<const std::byte> file);

/// A single-file NIfTI-1, or NIfTI-2 when an extent is above 32,767.
[[nodiscard]] core::Buffer encode_nifti(const Volume& volume);

}  // namespace volseg::volume::internal
