// SPDX-License-Identifier: Apache-2.0
// A NIfTI file: header, voxels, and writing it again.
#include "fuzz/image_target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  volseg::fuzz::read_image(volseg::fuzz::bytes_of(data, size), "x.nii",
                           volseg::volume::FileFormat::kNifti);
  return 0;
}
