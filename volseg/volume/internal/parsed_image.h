// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "volseg/core/buffer.h"
#include "volseg/core/error.h"
#include "volseg/volume/volume.h"

namespace volseg::volume::internal {

/// Throws Error(`kind`) of operation "volume.read" about the file `name`.
[[noreturn]] void refuse(ErrorKind kind, std::string_view name, const std::string& message);

/// How the voxels after a header are compressed.
enum class Packing { kNone, kGzip, kZlib };

/// Largest offset that a header may declare.
inline constexpr int64_t kMostSkippedBytes = int64_t{1} << 53;

/// What a header says about the bytes after it.
struct ParsedImage {
  Header header;
  int64_t data_offset_bytes = 0;
  int64_t data_bytes = 0;
  bool foreign_byte_order = false;
  Packing packing = Packing::kNone;
  bool ends_with_voxels = false;  ///< the voxels are the last bytes of their file
  std::string data_file;          ///< name of the file that holds the voxels; empty: this one
};

/// "(3, 4, 5)", as NumPy shows a shape.
[[nodiscard]] std::string shape_text(std::span<const int64_t> shape);

/// The channel axis of an array: -1 with three axes; with four `wanted` (0 or 3), else a guess.
/// @throws Error(kFormat) that asks when either end may be it; Error(kUsage) on another `wanted`
[[nodiscard]] int choose_channel_axis(std::span<const int64_t> shape, std::optional<int> wanted,
                                      std::string_view name);

/// Shape, strides and channels of a dense array whose axes have `extents` (three, or four with
/// header.channel_axis set to 0 or 3), the first axis running fastest with kFortran.
void set_axes(std::span<const int64_t> extents, core::Order order, Header& header);

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
/// The volume whose voxels, as they lie in the file, are `data`.
[[nodiscard]] Volume finish(ParsedImage image, core::Buffer data);

}  // namespace volseg::volume::internal
