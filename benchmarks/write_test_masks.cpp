// SPDX-License-Identifier: Apache-2.0
// Writes the test masks, pairs and run lists for the peers: write_test_masks FOLDER
#include <filesystem>

#include "benchmarks/test_masks.h"
#include "benchmarks/test_pairs.h"
#include "volseg/mask/run_mask.h"
#include "volseg/volume/formats.h"

namespace volseg::benchmarks {
namespace {

template <typename T>
void write(const std::filesystem::path& path, const core::Array<T>& mask, bool c_order) {
  volume::Volume volume;
  volume.header.type = sizeof(T) == 1 ? volume::DataType::kUint8 : volume::DataType::kInt32;
  volume.header.shape = mask.shape();
  volume.header.strides =
      core::dense_strides(mask.shape(), c_order ? core::Order::kC : core::Order::kFortran);
  volume.data = core::Buffer::copy_of(
      std::as_bytes(std::span(mask.view().data, static_cast<size_t>(mask.size()))));
  volume::write_volume(path, volume, core::Overwrite::kYes);
}

void write_runs(const std::filesystem::path& path, const mask::RunMask& runs) {
  core::Array<uint8_t> voxels(runs.shape, core::Order::kFortran);
  mask::decode(runs, voxels.view());
  write(path, voxels, false);
}

// Axes: run, start and end, list; lists 2 i and 2 i + 1 are a pair.
void write_run_lists(const std::filesystem::path& path) {
  core::Array<int32_t> lists({kRunsEach, 2, 2 * kRunPairs}, core::Order::kFortran);
  for (int64_t list = 0; list < 2 * kRunPairs; ++list) {
    const mask::RunMask mask = draw_runs(static_cast<uint64_t>(list));
    for (int64_t i = 0; i < kRunsEach; ++i) {
      const mask::Run& run = mask.runs[i];
      lists(i, 0, list) = static_cast<int32_t>(run.start);
      lists(i, 1, list) = static_cast<int32_t>(run.start + run.length);
    }
  }
  write(path, lists, false);
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
  write_runs(folder / "lungs_prediction.npy", make_runs(kMaskShape, is_predicted_lung));
  const volseg::mask::RunMask brain = make_runs(kBrainShape, is_brain);
  write_runs(folder / "brain.npy", brain);
  write_runs(folder / "brain_prediction.npy", moved(brain, kBrainSteps));
  write_run_lists(folder / "run_lists.npy");
  return 0;
}
