// SPDX-License-Identifier: Apache-2.0
// A .npy file: header, voxels, and writing it again.
#include "fuzz/image_target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  volseg::fuzz::read_image(volseg::fuzz::bytes_of(data, size), "x.npy",
                           volseg::volume::FileFormat::kNpy);
  return 0;
}
