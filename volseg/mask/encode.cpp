// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/mask/internal/runs.h"
#include "volseg/mask/internal/scan_changes.h"
#include "volseg/mask/run_mask.h"

namespace volseg::mask {

namespace {

class MaskBuilder {
 public:
  explicit MaskBuilder(std::vector<Run>& runs) : runs_(runs) {}

  void operator()(int64_t position, bool inside) {
    if (inside == inside_) {
      return;
    }
    inside_ = inside;
    if (inside) {
      start_ = position;
    } else if (position > start_) {
      internal::append_run(runs_, {start_, position - start_});
    }
  }

 private:
  std::vector<Run>& runs_;
  bool inside_ = false;
  int64_t start_ = 0;
};

class LabelBuilder {
 public:
  explicit LabelBuilder(const core::Shape3& shape) : shape_(shape) {}

  void operator()(int64_t position, int32_t label) {
    if (label == label_) {
      return;
    }
    if (label_ != 0 && position > start_) {
      internal::append_run(runs_of(label_), {start_, position - start_});
    }
    label_ = label;
    start_ = position;
  }

  std::vector<LabelRuns> finish() {
    std::sort(found_.begin(), found_.end(),
              [](const LabelRuns& a, const LabelRuns& b) { return a.label < b.label; });
    return std::move(found_);
  }

 private:
  std::vector<Run>& runs_of(int32_t label) {
    const auto [entry, added] = index_of_.try_emplace(label, found_.size());
    if (added) {
      found_.push_back({label, {shape_, {}}});
    }
    return found_[entry->second].mask.runs;
  }

  core::Shape3 shape_;
  std::vector<LabelRuns> found_;
  std::unordered_map<int32_t, size_t> index_of_;
  int32_t label_ = 0;
  int64_t start_ = 0;
};

// NaN differs from 0, so each one lies inside a run.
template <typename T>
void refuse_nan(const RunMask& mask, core::ArrayView<const T> voxels) {
  for (const Run& run : mask.runs) {
    for (int64_t position = run.start; position < internal::end_of(run); ++position) {
      const core::Shape3 index = {position % mask.shape[0],
                                  position / mask.shape[0] % mask.shape[1],
                                  position / mask.shape[0] / mask.shape[1]};
      if (std::isnan(voxels(index[0], index[1], index[2]))) {
        throw Error(ErrorKind::kFormat, "mask.encode",
                    "voxel [" + std::to_string(index[0]) + ", " + std::to_string(index[1]) + ", " +
                        std::to_string(index[2]) + "] is NaN; a mask holds 0 and other numbers");
      }
    }
  }
}

}  // namespace

template <typename T>
RunMask encode(core::ArrayView<const T> voxels) {
  RunMask mask{voxels.shape, {}};
  MaskBuilder builder(mask.runs);
  internal::scan_changes(
      voxels, [](T value) { return value != T{}; }, builder);
  if constexpr (std::is_floating_point_v<T>) {
    refuse_nan(mask, voxels);
  }
  return mask;
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

std::vector<LabelRuns> encode_labels(core::ArrayView<const int32_t> labels) {
  LabelBuilder builder(labels.shape);
  internal::scan_changes(
      labels, [](int32_t label) { return label; }, builder);
  return builder.finish();
}

}  // namespace volseg::mask
