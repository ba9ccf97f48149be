// SPDX-License-Identifier: Apache-2.0
// Encoding and decoding of masks: runs, text and voxels give each other back in either memory
// order. Input: three bytes of extents, one of memory order and box, then one bit for each voxel.
#include "fuzz/fuzz_target.h"
#include "volseg/mask/internal/reference_masks_test.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/run_text.h"

namespace {

using volseg::core::Array;
using volseg::core::Order;
using volseg::core::Shape3;
using volseg::fuzz::require;
namespace mask = volseg::mask;

constexpr size_t kHeadBytes = 4;

struct Input {
  Shape3 shape{};
  Order order = Order::kC;
  uint8_t choice = 0;
  std::span<const uint8_t> bits;

  [[nodiscard]] bool bit(int64_t index) const {
    const auto byte = static_cast<size_t>(index / 8);
    return byte < bits.size() && ((bits[byte] >> (index % 8)) & 1) != 0;
  }
};

template <typename T>
Array<T> voxels_of(const Input& input, T inside) {
  Array<T> voxels(input.shape, input.order, T{});
  for (int64_t index = 0; index < voxels.size(); ++index) {
    voxels.data()[index] = input.bit(index) ? inside : T{};
  }
  return voxels;
}

void check_labels(const Input& input, const mask::RunMask& runs) {
  const Array<int32_t> labels = voxels_of<int32_t>(input, 7);
  const auto found = mask::encode_labels(labels.view());
  require(found.size() == (runs.runs.empty() ? 0U : 1U), "one label gives one mask");
  require(found.empty() || (found[0].label == 7 && found[0].mask == runs), "labels are encoded");
  Array<int32_t> painted(input.shape, input.order, 0);
  mask::paint(runs, 7, painted.view());
  require(std::equal(labels.data(), labels.data() + labels.size(), painted.data()),
          "painting gives the labels again");
}

void check_crop(const Input& input, const mask::RunMask& runs, const Array<uint8_t>& voxels) {
  mask::Box box;
  for (size_t axis = 0; axis < 3; ++axis) {
    box.begin[axis] = (input.choice >> axis) % 4 - 1;
    box.extents[axis] = std::max<int64_t>(1, input.shape[axis] - input.choice % 5);
  }
  Array<uint8_t> cropped(box.extents, input.order);
  mask::crop(runs, box, cropped.view());
  mask::reference::for_each_index(box.extents, [&](int64_t a, int64_t b, int64_t c) {
    const Shape3 at = {a + box.begin[0], b + box.begin[1], c + box.begin[2]};
    bool inside = true;
    for (size_t axis = 0; axis < 3; ++axis) {
      inside = inside && at[axis] >= 0 && at[axis] < input.shape[axis];
    }
    require(cropped(a, b, c) == (inside ? voxels(at[0], at[1], at[2]) : 0),
            "a crop is the array's");
  });
}

void check(const Input& input) {
  const Array<uint8_t> voxels = voxels_of<uint8_t>(input, 1);
  const mask::RunMask runs = mask::encode(voxels.view());
  require(runs == mask::reference::encode(voxels.view()), "encoding agrees with the plain one");
  require(mask::encode<double>(voxels_of<double>(input, 0.5).view()) == runs,
          "floating point agrees");
  require(mask::parse_runs_or_throw(mask::format_runs(runs), input.shape) == runs,
          "the text gives the runs again");
  Array<uint8_t> decoded(input.shape, input.order, 9);
  mask::decode(runs, decoded.view());
  require(std::equal(voxels.data(), voxels.data() + voxels.size(), decoded.data()),
          "decoding gives the voxels again");
  require(mask::area(runs) == std::count(voxels.data(), voxels.data() + voxels.size(), 1),
          "the area is right");
  check_labels(input, runs);
  check_crop(input, runs, voxels);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < kHeadBytes) {
    return 0;
  }
  Input input;
  // One axis may pass the words and vectors of the kernels; small shapes keep the runs fast.
  for (size_t axis = 0; axis < 3; ++axis) {
    const int most_extent = axis == data[3] / 16 % 3U ? 140 : 9;
    input.shape[axis] = 1 + data[axis] % most_extent;
  }
  input.order = data[3] % 2 == 0 ? Order::kC : Order::kFortran;
  input.choice = data[3] >> 1;
  input.bits = {data + kHeadBytes, size - kHeadBytes};
  check(input);
  return 0;
}
