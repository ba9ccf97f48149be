// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/tiff.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "volseg/volume/internal/made_volume_test.h"
#include "volseg/volume/internal/tiff_memory.h"

namespace volseg::volume::internal {
namespace {

/// What a page of a made TIFF is like.
struct MadePage {
  uint32_t width = 5;
  uint32_t height = 4;
  uint16_t bits = 16;
  uint16_t samples = 1;
  uint16_t compression = COMPRESSION_NONE;
  uint32_t tile = 0;
  uint32_t subfile = 0;
  std::string description = {};
};

void set_fields(TIFF* tiff, const MadePage& page) {
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, page.width);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, page.height);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, page.bits);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, page.samples);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC,
               page.samples == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, page.compression);
  TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, page.subfile);
  if (!page.description.empty()) {
    TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION, page.description.c_str());
    TIFFSetField(tiff, TIFFTAG_XRESOLUTION, 2.0);
    TIFFSetField(tiff, TIFFTAG_YRESOLUTION, 4.0);
  }
}

/// Pixel (x, y) of page z has the value x + 16 y + 256 z.
std::vector<uint16_t> pixels_of(const MadePage& page, uint32_t x0, uint32_t y0, uint32_t columns,
                                uint32_t rows, size_t z) {
  std::vector<uint16_t> pixels;
  for (uint32_t index = 0; index < rows * columns * page.samples; ++index) {
    pixels.push_back(
        static_cast<uint16_t>(x0 + index % columns + 16 * (y0 + index / columns) + 256 * z));
  }
  return pixels;
}

void write_strip(TIFF* tiff, const MadePage& page, size_t z) {
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, page.height);
  auto pixels = pixels_of(page, 0, 0, page.width, page.height, z);
  const auto bytes = pixels.size() * page.bits / 8;
  TIFFWriteEncodedStrip(tiff, 0, pixels.data(), static_cast<tmsize_t>(bytes));
}

void write_tiles(TIFF* tiff, const MadePage& page, size_t z) {
  TIFFSetField(tiff, TIFFTAG_TILEWIDTH, page.tile);
  TIFFSetField(tiff, TIFFTAG_TILELENGTH, page.tile);
  for (uint32_t y = 0; y < page.height; y += page.tile) {
    for (uint32_t x = 0; x < page.width; x += page.tile) {
      auto pixels = pixels_of(page, x, y, page.tile, page.tile, z);
      TIFFWriteEncodedTile(tiff, TIFFComputeTile(tiff, x, y, 0, 0), pixels.data(),
                           static_cast<tmsize_t>(pixels.size() * page.bits / 8));
    }
  }
}

std::vector<std::byte> tiff_of(const std::vector<MadePage>& pages, const char* mode = "w") {
  TiffMemory memory;
  {
    const TiffHandle tiff = memory.open(mode, 0);
    for (size_t z = 0; z < pages.size(); ++z) {
      set_fields(tiff.get(), pages[z]);
      if (pages[z].tile > 0) {
        write_tiles(tiff.get(), pages[z], z);
      } else {
        write_strip(tiff.get(), pages[z], z);
      }
      TIFFWriteDirectory(tiff.get());
    }
  }
  return {memory.written().begin(), memory.written().end()};
}

void refuses(ErrorKind kind, const std::string& words, const std::vector<std::byte>& bytes) {
  expect_error(kind, words, [&] { (void)read_volume(bytes, "a.tif"); });
}

TEST(Tiff, reads_pages_as_slices_in_either_byte_order_big_tiled_and_compressed) {
  for (const char* mode : {"wl", "wb", "wl8", "wb8"}) {
    for (const uint16_t compression : {COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_PACKBITS,
                                       COMPRESSION_ADOBE_DEFLATE, COMPRESSION_ZSTD}) {
      for (const uint32_t tile : {0U, 16U}) {
        SCOPED_TRACE(std::string(mode) + " " + std::to_string(compression) + " " +
                     std::to_string(tile));
        const MadePage page{.width = 21, .height = 17, .compression = compression, .tile = tile};
        const Volume volume = read_volume(tiff_of({page, page, page}, mode), "a.tif");
        ASSERT_EQ(volume.header.shape, (core::Shape3{21, 17, 3}));
        const auto voxels = volume.channel<uint16_t>(0);
        EXPECT_EQ(voxels(0, 0, 0), 0);
        EXPECT_EQ(voxels(20, 16, 2), 20 + 16 * 16 + 512);
        EXPECT_EQ(voxels(3, 12, 1), 3 + 16 * 12 + 256);
      }
    }
  }
}

TEST(Tiff, takes_spacing_from_imagej_and_ome_and_not_from_a_printers_resolution) {
  const auto spacing_of = [](const std::string& text) {
    return read_volume(tiff_of({{.description = text}}), "a.tif").header.geometry;
  };
  const Geometry imagej = spacing_of("ImageJ=1.53\nimages=1\nunit=micron\nspacing=3\n");
  EXPECT_TRUE(imagej.known);
  EXPECT_EQ(imagej.spacing_mm, (std::array<double, 3>{0.0005, 0.00025, 0.003}));
  const Geometry ome = spacing_of(
      "<?xml?><OME><Pixels PhysicalSizeX=\"500\" PhysicalSizeXUnit=\"nm\" PhysicalSizeY=\"2\" "
      "PhysicalSizeZ=\"4\" SizeC=\"1\"/></OME>");
  EXPECT_EQ(ome.spacing_mm, (std::array<double, 3>{0.0005, 0.002, 0.004}));
  EXPECT_FALSE(spacing_of("a scan").known);
  EXPECT_FALSE(spacing_of("ImageJ=1.53\nunit=furlong\nspacing=3\n").known);
}

TEST(Tiff, passes_over_previews_and_says_so) {
  const MadePage page;
  const MadePage preview{.width = 2, .height = 2, .subfile = FILETYPE_REDUCEDIMAGE};
  const Volume volume = read_volume(tiff_of({page, preview, page}), "a.tif");
  EXPECT_EQ(volume.header.shape[2], 2);
  EXPECT_TRUE(has_note(volume.header, "1 preview"));
  EXPECT_EQ(volume.channel<uint16_t>(0)(0, 0, 1), 512);
}

TEST(BadTiff, N04_colour_odd_bits_and_hyperstacks_are_named) {
  refuses(ErrorKind::kUnsupported, "colour", tiff_of({{.samples = 3}}));
  refuses(ErrorKind::kUnsupported, "2 numbers", tiff_of({{.samples = 2}}));
  refuses(ErrorKind::kUnsupported, "4 bits", tiff_of({{.bits = 4}}));
  refuses(ErrorKind::kUnsupported, "2 channels",
          tiff_of({{.description = "ImageJ=1\nimages=2\nchannels=2\n"}}));
  refuses(ErrorKind::kUnsupported, "900 images",
          tiff_of({{.description = "ImageJ=1\nimages=900\n"}}));
}

TEST(BadTiff, N06_pages_that_differ_are_refused_by_number) {
  refuses(ErrorKind::kUnsupported, "page 2", tiff_of({{}, {.width = 6}}));
  refuses(ErrorKind::kUnsupported, "uint8", tiff_of({{}, {.bits = 8}}));
}

TEST(BadTiff, N07_sizes_are_bounded_by_the_bytes_at_hand) {
  std::vector<std::byte> bytes = tiff_of({{.width = 3, .height = 7}}, "wl");
  for (size_t at = 0; at + 12 < bytes.size(); ++at) {
    const bool is_extent = bytes[at + 1] == std::byte{1} &&
                           (bytes[at] == std::byte{0} || bytes[at] == std::byte{1}) &&
                           bytes[at + 3] == std::byte{0} && bytes[at + 4] == std::byte{1};
    if (is_extent && (bytes[at + 8] == std::byte{3} || bytes[at + 8] == std::byte{7})) {
      bytes[at + 2] = std::byte{4};
      bytes[at + 10] = std::byte{1};
      bytes[at + 11] = std::byte{0};
    }
  }
  refuses(ErrorKind::kLimit, "cannot hold", bytes);
}

TEST(BadTiff, N09_survives_every_cut_and_every_flipped_bit) {
  const MadePage page{.compression = COMPRESSION_LZW};
  const std::vector<std::byte> whole = tiff_of({page, page});
  for (size_t size = 0; size < whole.size(); ++size) {
    try {
      (void)read_volume(std::span(whole).first(size), "a.tif");
    } catch (const Error& error) {
      EXPECT_NE(error.kind(), ErrorKind::kIo);
    }
  }
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::vector<std::byte> damaged = whole;
    damaged[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    try {
      EXPECT_GT(read_volume(damaged, "a.tif").data.size_bytes(), 0);
    } catch (const Error& error) {
      EXPECT_NE(error.kind(), ErrorKind::kIo);
    }
  }
  refuses(ErrorKind::kFormat, "damaged", {whole.begin(), whole.begin() + 30});
}

}  // namespace
}  // namespace volseg::volume::internal
