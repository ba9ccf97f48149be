// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "volseg/core/buffer.h"
#include "volseg/volume/internal/image_file.h"
#include "volseg/volume/internal/parsed_image.h"

namespace volseg::volume::internal {

/// Checks that the voxels which a header declares can be there, without reading or inflating them.
/// @throws Error(kFormat), Error(kLimit); as find_data_file
void check_voxels(ParsedImage& image, const ImageFile& file);

/// The volume of a parsed header: inflates packed voxels and reads a file beside the header.
/// @param owned  the file's bytes when the caller gives them up, which saves a copy
/// @throws Error(kFormat), Error(kLimit), Error(kNotFound); Error(kUnsupported) for a detached
/// header without a folder
[[nodiscard]] Volume load_voxels(ParsedImage image, const ImageFile& file, core::Buffer owned);

/// Voxels to write: dense, scale applied.
struct DenseVoxels {
  DataType type;  ///< float64 when a scale was applied, else the volume's own with bool as uint8
  core::Buffer bytes;
};

/// Every channel in Fortran order, channel after channel.
/// @param keep_half  leave float16 as it is; else it becomes float32
[[nodiscard]] DenseVoxels dense_voxels(const Volume& volume, bool keep_half);

}  // namespace volseg::volume::internal
