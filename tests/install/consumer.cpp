// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdio>

#include "volseg/core/array.h"
#include "volseg/core/version.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/run_text.h"

int main() {
  volseg::core::Array<uint8_t> voxels({2, 3, 4}, volseg::core::Order::kC, 0);
  voxels(0, 1, 0) = 1;
  voxels(1, 2, 3) = 1;
  const auto view = volseg::core::ArrayView<const uint8_t>(voxels.view());
  std::printf("volseg %s: %s\n", VOLSEG_VERSION,
              volseg::mask::format_runs(volseg::mask::encode(view)).c_str());
  return 0;
}
