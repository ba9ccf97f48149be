// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "volseg/mask/internal/pack_array.h"
#include "volseg/mask/internal/runs.h"
#include "volseg/mask/run_mask.h"

namespace volseg::mask {

namespace {

// Takes the positions where the label may change, ascending.
class LabelBuilder {
 public:
  explicit LabelBuilder(const core::Shape3& shape) : shape_(shape) {}

  void operator()(int64_t position, int32_t label) {
    if (label == label_) {
      return;
    }
    if (label_ != 0 && position > start_) {
      internal::append_run(found_[index_].mask.runs, {start_, position - start_});
    }
    label_ = label;
    start_ = position;
    if (label != 0) {
      index_ = index_of(label);
    }
  }

  std::vector<LabelRuns> finish(int64_t voxels) {
    (*this)(voxels, 0);
    std::sort(found_.begin(), found_.end(),
              [](const LabelRuns& a, const LabelRuns& b) { return a.label < b.label; });
    return std::move(found_);
  }

 private:
  size_t index_of(int32_t label) {
    const auto [entry, added] = indices_.try_emplace(label, found_.size());
    if (added) {
      found_.push_back({label, {shape_, {}}});
    }
    return entry->second;
  }

  core::Shape3 shape_;
  std::vector<LabelRuns> found_;
  std::unordered_map<int32_t, size_t> indices_;
  int32_t label_ = 0;
  size_t index_ = 0;  // of label_ in found_
  int64_t start_ = 0;
};

class ChangePacker {
 public:
  void line(const int32_t* values, int64_t count, uint64_t* words) {
    internal::pack_changes(values, count, before_, words);
    before_ = values[count - 1];
  }
  void columns(const internal::PlaneRows<const int32_t>& rows, const internal::ColumnWords& words) {
    internal::pack_changed_columns(rows, words);
  }

 private:
  int32_t before_ = 0;
};

void list_column(core::ArrayView<const int32_t> labels, const uint64_t* words, int64_t bits,
                 int64_t base, LabelBuilder& builder) {
  constexpr int64_t kWordsAtOnce = 256;
  const auto& [extent_0, extent_1, extent_2] = labels.shape;
  std::vector<uint32_t> positions(kWordsAtOnce * internal::kWordBits + internal::kPositionsSlack);
  const auto label_at = [&](int64_t position) {
    const int64_t row = position / extent_0;
    return labels(position - row * extent_0, row % extent_1, row / extent_1);
  };
  builder(base, label_at(base));
  const int64_t words_count = (bits + internal::kWordBits - 1) / internal::kWordBits;
  for (int64_t first = 0; first < words_count; first += kWordsAtOnce) {
    const int64_t found = internal::list_bits(
        words + first, std::min(kWordsAtOnce, words_count - first), positions.data());
    for (int64_t i = 0; i < found; ++i) {
      const int64_t position = base + first * internal::kWordBits + positions[i];
      builder(position, label_at(position));
    }
  }
}

}  // namespace

std::vector<LabelRuns> encode_labels(core::ArrayView<const int32_t> labels) {
  const int64_t voxels = core::voxel_count(labels.shape);
  LabelBuilder builder(labels.shape);
  if (voxels > 0) {
    ChangePacker packer;
    const internal::BitColumns bits = internal::pack_array(labels, packer);
    for (int64_t column = 0; column < bits.columns(); ++column) {
      list_column(labels, bits.column(column), bits.bits(), column * bits.bits(), builder);
    }
  }
  return builder.finish(voxels);
}

}  // namespace volseg::mask
