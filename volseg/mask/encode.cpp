// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <string>
#include <type_traits>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/mask/internal/pack_array.h"
#include "volseg/mask/internal/run_writer.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/run_text.h"

namespace volseg::mask {

namespace {

using internal::BitColumns;

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
BitColumns pack(core::ArrayView<const T> voxels) {
  if (core::voxel_count(voxels.shape) == 0) {
    return {0, 0};
  }
  internal::PackedArray packed = internal::pack_non_zero(voxels);
  if constexpr (std::is_floating_point_v<T>) {
    if (packed.has_nan) {
      refuse_nan(voxels);
    }
  }
  return std::move(packed.bits);
}

template <typename Take>
void list_runs(const BitColumns& bits, Take take) {
  internal::RunLister lister;
  for (int64_t column = 0; column < bits.columns(); ++column) {
    lister.list(bits.column(column), bits.bits(), take);
  }
  lister.finish(take);
}

int64_t count_runs(const BitColumns& bits) {
  int64_t runs = 0;
  for (int64_t column = 0; column < bits.columns(); ++column) {
    uint64_t carry = 0;
    runs += internal::count_starts(bits.column(column), (bits.bits() + 63) / 64, carry);
  }
  return runs;
}

}  // namespace

template <typename T>
RunMask encode(core::ArrayView<const T> voxels) {
  RunMask mask{voxels.shape, {}};
  const BitColumns bits = pack(voxels);
  mask.runs.reserve(static_cast<size_t>(count_runs(bits)));
  list_runs(bits, [&](const Run* runs, int64_t count) {
    mask.runs.insert(mask.runs.end(), runs, runs + count);
  });
  return mask;
}

template <typename T>
std::string encode_text(core::ArrayView<const T> voxels) {
  const BitColumns bits = pack(voxels);
  internal::RunWriter writer(count_runs(bits), voxels.size());
  list_runs(bits, [&](const Run* runs, int64_t count) { writer.append(runs, count); });
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
