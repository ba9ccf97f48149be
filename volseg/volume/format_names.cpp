// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string>

#include "volseg/volume/formats.h"
#include "volseg/volume/internal/text_header.h"

namespace volseg::volume {

namespace {

struct Extension {
  std::string_view text;
  FileFormat format;
  bool written;  ///< write_volume makes files of this name
};

/// The first of each format is the one that extension_of gives.
constexpr std::array<Extension, 13> kExtensions{{{".npy", FileFormat::kNpy, true},
                                                 {".nii", FileFormat::kNifti, true},
                                                 {".nii.gz", FileFormat::kNiftiGz, true},
                                                 {".nrrd", FileFormat::kNrrd, true},
                                                 {".nhdr", FileFormat::kNrrd, false},
                                                 {".mha", FileFormat::kMetaImage, true},
                                                 {".mhd", FileFormat::kMetaImage, false},
                                                 {".tif", FileFormat::kTiff, true},
                                                 {".tiff", FileFormat::kTiff, true},
                                                 {".npz", FileFormat::kNpz, false},
                                                 {".h5", FileFormat::kHdf5, false},
                                                 {".hdf5", FileFormat::kHdf5, false},
                                                 {".dcm", FileFormat::kDicom, false}}};

const Extension* extension_in(std::string_view name) {
  const auto* found = std::ranges::find_if(kExtensions, [name](const Extension& extension) {
    return name.size() >= extension.text.size() &&
           internal::equals_any_case(name.substr(name.size() - extension.text.size()),
                                     extension.text);
  });
  return found == kExtensions.end() ? nullptr : found;
}

std::string listed(bool written_only) {
  std::string text;
  for (const Extension& extension : kExtensions) {
    if (extension.written || !written_only) {
      text += (text.empty() ? "" : ", ") + std::string(extension.text);
    }
  }
  return text;
}

}  // namespace

std::optional<FileFormat> format_of_name(std::string_view name) {
  const Extension* extension = extension_in(name);
  return extension == nullptr ? std::nullopt : std::optional(extension->format);
}

bool is_written_name(std::string_view name) {
  const Extension* extension = extension_in(name);
  return extension != nullptr && extension->written;
}

std::string stem_of_name(std::string_view name) {
  const size_t slash = name.rfind('/');
  const std::string_view file = slash == std::string_view::npos ? name : name.substr(slash + 1);
  const Extension* extension = extension_in(file);
  const size_t extension_length = extension == nullptr ? 0 : extension->text.size();
  return std::string(file.substr(0, file.size() - extension_length));
}

std::string_view extension_of(FileFormat format) {
  return std::ranges::find(kExtensions, format, &Extension::format)->text;
}

std::string listed_extensions() { return listed(false); }

std::string listed_written_extensions() { return listed(true); }

}  // namespace volseg::volume
