// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "volseg/core/buffer.h"
#include "volseg/core/error.h"
#include "volseg/volume/volume.h"

namespace volseg::volume::internal {

/// Throws Error(`kind`) of operation "volume.read" about the file `name`.
[[noreturn]] void refuse(ErrorKind kind, std::string_view name, const std::string& message);

/// What a header says about the bytes after it.
struct ParsedImage {
  Header header;
  int64_t data_offset_bytes = 0;
  int64_t data_bytes = 0;
  bool foreign_byte_order = false;
};

/// Size of the voxels that a header declares, each extent being >= 1. @throws Error(kLimit) past
/// 2^62
[[nodiscard]] int64_t declared_bytes(std::span<const int64_t> extents, DataType type,
                                     std::string_view name);

/// Compares the declared voxels with the file's length and counts what follows them.
/// @throws Error(kFormat) naming the bytes expected and found
void check_length(ParsedImage& image, int64_t file_bytes, std::string_view name);

/// The voxels of a file in the machine's byte order; `image` must have passed check_length.
[[nodiscard]] Volume load(ParsedImage image, std::span<const std::byte> file);
/// The same without a second block of memory.
[[nodiscard]] Volume load(ParsedImage image, core::Buffer file);

}  // namespace volseg::volume::internal
