// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "volseg/core/buffer.h"
#include "volseg/core/files.h"
#include "volseg/volume/volume.h"

namespace volseg::volume {

enum class FileFormat { kNpy, kNifti, kNiftiGz };

/// How to read a file whose bytes leave something open.
struct ReadOptions {
  /// Position of the channel axis of a four-dimensional .npy (0 or 3); without it the axis is
  /// guessed when exactly one of the two ends is <= 8, else reading is an error that asks.
  std::optional<int> channel_axis;
};

/// Format by file name (.npy, .nii, .nii.gz; letters of either case); none when the name has no
/// such end.
[[nodiscard]] std::optional<FileFormat> format_of_name(std::string_view name);
/// File name without folder and image extension: "a/b.nii.gz" -> "b".
[[nodiscard]] std::string stem_of_name(std::string_view name);
/// ".npy", ".nii" or ".nii.gz".
[[nodiscard]] std::string_view extension_of(FileFormat format);

/// Reads a whole image file; the format is told by content.
/// @param name  for messages
/// @throws Error(kFormat), Error(kUnsupported), Error(kLimit); nothing is allocated from a declared
/// size
///         before it is bounded by the bytes at hand
[[nodiscard]] Volume read_volume(std::span<const std::byte> bytes, std::string_view name,
                                 const ReadOptions& options = {});
[[nodiscard]] Volume read_volume(const std::filesystem::path& path,
                                 const ReadOptions& options = {});

/// Reads the header only; of a .nii.gz it inflates the first bytes only.
[[nodiscard]] Header read_header(std::span<const std::byte> bytes, std::string_view name,
                                 const ReadOptions& options = {});

/// Bytes of an image file; NIfTI keeps geometry and scale, .npy has neither (the scale is applied
/// to float64 when it is not 1 and 0). NIfTI-2 is written when an extent is above 32,767.
[[nodiscard]] core::Buffer encode_volume(const Volume& volume, FileFormat format);
void write_volume(const std::filesystem::path& path, const Volume& volume,
                  core::Overwrite overwrite);

}  // namespace volseg::volume
