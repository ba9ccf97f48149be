// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/tiff.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "volseg/volume/internal/gzip.h"
#include "volseg/volume/internal/parsed_image.h"
#include "volseg/volume/internal/tiff_memory.h"
#include "volseg/volume/internal/tiff_text.h"

namespace volseg::volume::internal {

namespace {

constexpr int64_t kFreeBytes = 64 << 20;

/// What the directory of one page says.
struct Page {
  uint32_t width = 0;
  uint32_t height = 0;
  DataType type = DataType::kUint8;

  bool operator==(const Page&) const = default;
};

template <typename Value>
Value field_of(TIFF* tiff, uint32_t tag, Value otherwise) {
  Value value = otherwise;
  TIFFGetFieldDefaulted(tiff, tag, &value);
  return value;
}

std::optional<DataType> type_of(uint16_t bits, uint16_t format) {
  struct NamedType {
    uint16_t bits;
    uint16_t format;
    DataType type;
  };
  constexpr std::array<NamedType, 11> kTypes{{{8, SAMPLEFORMAT_UINT, DataType::kUint8},
                                              {8, SAMPLEFORMAT_INT, DataType::kInt8},
                                              {16, SAMPLEFORMAT_UINT, DataType::kUint16},
                                              {16, SAMPLEFORMAT_INT, DataType::kInt16},
                                              {32, SAMPLEFORMAT_UINT, DataType::kUint32},
                                              {32, SAMPLEFORMAT_INT, DataType::kInt32},
                                              {64, SAMPLEFORMAT_UINT, DataType::kUint64},
                                              {64, SAMPLEFORMAT_INT, DataType::kInt64},
                                              {16, SAMPLEFORMAT_IEEEFP, DataType::kFloat16},
                                              {32, SAMPLEFORMAT_IEEEFP, DataType::kFloat32},
                                              {64, SAMPLEFORMAT_IEEEFP, DataType::kFloat64}}};
  const uint16_t wanted = format == SAMPLEFORMAT_VOID ? uint16_t{SAMPLEFORMAT_UINT} : format;
  for (const NamedType& entry : kTypes) {
    if (entry.bits == bits && entry.format == wanted) {
      return entry.type;
    }
  }
  return std::nullopt;
}

/// One TIFF file being read page by page.
class TiffReader {
 public:
  explicit TiffReader(const ImageFile& file)
      : file_(file),
        memory_(file.bytes),
        tiff_(memory_.open("r", static_cast<int64_t>(file.bytes.size()) + kFreeBytes)) {
    if (tiff_ == nullptr) {
      fail("it cannot be opened");
    }
  }

  Header read_header() {
    Header header;
    do {
      const auto kind = field_of<uint32_t>(tiff_.get(), TIFFTAG_SUBFILETYPE, 0);
      if ((kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) != 0) {
        ++passed_over_;
        continue;
      }
      take_page(header);
    } while (TIFFReadDirectory(tiff_.get()) != 0);
    if (!memory_.message().empty()) {
      fail("its directories are damaged");
    }
    if (pages_.empty()) {
      refuse(ErrorKind::kUnsupported, file_.name, "the TIFF has no page but previews or masks");
    }
    finish_header(header);
    return header;
  }

  Volume read() {
    Volume volume{.header = read_header()};
    const int64_t page_bytes = volume.header.strides[2] * size_bytes(volume.header.type);
    volume.data = core::Buffer(page_bytes * volume.header.shape[2]);
    for (size_t page = 0; page < pages_.size(); ++page) {
      if (TIFFSetSubDirectory(tiff_.get(), pages_[page]) == 0) {
        fail("page " + std::to_string(page + 1) + " cannot be found again");
      }
      read_page(volume.data.data() + static_cast<int64_t>(page) * page_bytes, page);
    }
    return volume;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    refuse(ErrorKind::kFormat, file_.name,
           "the TIFF is damaged: " + what +
               (memory_.message().empty() ? "" : " (" + memory_.message() + ")"));
  }

  void refuse_page(const std::string& found, const std::string& wanted) const {
    refuse(ErrorKind::kUnsupported, file_.name,
           "page " + std::to_string(pages_.size() + 1) + " of the TIFF " + found + "; " + wanted);
  }

  [[nodiscard]] Page describe_page() const {
    TIFF* tiff = tiff_.get();
    const auto samples = field_of<uint16_t>(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    const auto photometric = field_of<uint16_t>(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    if (samples != 1 || photometric > PHOTOMETRIC_MINISBLACK) {
      refuse_page("is in colour or has " + std::to_string(samples) + " numbers a pixel",
                  "save it as grey values, one number a pixel");
    }
    const auto bits = field_of<uint16_t>(tiff, TIFFTAG_BITSPERSAMPLE, 1);
    const auto format = field_of<uint16_t>(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
    const std::optional<DataType> type = type_of(bits, format);
    if (!type) {
      refuse_page("has " + std::to_string(bits) + " bits a pixel in sample format " +
                      std::to_string(format),
                  "volseg reads integers of 8 to 64 bits and floats of 16 to 64");
    }
    const auto compression = field_of<uint16_t>(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
    if (TIFFIsCODECConfigured(compression) == 0) {
      refuse_page("is compressed by method " + std::to_string(compression),
                  "save it uncompressed, or with LZW or deflate");
    }
    return {.width = field_of<uint32_t>(tiff, TIFFTAG_IMAGEWIDTH, 0),
            .height = field_of<uint32_t>(tiff, TIFFTAG_IMAGELENGTH, 0),
            .type = *type};
  }

  void take_page(Header& header) {
    const Page page = describe_page();
    if (page.width < 1 || page.height < 1) {
      fail("page " + std::to_string(pages_.size() + 1) + " has no pixels");
    }
    if (pages_.empty()) {
      first_ = page;
      read_spacing(header);
    } else if (page != first_) {
      refuse_page("has " + describe(page) + " and the first page " + describe(first_),
                  "all pages of a stack have one size and type");
    }
    pages_.push_back(TIFFCurrentDirOffset(tiff_.get()));
    if (field_of<uint16_t>(tiff_.get(), TIFFTAG_ORIENTATION, 1) != 1 && header.notes.empty()) {
      header.notes.emplace_back("the orientation tag of the TIFF is not applied");
    }
    const int64_t bound_bytes =
        static_cast<int64_t>(file_.bytes.size()) * kMostInflation + kFreeBytes;
    const std::array<int64_t, 3> extents{page.width, page.height,
                                         static_cast<int64_t>(pages_.size())};
    if (declared_bytes(extents, page.type, file_.name) > bound_bytes) {
      refuse(ErrorKind::kLimit, file_.name,
             "the pages declare " + describe(page) + " each; " +
                 std::to_string(file_.bytes.size()) + " bytes of TIFF cannot hold them");
    }
  }

  static std::string describe(const Page& page) {
    return std::to_string(page.width) + " x " + std::to_string(page.height) + " pixels of " +
           std::string(name_of(page.type));
  }

  void read_spacing(Header& header) {
    const char* text = nullptr;
    TIFFGetField(tiff_.get(), TIFFTAG_IMAGEDESCRIPTION, &text);
    const TiffResolution resolution{
        .x = static_cast<double>(field_of<float>(tiff_.get(), TIFFTAG_XRESOLUTION, 0)),
        .y = static_cast<double>(field_of<float>(tiff_.get(), TIFFTAG_YRESOLUTION, 0))};
    description_ = describe_stack(text == nullptr ? "" : text, resolution);
    header.geometry = description_.geometry;
  }

  void finish_header(Header& header) const {
    const auto pages = static_cast<int64_t>(pages_.size());
    if (description_.channels > 1 || description_.times > 1) {
      refuse(ErrorKind::kUnsupported, file_.name,
             "the TIFF is a hyperstack of " + std::to_string(description_.channels) +
                 " channels and " + std::to_string(description_.times) +
                 " time points; save each channel and time point as a stack of its own");
    }
    if (description_.images > pages) {
      refuse(ErrorKind::kUnsupported, file_.name,
             "the description speaks of " + std::to_string(description_.images) +
                 " images and the TIFF has " + std::to_string(pages) +
                 (pages == 1 ? " page" : " pages") + "; save the stack again as BigTIFF");
    }
    if (passed_over_ > 0) {
      header.notes.push_back(
          std::to_string(passed_over_) +
          (passed_over_ == 1 ? " preview or mask page is" : " preview or mask pages are") +
          " passed over");
    }
    header.type = first_.type;
    const std::array<int64_t, 3> extents{first_.width, first_.height, pages};
    set_axes(extents, core::Order::kFortran, header);
  }

  void read_page(std::byte* target, size_t page) {
    const int64_t row_bytes = int64_t{first_.width} * size_bytes(first_.type);
    if (TIFFIsTiled(tiff_.get()) != 0) {
      read_tiles(target, row_bytes, page);
      return;
    }
    const auto rows = std::min(field_of<uint32_t>(tiff_.get(), TIFFTAG_ROWSPERSTRIP, first_.height),
                               first_.height);
    for (uint32_t row = 0; row < first_.height; row += rows) {
      const int64_t bytes = std::min(rows, first_.height - row) * row_bytes;
      const tmsize_t read =
          TIFFReadEncodedStrip(tiff_.get(), row / rows, target + row * row_bytes, bytes);
      require_pixels(read == bytes, page);
    }
  }

  void read_tiles(std::byte* target, int64_t row_bytes, size_t page) {
    const auto width = field_of<uint32_t>(tiff_.get(), TIFFTAG_TILEWIDTH, 0);
    const auto height = field_of<uint32_t>(tiff_.get(), TIFFTAG_TILELENGTH, 0);
    const tmsize_t tile_bytes = TIFFTileSize(tiff_.get());
    const int64_t bound_bytes = first_.height * row_bytes * 4 + kFreeBytes;
    require_pixels(width > 0 && height > 0 && tile_bytes > 0 && tile_bytes <= bound_bytes, page);
    const int64_t voxel_bytes = size_bytes(first_.type);
    core::Buffer tile(tile_bytes);
    for (uint32_t y = 0; y < first_.height; y += height) {
      for (uint32_t x = 0; x < first_.width; x += width) {
        require_pixels(TIFFReadTile(tiff_.get(), tile.data(), x, y, 0, 0) == tile_bytes, page);
        const auto columns = static_cast<size_t>(std::min(width, first_.width - x) * voxel_bytes);
        for (uint32_t row = 0; row < std::min(height, first_.height - y); ++row) {
          std::memcpy(target + (y + row) * row_bytes + x * voxel_bytes,
                      tile.data() + int64_t{row} * width * voxel_bytes, columns);
        }
      }
    }
  }

  void require_pixels(bool sound, size_t page) const {
    if (!sound) {
      fail("the pixels of page " + std::to_string(page + 1) + " cannot be read");
    }
  }

  const ImageFile& file_;
  TiffMemory memory_;
  TiffHandle tiff_;
  std::vector<uint64_t> pages_;
  Page first_;
  StackDescription description_;
  int64_t passed_over_ = 0;
};

}  // namespace

bool is_tiff(std::span<const std::byte> bytes) {
  constexpr std::array<std::string_view, 4> kMagics{
      {{"II\x2a\x00", 4}, {"MM\x00\x2a", 4}, {"II\x2b\x00", 4}, {"MM\x00\x2b", 4}}};
  const std::string_view head(reinterpret_cast<const char*>(bytes.data()),
                              std::min<size_t>(bytes.size(), 4));
  return std::ranges::find(kMagics, head) != kMagics.end();
}

Header read_tiff_header(const ImageFile& file) { return TiffReader(file).read_header(); }

Volume read_tiff(const ImageFile& file) { return TiffReader(file).read(); }

}  // namespace volseg::volume::internal
