// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/formats.h"

#include <algorithm>
#include <utility>

#include "volseg/archive/archive.h"
#include "volseg/core/error.h"
#include "volseg/volume/internal/dicom_series.h"
#include "volseg/volume/internal/gzip.h"
#include "volseg/volume/internal/hdf5_file.h"
#include "volseg/volume/internal/image_file.h"
#include "volseg/volume/internal/member_volume.h"
#include "volseg/volume/internal/meta_image.h"
#include "volseg/volume/internal/nifti.h"
#include "volseg/volume/internal/npy.h"
#include "volseg/volume/internal/nrrd.h"
#include "volseg/volume/internal/slice_files.h"
#include "volseg/volume/internal/tiff.h"
#include "volseg/volume/internal/voxel_data.h"

namespace volseg::volume {

namespace {

using internal::ImageFile;

/// Throws unless the name at least promises a NIfTI, whose own reader then says what is wrong.
void refuse_other_content(std::span<const std::byte> bytes, std::string_view name) {
  if (bytes.empty()) {
    internal::refuse(ErrorKind::kFormat, name, "the file is empty");
  }
  if (internal::is_png(bytes)) {
    internal::refuse(ErrorKind::kUnsupported, name,
                     "a single picture; give the folder with all slices of the volume");
  }
  if (bytes[0] == std::byte{0x80} && bytes.size() > 1 && bytes[1] <= std::byte{5}) {
    internal::refuse(ErrorKind::kUnsupported, name,
                     "a Python pickle, which is never unpickled; save the array as .npy");
  }
  if (format_of_name(name) == FileFormat::kNifti) {
    return;
  }
  internal::refuse(
      ErrorKind::kFormat, name,
      "the content is none of the image formats that volseg reads (" + listed_extensions() + ")");
}

/// Formats told by content: the first bytes decide, never the name.
FileFormat format_of_content(std::span<const std::byte> bytes, std::string_view name) {
  if (internal::is_npy(bytes)) {
    return FileFormat::kNpy;
  }
  if (internal::is_gzip(bytes)) {
    return FileFormat::kNiftiGz;
  }
  if (internal::is_nrrd(bytes)) {
    return FileFormat::kNrrd;
  }
  if (internal::is_tiff(bytes)) {
    return FileFormat::kTiff;
  }
  if (internal::is_zip(bytes)) {
    return FileFormat::kNpz;
  }
  if (internal::is_hdf5(bytes)) {
    return FileFormat::kHdf5;
  }
  if (internal::is_meta_image(bytes)) {
    return FileFormat::kMetaImage;
  }
  if (internal::is_dicom(bytes)) {
    return FileFormat::kDicom;
  }
  if (!internal::is_nifti(bytes)) {
    refuse_other_content(bytes, name);
  }
  return FileFormat::kNifti;
}

void note_disagreement(FileFormat content, std::string_view name, Header& header) {
  const std::optional<FileFormat> named = format_of_name(name);
  if (named && *named != content) {
    header.notes.push_back("the name ends in " + std::string(extension_of(*named)) +
                           " and the content is " + std::string(extension_of(content)) +
                           "; it is read by its content");
  }
}

internal::ParsedImage parse_gzip_beginning(std::span<const std::byte> bytes,
                                           std::string_view name) {
  const core::Buffer beginning =
      internal::inflate_beginning(bytes, internal::kNiftiHeaderBytes, name);
  const auto head = std::as_const(beginning).bytes();
  if (internal::is_npy(head) || internal::is_gzip(head)) {
    internal::refuse(ErrorKind::kUnsupported, name,
                     "a gzip file that holds a .npy or another gzip file; inflate it first");
  }
  internal::ParsedImage image = internal::parse_nifti(head, name);
  internal::check_inflation(static_cast<int64_t>(bytes.size()),
                            image.data_offset_bytes + image.data_bytes, name);
  return image;
}

internal::ParsedImage parse_plain_nifti(std::span<const std::byte> bytes, std::string_view name) {
  internal::ParsedImage image = internal::parse_nifti(bytes, name);
  internal::check_length(image, static_cast<int64_t>(bytes.size()), name);
  internal::check_extensions(image, bytes);
  return image;
}

/// The header of a format whose voxels follow it as they are or compressed as one stream.
internal::ParsedImage parse(FileFormat format, const ImageFile& file) {
  switch (format) {
    case FileFormat::kNpy:
      return internal::parse_npy(file.bytes, file.name, file.options.channel_axis);
    case FileFormat::kNifti:
      return parse_plain_nifti(file.bytes, file.name);
    case FileFormat::kNrrd:
      return internal::parse_nrrd(file);
    case FileFormat::kMetaImage:
      return internal::parse_meta_image(file);
    default:
      break;
  }
  return parse_gzip_beginning(file.bytes, file.name);
}

Volume inflate_volume(internal::ParsedImage image, std::span<const std::byte> compressed,
                      std::string_view name) {
  const int64_t expected_bytes = image.data_offset_bytes + image.data_bytes;
  internal::Inflated content = internal::inflate_gzip(compressed, expected_bytes, name);
  internal::check_length(image, content.bytes.size_bytes(), name);
  internal::check_extensions(image, content.bytes.bytes());
  if (content.padding_bytes > 0) {
    image.header.notes.push_back(std::to_string(content.padding_bytes) +
                                 " zero bytes follow the gzip data");
  }
  return internal::load(std::move(image), std::move(content.bytes));
}

Volume read_content(FileFormat format, const ImageFile& file, core::Buffer owned) {
  switch (format) {
    case FileFormat::kTiff:
      return internal::read_tiff(file);
    case FileFormat::kNpz:
      return internal::read_zip_members(file.bytes, file.name, file.options);
    case FileFormat::kHdf5:
      return internal::read_hdf5(file, "");
    case FileFormat::kDicom:
      return internal::read_dicom_file(file.bytes, file.name, file.options);
    case FileFormat::kNiftiGz:
      return inflate_volume(parse(format, file), file.bytes, file.name);
    default:
      return internal::load_voxels(parse(format, file), file, std::move(owned));
  }
}

Volume read(const ImageFile& file, core::Buffer owned) {
  const FileFormat format = format_of_content(file.bytes, file.name);
  Volume volume = read_content(format, file, std::move(owned));
  note_disagreement(format, file.name, volume.header);
  return volume;
}

Header read_content_header(FileFormat format, const ImageFile& file) {
  switch (format) {
    case FileFormat::kTiff:
      return internal::read_tiff_header(file);
    case FileFormat::kHdf5:
      return internal::read_hdf5_header(file, "");
    case FileFormat::kNpz:
    case FileFormat::kDicom:
      return read_content(format, file, {}).header;
    case FileFormat::kNiftiGz:
      return parse(format, file).header;
    default:
      break;
  }
  internal::ParsedImage image = parse(format, file);
  internal::check_voxels(image, file);
  return std::move(image.header);
}

bool is_folder(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

/// Containers that are read in place.
std::optional<Volume> read_in_place(const std::filesystem::path& path, const ReadOptions& options) {
  const std::string name = path.string();
  const std::optional<internal::Hdf5Place> place = internal::split_hdf5_path(path);
  const std::filesystem::path& file_path = place ? place->file : path;
  if (is_folder(file_path)) {
    return internal::read_members(*archive::Archive::open(path), name, options);
  }
  const core::Buffer beginning = internal::read_beginning(file_path);
  if (place || internal::is_hdf5(beginning.bytes())) {
    const ImageFile file{.bytes = {}, .name = name, .path = file_path, .options = options};
    return internal::read_hdf5(file, place ? place->dataset : "");
  }
  if (internal::is_zip(beginning.bytes())) {
    return internal::read_members(*archive::Archive::open(path), name, options);
  }
  return std::nullopt;
}

}  // namespace

Volume read_volume(std::span<const std::byte> bytes, std::string_view name,
                   const ReadOptions& options) {
  return read({.bytes = bytes, .name = name, .path = std::nullopt, .options = options}, {});
}

Volume read_volume(const std::filesystem::path& path, const ReadOptions& options) {
  if (std::optional<Volume> volume = read_in_place(path, options)) {
    return std::move(*volume);
  }
  const std::string name = path.string();
  core::Buffer bytes = core::read_file(path);
  const ImageFile file{
      .bytes = std::as_const(bytes).bytes(), .name = name, .path = path, .options = options};
  return read(file, std::move(bytes));
}

bool is_single_file(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  const std::optional<FileFormat> format = format_of_name(name);
  const bool detached =
      (format == FileFormat::kNrrd || format == FileFormat::kMetaImage) && !is_written_name(name);
  if (detached || is_folder(path) || internal::split_hdf5_path(path)) {
    return false;
  }
  const core::Buffer beginning = internal::read_beginning(path);
  const bool zip_of_slices = !format && internal::is_zip(beginning.bytes());
  return format != FileFormat::kDicom && !zip_of_slices && !internal::is_dicom(beginning.bytes());
}

Header read_header(std::span<const std::byte> bytes, std::string_view name,
                   const ReadOptions& options) {
  const ImageFile file{.bytes = bytes, .name = name, .path = std::nullopt, .options = options};
  const FileFormat format = format_of_content(bytes, name);
  Header header = read_content_header(format, file);
  note_disagreement(format, name, header);
  return header;
}

core::Buffer encode_volume(const Volume& volume, FileFormat format) {
  switch (format) {
    case FileFormat::kNpy:
      return internal::encode_npy(volume);
    case FileFormat::kNrrd:
      return internal::encode_nrrd(volume);
    case FileFormat::kMetaImage:
      return internal::encode_meta_image(volume);
    case FileFormat::kTiff:
      return internal::encode_tiff(volume);
    case FileFormat::kNpz:
    case FileFormat::kHdf5:
    case FileFormat::kDicom:
      throw Error(ErrorKind::kUsage, "volume.encode",
                  std::string(extension_of(format)) + " is read only; write one of " +
                      listed_written_extensions());
    case FileFormat::kNifti:
    case FileFormat::kNiftiGz:
      break;
  }
  core::Buffer file = internal::encode_nifti(volume);
  if (format == FileFormat::kNifti) {
    return file;
  }
  return internal::deflate_gzip(std::as_const(file).bytes());
}

void write_volume(const std::filesystem::path& path, const Volume& volume,
                  core::Overwrite overwrite) {
  const std::string name = path.filename().string();
  const std::optional<FileFormat> format = format_of_name(name);
  if (!format || !is_written_name(name)) {
    throw Error(ErrorKind::kUsage, "volume.write",
                path.string() + ": the name ends in none of " + listed_written_extensions());
  }
  core::check_output(path, overwrite);
  const core::Buffer file = encode_volume(volume, *format);
  core::write_file(path, file.bytes(), overwrite);
}

}  // namespace volseg::volume
