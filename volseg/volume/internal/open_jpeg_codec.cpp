// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/open_jpeg_codec.h"

#include <dlfcn.h>

#include <string>

#include "volseg/core/error.h"

namespace volseg::volume {

namespace {

DecodeJpeg load() {
  // The dynamic loader looks along this library's own run path.
  void* library = dlopen("libvolseg_jpeg_codec.so", RTLD_NOW | RTLD_LOCAL);
  const auto entry =
      library == nullptr ? nullptr : reinterpret_cast<DecodeJpeg>(dlsym(library, kDecodeJpegEntry));
  if (entry == nullptr) {
    const char* reason = dlerror();
    throw Error(ErrorKind::kUnavailable, "volume.open_jpeg_codec",
                std::string("compressed DICOM needs libvolseg_jpeg_codec.so beside volseg's other "
                            "libraries: ") +
                    (reason == nullptr ? "it has no decoder" : reason));
  }
  return entry;
}

}  // namespace

DecodeJpeg open_jpeg_codec() {
  static const DecodeJpeg decoder = load();
  return decoder;
}

}  // namespace volseg::volume
