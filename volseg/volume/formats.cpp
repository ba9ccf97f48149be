// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/formats.h"

#include <algorithm>
#include <array>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/volume/internal/gzip.h"
#include "volseg/volume/internal/nifti.h"
#include "volseg/volume/internal/npy.h"

namespace volseg::volume {

namespace {

struct NamedFormat {
  std::string_view extension;
  FileFormat format;
};

constexpr std::array<NamedFormat, 3> kFormats{
    {{".npy", FileFormat::kNpy}, {".nii", FileFormat::kNifti}, {".nii.gz", FileFormat::kNiftiGz}}};

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool ends_with(std::string_view name, std::string_view extension) {
  return name.size() >= extension.size() &&
         std::ranges::equal(name.substr(name.size() - extension.size()), extension, {}, lower);
}

bool begins_with(std::span<const std::byte> bytes, std::string_view start) {
  return bytes.size() >= start.size() &&
         std::equal(start.begin(), start.end(), reinterpret_cast<const char*>(bytes.data()));
}

/// Throws unless the name at least promises a NIfTI, whose own reader then says what is wrong.
void refuse_other_content(std::span<const std::byte> bytes, std::string_view name) {
  if (bytes.empty()) {
    internal::refuse(ErrorKind::kFormat, name, "the file is empty");
  }
  if (begins_with(bytes, "PK\x03\x04") || begins_with(bytes, "PK\x05\x06")) {
    internal::refuse(ErrorKind::kUnsupported, name,
                     "a zip archive (such as .npz); save each array as a .npy of its own");
  }
  if (bytes[0] == std::byte{0x80} && bytes.size() > 1 && bytes[1] <= std::byte{5}) {
    internal::refuse(ErrorKind::kUnsupported, name,
                     "a Python pickle, which is never unpickled; save the array as .npy");
  }
  if (format_of_name(name) == FileFormat::kNifti) {
    return;
  }
  internal::refuse(ErrorKind::kFormat, name, "the content is neither .npy nor NIfTI");
}

/// Formats told by content: the first bytes decide, never the name.
FileFormat format_of_content(std::span<const std::byte> bytes, std::string_view name) {
  if (internal::is_npy(bytes)) {
    return FileFormat::kNpy;
  }
  if (internal::is_gzip(bytes)) {
    return FileFormat::kNiftiGz;
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

internal::ParsedImage parse(FileFormat format, std::span<const std::byte> bytes,
                            std::string_view name, const ReadOptions& options) {
  internal::ParsedImage image = [&] {
    switch (format) {
      case FileFormat::kNpy:
        return internal::parse_npy(bytes, name, options.channel_axis);
      case FileFormat::kNifti:
        return parse_plain_nifti(bytes, name);
      case FileFormat::kNiftiGz:
        break;
    }
    return parse_gzip_beginning(bytes, name);
  }();
  note_disagreement(format, name, image.header);
  return image;
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

}  // namespace

std::optional<FileFormat> format_of_name(std::string_view name) {
  const auto* found = std::ranges::find_if(
      kFormats, [name](const NamedFormat& format) { return ends_with(name, format.extension); });
  return found == kFormats.end() ? std::nullopt : std::optional(found->format);
}

std::string stem_of_name(std::string_view name) {
  const size_t slash = name.rfind('/');
  const std::string_view file = slash == std::string_view::npos ? name : name.substr(slash + 1);
  const std::optional<FileFormat> format = format_of_name(file);
  const size_t extension_length = format ? extension_of(*format).size() : 0;
  return std::string(file.substr(0, file.size() - extension_length));
}

std::string_view extension_of(FileFormat format) {
  return kFormats[static_cast<size_t>(format)].extension;
}

Volume read_volume(std::span<const std::byte> bytes, std::string_view name,
                   const ReadOptions& options) {
  const FileFormat format = format_of_content(bytes, name);
  internal::ParsedImage image = parse(format, bytes, name, options);
  if (format == FileFormat::kNiftiGz) {
    return inflate_volume(std::move(image), bytes, name);
  }
  return internal::load(std::move(image), bytes);
}

Volume read_volume(const std::filesystem::path& path, const ReadOptions& options) {
  const std::string name = path.string();
  core::Buffer file = core::read_file(path);
  const FileFormat format = format_of_content(file.bytes(), name);
  internal::ParsedImage image = parse(format, file.bytes(), name, options);
  if (format == FileFormat::kNiftiGz) {
    return inflate_volume(std::move(image), file.bytes(), name);
  }
  return internal::load(std::move(image), std::move(file));
}

Header read_header(std::span<const std::byte> bytes, std::string_view name,
                   const ReadOptions& options) {
  return parse(format_of_content(bytes, name), bytes, name, options).header;
}

core::Buffer encode_volume(const Volume& volume, FileFormat format) {
  if (format == FileFormat::kNpy) {
    return internal::encode_npy(volume);
  }
  core::Buffer file = internal::encode_nifti(volume);
  if (format == FileFormat::kNifti) {
    return file;
  }
  return internal::deflate_gzip(std::as_const(file).bytes());
}

void write_volume(const std::filesystem::path& path, const Volume& volume,
                  core::Overwrite overwrite) {
  const std::optional<FileFormat> format = format_of_name(path.filename().string());
  if (!format) {
    throw Error(ErrorKind::kUsage, "volume.write",
                path.string() + ": the name ends in none of .npy, .nii and .nii.gz");
  }
  core::check_output(path, overwrite);
  const core::Buffer file = encode_volume(volume, *format);
  core::write_file(path, file.bytes(), overwrite);
}

}  // namespace volseg::volume
