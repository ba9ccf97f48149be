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

// Looks up the label behind each change.
class ChangeLister {
 public:
  ChangeLister(core::ArrayView<const int32_t> labels, LabelBuilder& builder)
      : labels_(labels),
        builder_(builder),
        positions_(kWordsAtOnce * internal::kWordBits + internal::kPositionsSlack) {}

  void list(const uint64_t* words, int64_t bits, int64_t base) {
    builder_(base, label_at(base));
    const int64_t count = (bits + internal::kWordBits - 1) / internal::kWordBits;
    for (int64_t first = 0; first < count; first += kWordsAtOnce) {
      const int64_t found = internal::list_bits(
          words + first, std::min(kWordsAtOnce, count - first), positions_.data());
      for (int64_t i = 0; i < found; ++i) {
        const int64_t position = base + first * internal::kWordBits + positions_[i];
        builder_(position, label_at(position));
      }
    }
  }

 private:
  static constexpr int64_t kWordsAtOnce = internal::RunLister::kWordsAtOnce;

  [[nodiscard]] int32_t label_at(int64_t position) const {
    const int64_t row = position / labels_.shape[0];
    return labels_(position - row * labels_.shape[0], row % labels_.shape[1],
                   row / labels_.shape[1]);
  }

  core::ArrayView<const int32_t> labels_;
  LabelBuilder& builder_;
  std::vector<uint32_t> positions_;
};

}  // namespace

std::vector<LabelRuns> encode_labels(core::ArrayView<const int32_t> labels) {
  const int64_t voxels = core::voxel_count(labels.shape);
  LabelBuilder builder(labels.shape);
  if (voxels > 0) {
    ChangePacker packer;
    ChangeLister lister(labels, builder);
    internal::pack_array(
        labels, packer, [](int64_t) {},
        [&](const uint64_t* words, int64_t bits, int64_t position, const void*) {
          lister.list(words, bits, position);
        });
  }
  return builder.finish(voxels);
}

}  // namespace volseg::mask
