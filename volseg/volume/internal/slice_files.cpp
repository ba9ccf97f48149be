// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/slice_files.h"

#include <png.h>

#include <algorithm>
#include <array>
#include <bit>
#include <csetjmp>
#include <cstring>
#include <string>
#include <utility>

#include "volseg/volume/internal/gzip.h"
#include "volseg/volume/internal/parsed_image.h"

namespace volseg::volume::internal {

namespace {

constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n";
constexpr int64_t kFreeBytes = 64 << 20;

struct Source {
  const std::byte* next;
  size_t left;
};

void take(png_structp png, png_bytep target, size_t size) {
  auto* source = static_cast<Source*>(png_get_io_ptr(png));
  if (size > source->left) {
    png_error(png, "cut");
  }
  std::memcpy(target, source->next, size);
  source->next += size;
  source->left -= size;
}

void pass_over(png_structp /*png*/, png_const_charp /*message*/) {}

void stop(png_structp png, png_const_charp /*message*/) { png_longjmp(png, 1); }

// libpng reports errors by a jump, which passes over no C++ object in these two functions.
bool read_information(png_structp png, png_infop information) {
  if (setjmp(png_jmpbuf(png)) != 0) {
    return false;
  }
  png_read_info(png, information);
  png_set_packing(png);
  if (std::endian::native == std::endian::little) {
    png_set_swap(png);
  }
  (void)png_set_interlace_handling(png);
  png_read_update_info(png, information);
  return true;
}

bool read_rows(png_structp png, std::byte* target, size_t row_bytes, uint32_t rows, int passes) {
  if (setjmp(png_jmpbuf(png)) != 0) {
    return false;
  }
  for (int pass = 0; pass < passes; ++pass) {
    for (uint32_t row = 0; row < rows; ++row) {
      png_read_row(png, reinterpret_cast<png_bytep>(target + row * row_bytes), nullptr);
    }
  }
  png_read_end(png, nullptr);
  return true;
}

/// libpng's two structures, freed together.
class PngReader {
 public:
  explicit PngReader(const ImageFile& file)
      : file_(file), source_{file.bytes.data(), file.bytes.size()} {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, &stop, &pass_over);
    information_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
    if (information_ == nullptr) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      refuse(ErrorKind::kLimit, file.name, "no memory for reading a .png");
    }
    png_set_read_fn(png_, &source_, &take);
  }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;
  ~PngReader() { png_destroy_read_struct(&png_, &information_, nullptr); }

  Volume read() {
    if (!read_information(png_, information_)) {
      refuse(ErrorKind::kFormat, file_.name, "the .png is cut or damaged in its header");
    }
    Volume slice;
    const uint32_t width = png_get_image_width(png_, information_);
    const uint32_t height = png_get_image_height(png_, information_);
    slice.header.type = type();
    const std::array<int64_t, 3> extents{width, height, 1};
    set_axes(extents, core::Order::kFortran, slice.header);
    const int64_t declared = declared_bytes(extents, slice.header.type, file_.name);
    if (declared > static_cast<int64_t>(file_.bytes.size()) * kMostInflation + kFreeBytes) {
      refuse(ErrorKind::kLimit, file_.name,
             "the .png declares " + std::to_string(width) + " x " + std::to_string(height) +
                 " pixels, which its bytes cannot hold");
    }
    slice.data = core::Buffer(declared);
    const auto row_bytes = static_cast<size_t>(declared / height);
    const int passes = png_get_interlace_type(png_, information_) == PNG_INTERLACE_NONE ? 1 : 7;
    if (png_get_rowbytes(png_, information_) != row_bytes ||
        !read_rows(png_, slice.data.data(), row_bytes, height, passes)) {
      refuse(ErrorKind::kFormat, file_.name, "the pixels of the .png are cut or damaged");
    }
    return slice;
  }

 private:
  [[nodiscard]] DataType type() const {
    const int color = png_get_color_type(png_, information_);
    if (color != PNG_COLOR_TYPE_GRAY && color != PNG_COLOR_TYPE_PALETTE) {
      refuse(ErrorKind::kUnsupported, file_.name,
             "the .png is in colour or transparent; save it as grey values or with a palette");
    }
    return png_get_bit_depth(png_, information_) == 16 ? DataType::kUint16 : DataType::kUint8;
  }

  const ImageFile& file_;
  Source source_;
  png_structp png_ = nullptr;
  png_infop information_ = nullptr;
};

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// Takes the digits at the beginning off `text`; leading zeros do not count.
std::string_view take_digits(std::string_view& text) {
  const auto* end = std::ranges::find_if_not(text, is_digit);
  const auto count = static_cast<size_t>(end - text.begin());
  std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

}  // namespace

bool is_png(std::span<const std::byte> bytes) {
  return bytes.size() >= kSignature.size() &&
         std::memcmp(bytes.data(), kSignature.data(), kSignature.size()) == 0;
}

Volume read_png(const ImageFile& file) { return PngReader(file).read(); }

bool naturally_before(std::string_view first, std::string_view second) {
  const std::pair<std::string_view, std::string_view> whole(first, second);
  while (!first.empty() && !second.empty()) {
    if (is_digit(first[0]) && is_digit(second[0])) {
      const std::string_view left = take_digits(first);
      const std::string_view right = take_digits(second);
      if (left != right) {
        return left.size() != right.size() ? left.size() < right.size() : left < right;
      }
      continue;
    }
    if (first[0] != second[0]) {
      return first[0] < second[0];
    }
    first.remove_prefix(1);
    second.remove_prefix(1);
  }
  return first.empty() != second.empty() ? first.empty() : whole.first < whole.second;
}

}  // namespace volseg::volume::internal
