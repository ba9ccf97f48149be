// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/image_paths.h"

#include <algorithm>
#include <functional>
#include <span>
#include <string>
#include <utility>

#include "volseg/archive/archive.h"
#include "volseg/core/error.h"
#include "volseg/core/files.h"
#include "volseg/volume/formats.h"
#include "volseg/volume/internal/dicom_file.h"
#include "volseg/volume/internal/hdf5_file.h"
#include "volseg/volume/internal/member_volume.h"
#include "volseg/volume/internal/text_header.h"

namespace volseg::volume {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kZip = ".zip";

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

bool ends_with(std::string_view name, std::string_view extension) {
  return name.size() > extension.size() &&
         internal::equals_any_case(name.substr(name.size() - extension.size()), extension);
}

std::vector<fs::path> list(const fs::path& folder,
                           const std::function<bool(const fs::path&)>& wanted) {
  std::vector<fs::path> paths;
  try {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      if (!entry.path().filename().string().starts_with('.') && wanted(entry.path())) {
        paths.push_back(entry.path());
      }
    }
  } catch (const fs::filesystem_error& error) {
    throw Error(ErrorKind::kIo, "volume.list",
                folder.string() + ": cannot be listed: " + error.code().message());
  }
  std::ranges::sort(paths);
  return paths;
}

/// A damaged file counts as whole, so that reading it says what is wrong.
bool is_whole_dicom(const fs::path& path) {
  const core::Buffer bytes = core::read_file(path);
  try {
    const internal::DicomFile file(bytes.bytes(), path.string());
    return file.slice().frames != 1 || internal::is_segmentation(file.slice());
  } catch (const Error&) {
    return true;
  }
}

bool is_image_file(const fs::path& path) {
  const auto format = format_of_name(path.filename().string());
  return format && is_file(path) && (format != FileFormat::kDicom || is_whole_dicom(path));
}

bool is_dicom_file(const fs::path& path) {
  const core::Buffer beginning = internal::read_beginning(path);
  return internal::is_dicom(beginning.bytes());
}

}  // namespace

bool may_be_image(const fs::path& path) {
  if (is_folder(path)) {
    return true;
  }
  if (is_file(path)) {
    return format_of_name(path.filename().string()) || internal::is_container(path) ||
           is_dicom_file(path);
  }
  return internal::split_hdf5_path(path).has_value();
}

bool holds_slices(const fs::path& path) {
  if (!internal::is_container(path)) {
    return is_dicom_file(path);
  }
  const auto archive = archive::Archive::open(path);
  const auto& members = archive->members();
  const bool has_tables = std::ranges::any_of(members, [](const archive::Member& member) {
    return ends_with(member.name, ".pq") || ends_with(member.name, ".parquet");
  });
  if (has_tables) {
    return false;
  }
  constexpr size_t kMostLookedAt = 20;
  const std::span looked_at(members.data(), std::min(members.size(), kMostLookedAt));
  return std::ranges::any_of(looked_at, [&](const archive::Member& member) {
    const bool named = ends_with(member.name, ".tif") || ends_with(member.name, ".tiff") ||
                       ends_with(member.name, ".png");
    return named || internal::is_dicom(std::as_const(*archive).read(member).bytes());
  });
}

std::vector<fs::path> list_image_files(const fs::path& folder) {
  return list(folder, is_image_file);
}

std::vector<fs::path> list_slice_folders(const fs::path& folder) {
  return list(folder, [](const fs::path& path) {
    return is_folder(path) ||
           (ends_with(path.filename().string(), kZip) && internal::is_container(path));
  });
}

std::vector<fs::path> list_images(const fs::path& folder) {
  std::vector<fs::path> images = list_image_files(folder);
  if (images.empty()) {
    images = list_slice_folders(folder);
  }
  if (images.empty() && fs::directory_iterator(folder) != fs::directory_iterator()) {
    images.push_back(folder);
  }
  return images;
}

std::string stem_of_path(const fs::path& path) {
  if (is_folder(path)) {
    return (path.has_filename() ? path : path.parent_path()).filename().string();
  }
  const auto place = is_file(path) ? std::nullopt : internal::split_hdf5_path(path);
  const std::string stem = stem_of_name((place ? place->file : path).string());
  return ends_with(stem, kZip) ? stem.substr(0, stem.size() - kZip.size()) : stem;
}

}  // namespace volseg::volume
