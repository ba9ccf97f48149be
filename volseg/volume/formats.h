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

enum class FileFormat {
  kNpy,
  kNifti,
  kNiftiGz,
  kNrrd,       ///< attached, or a header beside its voxels
  kMetaImage,  ///< in one file, or a header beside its voxels
  kTiff,       ///< a stack, one slice a page
  kNpz,        ///< with one array; read only
  kHdf5,       ///< one dataset of it; read only
  kDicom       ///< one file with several frames; read only
};

/// How to read a file whose bytes leave something open.
struct ReadOptions {
  /// Position of the channel axis of a four-dimensional .npy (0 or 3); without it the axis is
  /// guessed when exactly one of the two ends is <= 8, else reading is an error that asks. An NRRD
  /// that does not say which of its four axes is not spatial takes it too; 3 without it.
  std::optional<int> channel_axis;
  /// Which DICOM series of a folder, zip or file: its number in the order of list_series, from 1,
  /// or its description. Without it several series are an error that lists them.
  std::optional<std::string> series;
};

/// Format by file name (.npy, .nii, .nii.gz, .nrrd, .nhdr, .mha, .mhd, .tif, .tiff, .npz, .h5,
/// .hdf5, .dcm; letters of either case); none when the name has no such end.
[[nodiscard]] std::optional<FileFormat> format_of_name(std::string_view name);
/// Whether write_volume makes files of this name; it does not for .nhdr, .mhd, .npz, .h5, .hdf5
/// and .dcm.
[[nodiscard]] bool is_written_name(std::string_view name);
/// File name without folder and image extension: "a/b.nii.gz" -> "b".
[[nodiscard]] std::string stem_of_name(std::string_view name);
/// The usual extension of a format: ".npy", ".nii", ".nii.gz", ".nrrd", ".mha", ".tif",
/// ".npz", ".h5" or ".dcm".
[[nodiscard]] std::string_view extension_of(FileFormat format);
/// Every extension that format_of_name knows, for messages: ".npy, .nii, ...".
[[nodiscard]] std::string listed_extensions();
/// Those that write_volume makes.
[[nodiscard]] std::string listed_written_extensions();

/// Reads a whole image file; the format is told by content.
/// @param name  for messages
/// @throws Error(kFormat), Error(kUnsupported), Error(kLimit); nothing is allocated from a declared
/// size
///         before it is bounded by the bytes at hand
[[nodiscard]] Volume read_volume(std::span<const std::byte> bytes, std::string_view name,
                                 const ReadOptions& options = {});
/// The same of a file, of a dataset `file.h5:/path`, and of a folder or zip that holds a DICOM
/// series or a stack of .tif or .png slices. A single DICOM file is read when it has several
/// frames.
/// @throws also Error(kUsage) when a series must be chosen; Error(kNotFound), Error(kIo)
[[nodiscard]] Volume read_volume(const std::filesystem::path& path,
                                 const ReadOptions& options = {});

/// Whether the voxels are in one file that can be copied: not for a folder or zip of slices, a
/// detached header (.nhdr, .mhd), a dataset within an HDF5 file, or DICOM, which names a patient.
[[nodiscard]] bool is_single_file(const std::filesystem::path& path);

/// Reads the header only; voxels are not inflated.
[[nodiscard]] Header read_header(std::span<const std::byte> bytes, std::string_view name,
                                 const ReadOptions& options = {});

/// Bytes of an image file. NIfTI, NRRD and MetaImage keep geometry, TIFF keeps spacing, .npy
/// nothing; NIfTI alone keeps the scale, elsewhere it is applied to float64 when it is not 1 and 0.
/// NIfTI-2 is written when an extent is above 32,767. Formats that lack float16 get float32.
/// @throws Error(kUnsupported) for several channels as TIFF
[[nodiscard]] core::Buffer encode_volume(const Volume& volume, FileFormat format);
void write_volume(const std::filesystem::path& path, const Volume& volume,
                  core::Overwrite overwrite);

}  // namespace volseg::volume
