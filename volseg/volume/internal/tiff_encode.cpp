// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "volseg/core/error.h"
#include "volseg/volume/internal/tiff.h"
#include "volseg/volume/internal/tiff_memory.h"
#include "volseg/volume/internal/tiff_text.h"
#include "volseg/volume/internal/voxel_data.h"

namespace volseg::volume::internal {

namespace {

uint16_t sample_format(DataType type) {
  if (!is_integer(type)) {
    return SAMPLEFORMAT_IEEEFP;
  }
  return name_of(type)[0] == 'u' ? SAMPLEFORMAT_UINT : SAMPLEFORMAT_INT;
}

[[noreturn]] void fail(ErrorKind kind, const std::string& message) {
  throw Error(kind, "volume.encode", message);
}

void describe_page(TIFF* tiff, const Header& header, DataType type) {
  constexpr uint32_t kStripBytes = 256 << 10;
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, static_cast<uint32_t>(header.shape[0]));
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, static_cast<uint32_t>(header.shape[1]));
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, static_cast<int>(8 * size_bytes(type)));
  TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, static_cast<int>(sample_format(type)));
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
  const int64_t row_bytes = header.shape[0] * size_bytes(type);
  const int64_t rows = std::clamp<int64_t>(kStripBytes / row_bytes, 1, header.shape[1]);
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, static_cast<uint32_t>(rows));
  if (header.geometry.known) {
    TIFFSetField(tiff, TIFFTAG_XRESOLUTION, 1 / header.geometry.spacing_mm[0]);
    TIFFSetField(tiff, TIFFTAG_YRESOLUTION, 1 / header.geometry.spacing_mm[1]);
    TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_NONE);
  }
}

bool write_page(TIFF* tiff, std::byte* pixels, int64_t row_bytes, int64_t rows) {
  const auto strip_rows = static_cast<int64_t>([tiff] {
    uint32_t value = 1;
    TIFFGetField(tiff, TIFFTAG_ROWSPERSTRIP, &value);
    return value;
  }());
  for (int64_t row = 0; row < rows; row += strip_rows) {
    const int64_t bytes = std::min(strip_rows, rows - row) * row_bytes;
    const auto strip = static_cast<uint32_t>(row / strip_rows);
    if (TIFFWriteEncodedStrip(tiff, strip, pixels + row * row_bytes, bytes) != bytes) {
      return false;
    }
  }
  return TIFFWriteDirectory(tiff) != 0;
}

}  // namespace

core::Buffer encode_tiff(const Volume& volume) {
  constexpr int64_t kMostClassicBytes = int64_t{3} << 30;
  const Header& header = volume.header;
  if (header.channels > 1) {
    fail(ErrorKind::kUnsupported, std::to_string(header.channels) +
                                      " channels in a TIFF stack; write them as .nrrd, .mha or "
                                      ".nii.gz");
  }
  DenseVoxels voxels = dense_voxels(volume, true);
  TiffMemory memory;
  {
    const char* mode = voxels.bytes.size_bytes() > kMostClassicBytes ? "w8" : "w";
    const TiffHandle tiff = memory.open(mode, 0);
    const int64_t row_bytes = header.shape[0] * size_bytes(voxels.type);
    for (int64_t page = 0; tiff != nullptr && page < header.shape[2]; ++page) {
      describe_page(tiff.get(), header, voxels.type);
      if (page == 0) {
        TIFFSetField(tiff.get(), TIFFTAG_IMAGEDESCRIPTION, stack_description(header).c_str());
      }
      std::byte* pixels = voxels.bytes.data() + page * row_bytes * header.shape[1];
      if (!write_page(tiff.get(), pixels, row_bytes, header.shape[1])) {
        break;
      }
    }
  }
  if (!memory.message().empty()) {
    fail(ErrorKind::kLimit, "the TIFF cannot be made: " + memory.message());
  }
  return core::Buffer::copy_of(memory.written());
}

}  // namespace volseg::volume::internal
