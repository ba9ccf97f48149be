// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "fuzz/fuzz_target.h"
#include "volseg/core/error.h"
#include "volseg/volume/formats.h"

namespace volseg::fuzz {

/// Reads the input as an image; header and volume must agree, and what was read must survive being
/// written in `format` and read again.
inline void read_image(std::span<const std::byte> bytes, std::string_view name,
                       volume::FileFormat format) {
  try {
    const volume::Header header = volume::read_header(bytes, name);
    static_cast<void>(core::voxel_count(header.shape));
  } catch (const Error&) {
  }
  try {
    const volume::Volume image = volume::read_volume(bytes, name);
    const int64_t voxels = core::voxel_count(image.header.shape) * image.header.channels;
    require(image.data.size_bytes() >= voxels * volume::size_bytes(image.header.type),
            "the voxels are all there");
    const core::Buffer written = volume::encode_volume(image, format);
    volume::ReadOptions options;
    if (image.header.channels > 1) {
      options.channel_axis = volume::memory_order(image.header) == core::Order::kC ? 0 : 3;
    }
    const volume::Volume again = volume::read_volume(written.bytes(), name, options);
    require(again.header.shape == image.header.shape, "the shape survives");
  } catch (const Error&) {
  }
}

}  // namespace volseg::fuzz
