// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace volseg::volume {

/// Whether read_volume may find an image or read_segmentations masks there: a name of a format, a
/// folder, a zip or a DICOM file of any name, a dataset within an HDF5 file. False where nothing
/// is.
[[nodiscard]] bool may_be_image(const std::filesystem::path& path);

/// Whether it is a DICOM file of any name, or a folder or zip without tables of a dataset that has
/// DICOM files or .tif or .png slices among its first 20 files.
[[nodiscard]] bool holds_slices(const std::filesystem::path& path);

/// Files of a folder that are an image or masks each, in order of names: by their extension, of
/// .dcm those with several frames and segmentations. Hidden files are passed over.
/// @throws Error(kIo)
[[nodiscard]] std::vector<std::filesystem::path> list_image_files(
    const std::filesystem::path& folder);
/// Folders and zips of a folder, each of which may hold the slices of an image; in order of names,
/// hidden ones passed over. @throws Error(kIo)
[[nodiscard]] std::vector<std::filesystem::path> list_slice_folders(
    const std::filesystem::path& folder);
/// The images of a folder: its image files; without any, the folders and zips in it; without those,
/// the folder itself unless it is empty. @throws Error(kIo)
[[nodiscard]] std::vector<std::filesystem::path> list_images(const std::filesystem::path& folder);

/// File name without image extension or .zip; of a dataset in a file the name of the file; the name
/// of a folder as it is.
[[nodiscard]] std::string stem_of_path(const std::filesystem::path& path);

}  // namespace volseg::volume
