// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "volseg/volume/internal/image_file.h"

namespace volseg::volume::internal {

[[nodiscard]] bool is_hdf5(std::span<const std::byte> bytes);

/// A dataset within a file, written `file.h5:/path`.
struct Hdf5Place {
  std::filesystem::path file;
  std::string dataset;
};

/// The two parts of such a path; nothing when it is none.
[[nodiscard]] std::optional<Hdf5Place> split_hdf5_path(const std::filesystem::path& path);

/// Reads one numeric dataset of three axes, or four with channels, as it is stored. With
/// `file.path` the bytes are not looked at.
/// @param dataset  its path in the file; empty: the only one that can be read
/// @throws Error(kNotFound), Error(kUnsupported) that list the datasets; Error(kFormat),
/// Error(kLimit)
[[nodiscard]] Volume read_hdf5(const ImageFile& file, const std::string& dataset);
/// The header alone.
[[nodiscard]] Header read_hdf5_header(const ImageFile& file, const std::string& dataset);

}  // namespace volseg::volume::internal
