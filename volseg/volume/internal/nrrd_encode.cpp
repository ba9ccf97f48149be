// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <bit>
#include <cstring>
#include <string>

#include "volseg/volume/internal/affine.h"
#include "volseg/volume/internal/gzip.h"
#include "volseg/volume/internal/nrrd.h"
#include "volseg/volume/internal/text_header.h"
#include "volseg/volume/internal/voxel_data.h"

namespace volseg::volume::internal {

namespace {

std::string vector_text(const Vector3& vector) {
  return "(" + exact_text(vector[0]) + "," + exact_text(vector[1]) + "," + exact_text(vector[2]) +
         ")";
}

std::string type_text(DataType type) {
  switch (type) {
    case DataType::kFloat32:
      return "float";
    case DataType::kFloat64:
      return "double";
    default:
      return std::string(name_of(type));
  }
}

std::string geometry_text(const Header& header) {
  if (is_spacing_only(header.geometry)) {
    const std::array<double, 3>& spacing_mm = header.geometry.spacing_mm;
    return "spacings: " + exact_text(spacing_mm[0]) + " " + exact_text(spacing_mm[1]) + " " +
           exact_text(spacing_mm[2]) + (header.channels > 1 ? " nan\n" : "\n");
  }
  Affine affine = affine_of(header.geometry);
  swap_patient_axes(affine);
  std::string text = "space directions:";
  for (const Vector3& column : affine.columns) {
    text += " " + vector_text(column);
  }
  text += header.channels > 1 ? " none\n" : "\n";
  return text + "space origin: " + vector_text(affine.origin) + "\n";
}

std::string header_text(const Header& header, DataType type) {
  const bool channels = header.channels > 1;
  std::string text =
      "NRRD0005\ntype: " + type_text(type) + "\ndimension: " + (channels ? "4" : "3") + "\n";
  if (header.geometry.known && !is_spacing_only(header.geometry)) {
    text += "space: left-posterior-superior\n";
  }
  text += "sizes:";
  for (const int64_t extent : header.shape) {
    text += " " + std::to_string(extent);
  }
  text += channels ? " " + std::to_string(header.channels) + "\n" : "\n";
  text += header.geometry.known ? geometry_text(header) : "";
  text += channels ? "kinds: domain domain domain list\n" : "kinds: domain domain domain\n";
  const bool little = std::endian::native == std::endian::little;
  text += size_bytes(type) > 1 ? std::string("endian: ") + (little ? "little\n" : "big\n") : "";
  return text + "encoding: gzip\n\n";
}

}  // namespace

core::Buffer encode_nrrd(const Volume& volume) {
  const DenseVoxels voxels = dense_voxels(volume, false);
  const core::Buffer packed = deflate_gzip(voxels.bytes.bytes());
  return joined(header_text(volume.header, voxels.type), packed.bytes());
}

}  // namespace volseg::volume::internal
