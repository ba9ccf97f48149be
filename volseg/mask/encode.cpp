// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <type_traits>

#include "volseg/core/error.h"
#include "volseg/mask/internal/pack_array.h"
#include "volseg/mask/internal/run_writer.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/run_text.h"

namespace volseg::mask {

namespace {

core::Shape3 index_of(int64_t position, const core::Shape3& shape) {
  return {position % shape[0], position / shape[0] % shape[1], position / shape[0] / shape[1]};
}

template <typename T>
[[noreturn]] void refuse_nan(core::ArrayView<const T> voxels) {
  int64_t position = 0;
  core::Shape3 index{};
  do {
    index = index_of(position++, voxels.shape);
  } while (!std::isnan(voxels(index[0], index[1], index[2])));
  throw Error(ErrorKind::kFormat, "mask.encode",
              "voxel [" + std::to_string(index[0]) + ", " + std::to_string(index[1]) + ", " +
                  std::to_string(index[2]) + "] is NaN; a mask holds 0 and other numbers");
}

template <typename T>
class NonZeroPacker {
 public:
  void line(const T* values, int64_t count, uint64_t* words) {
    has_nan_ |= internal::pack_bits(values, count, words);
  }
  void columns(const internal::PlaneRows<const T>& rows, const internal::ColumnWords& words) {
    has_nan_ |= internal::pack_columns(rows, words);
  }
  [[nodiscard]] bool has_nan() const { return has_nan_; }

 private:
  bool has_nan_ = false;
};

// Gives the runs of the voxels that differ from 0 to `take`, block by block. `expect` is told about
// how many there will be when that is known better than by likely_runs.
template <typename T, typename Expect, typename Take>
void list_runs(core::ArrayView<const T> voxels, Expect expect, Take take) {
  if (core::voxel_count(voxels.shape) == 0) {
    return;
  }
  NonZeroPacker<T> packer;
  internal::RunLister lister;
  internal::pack_array(voxels, packer, expect,
                       [&](const uint64_t* words, int64_t bits, int64_t, const void* read_next) {
                         lister.list(words, bits, read_next, take);
                       });
  lister.finish(take);
  if constexpr (std::is_floating_point_v<T>) {
    if (packer.has_nan()) {
      refuse_nan(voxels);
    }
  }
}

// From a sample of the blocks where voxels are contiguous. Room that is never used costs nothing;
// too little of it would make the output move, and need memory twice.
template <typename T>
int64_t likely_runs(core::ArrayView<const T> voxels) {
  constexpr int64_t kBlock = 16'384;
  constexpr int64_t kBlocksForOne = 64;
  const int64_t few = voxels.size() / 256;
  if (!voxels.is_dense(core::Order::kFortran)) {
    return few;
  }
  std::array<uint64_t, kBlock / internal::kWordBits> words{};
  int64_t sampled = 0;
  int64_t starts = 0;
  for (int64_t begin = 0; begin < voxels.size(); begin += kBlock * kBlocksForOne) {
    const int64_t count = std::min(kBlock, voxels.size() - begin);
    uint64_t carry = 0;
    internal::pack_bits(voxels.data + begin, count, words.data());
    starts += internal::count_starts(
        words.data(), (count + internal::kWordBits - 1) / internal::kWordBits, carry);
    sampled += count;
  }
  const int64_t scaled = starts * (voxels.size() / std::max<int64_t>(sampled, 1));
  return std::max(few, scaled + scaled / 8);
}

}  // namespace

template <typename T>
RunMask encode(core::ArrayView<const T> voxels) {
  RunMask mask{voxels.shape, {}};
  mask.runs.reserve(static_cast<size_t>(likely_runs(voxels)));
  list_runs(
      voxels, [&](int64_t runs) { mask.runs.reserve(static_cast<size_t>(runs)); },
      [&](const Run* runs, int64_t count) {
        mask.runs.insert(mask.runs.end(), runs, runs + count);
      });
  if (mask.runs.size() < mask.runs.capacity() / 2) {
    mask.runs.shrink_to_fit();
  }
  return mask;
}

template <typename T>
std::string encode_text(core::ArrayView<const T> voxels) {
  internal::RunWriter writer(voxels.size());
  writer.reserve(likely_runs(voxels));
  list_runs(
      voxels, [&](int64_t runs) { writer.reserve(runs); },
      [&](const Run* runs, int64_t count) { writer.append(runs, count); });
  return writer.finish();
}

template RunMask encode<bool>(core::ArrayView<const bool>);
template RunMask encode<uint8_t>(core::ArrayView<const uint8_t>);
template RunMask encode<int8_t>(core::ArrayView<const int8_t>);
template RunMask encode<uint16_t>(core::ArrayView<const uint16_t>);
template RunMask encode<int16_t>(core::ArrayView<const int16_t>);
template RunMask encode<uint32_t>(core::ArrayView<const uint32_t>);
template RunMask encode<int32_t>(core::ArrayView<const int32_t>);
template RunMask encode<uint64_t>(core::ArrayView<const uint64_t>);
template RunMask encode<int64_t>(core::ArrayView<const int64_t>);
template RunMask encode<float>(core::ArrayView<const float>);
template RunMask encode<double>(core::ArrayView<const double>);
template std::string encode_text<bool>(core::ArrayView<const bool>);
template std::string encode_text<uint8_t>(core::ArrayView<const uint8_t>);
template std::string encode_text<int8_t>(core::ArrayView<const int8_t>);
template std::string encode_text<uint16_t>(core::ArrayView<const uint16_t>);
template std::string encode_text<int16_t>(core::ArrayView<const int16_t>);
template std::string encode_text<uint32_t>(core::ArrayView<const uint32_t>);
template std::string encode_text<int32_t>(core::ArrayView<const int32_t>);
template std::string encode_text<uint64_t>(core::ArrayView<const uint64_t>);
template std::string encode_text<int64_t>(core::ArrayView<const int64_t>);
template std::string encode_text<float>(core::ArrayView<const float>);
template std::string encode_text<double>(core::ArrayView<const double>);

}  // namespace volseg::mask
