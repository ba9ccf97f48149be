// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/open_jpeg_codec.h"

#include <dlfcn.h>

#include <filesystem>
#include <string>

#include "volseg/core/error.h"

namespace volseg::volume {

namespace {

std::filesystem::path folder_of_this_library() {
  Dl_info info{};
  static const int marker = 0;
  const bool found = dladdr(&marker, &info) != 0 && info.dli_fname != nullptr;
  return found ? std::filesystem::path(info.dli_fname).parent_path() : std::filesystem::path();
}

DecodeJpeg load() {
  const std::filesystem::path path = folder_of_this_library() / "libvolseg_jpeg_codec.so";
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
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
