// SPDX-License-Identifier: Apache-2.0
// A gzip stream that holds an image: header, voxels, and writing it again.
#include "fuzz/image_target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  volseg::fuzz::read_image(volseg::fuzz::bytes_of(data, size), "x.nii.gz",
                           volseg::volume::FileFormat::kNiftiGz);
  return 0;
}
