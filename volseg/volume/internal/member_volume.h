// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include "volseg/archive/archive.h"
#include "volseg/volume/formats.h"

namespace volseg::volume::internal {

/// True for a zip archive.
[[nodiscard]] bool is_zip(std::span<const std::byte> bytes);

/// True for a folder, and for a zip archive by its content.
[[nodiscard]] bool is_container(const std::filesystem::path& path);
/// The first bytes of a file, enough to tell its format; zeros after its end.
[[nodiscard]] core::Buffer read_beginning(const std::filesystem::path& path);
/// Whether a member is a .tif, .png or .npy by its name, so that DICOM is not looked for.
[[nodiscard]] bool holds_named_slices(const archive::Archive& archive);

/// The one volume that a folder or zip holds: a DICOM series, the only .npy of a .npz, or a stack
/// of .tif or .png slices in natural order of their names.
/// @throws Error(kUsage) when a series must be chosen; Error(kUnsupported) when there is no such
/// volume, or several arrays; as the readers of the members
[[nodiscard]] Volume read_members(const archive::Archive& archive, std::string_view name,
                                  const ReadOptions& options);
/// The same of a zip that lies in memory.
[[nodiscard]] Volume read_zip_members(std::span<const std::byte> bytes, std::string_view name,
                                      const ReadOptions& options);

}  // namespace volseg::volume::internal
