// SPDX-License-Identifier: Apache-2.0
#include <png.h>

#include <string>

#include "volseg/core/error.h"
#include "volseg/report/slices.h"

namespace volseg::report {

core::Buffer encode_png(const Picture& picture) {
  constexpr int64_t kLongestEdge = 32767;
  const bool sound =
      picture.width > 0 && picture.height > 0 && picture.width <= kLongestEdge &&
      picture.height <= kLongestEdge &&
      static_cast<int64_t>(picture.pixels.size()) == picture.width * picture.height * 3;
  if (!sound) {
    throw Error(ErrorKind::kUsage, "report.encode_png",
                "picture of " + std::to_string(picture.width) + " x " +
                    std::to_string(picture.height) + " pixels in " +
                    std::to_string(picture.pixels.size()) +
                    " bytes: expected edges from 1 to 32767 and three bytes a pixel");
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture.width);
  image.height = static_cast<png_uint_32>(picture.height);
  image.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  core::Buffer bytes(static_cast<int64_t>(size));
  if (png_image_write_to_memory(&image, bytes.data(), &size, 0, picture.pixels.data(), 0,
                                nullptr) == 0) {
    throw Error(ErrorKind::kLimit, "report.encode_png",
                std::string("libpng could not write the picture: ") + image.message);
  }
  bytes.shrink(static_cast<int64_t>(size));
  return bytes;
}

}  // namespace volseg::report
