// SPDX-License-Identifier: Apache-2.0
// Writes the two test masks for the peers: write_test_masks FOLDER
#include <filesystem>

#include "benchmarks/test_masks.h"
#include "volseg/volume/formats.h"

namespace volseg::benchmarks {
namespace {

void write(const std::filesystem::path& path, const core::Array<uint8_t>& mask, bool c_order) {
  volume::Volume volume;
  volume.header.shape = mask.shape();
  volume.header.strides =
      core::dense_strides(mask.shape(), c_order ? core::Order::kC : core::Order::kFortran);
  volume.data = core::Buffer::copy_of(
      std::as_bytes(std::span(mask.view().data, static_cast<size_t>(mask.size()))));
  volume::write_volume(path, volume, core::Overwrite::kYes);
}

}  // namespace
}  // namespace volseg::benchmarks

int main(int argc, char** argv) {
  using namespace volseg::benchmarks;
  if (argc != 2) {
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  write(folder / "lungs.npy", make_lungs(volseg::core::Order::kFortran), false);
  write(folder / "lungs_c.npy", make_lungs(volseg::core::Order::kC), true);
  write(folder / "salt.npy", make_salt(volseg::core::Order::kFortran), false);
  return 0;
}
