// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <queue>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/mask/internal/runs.h"
#include "volseg/mask/run_mask.h"

namespace volseg::mask {

namespace {

using internal::end_of;

// A run of the mask at `index` of a list.
struct IndexedRun {
  Run run;
  size_t index = 0;
};

std::vector<IndexedRun> sort_runs(const std::vector<LabelRuns>& masks) {
  std::vector<IndexedRun> sorted;
  for (size_t index = 0; index < masks.size(); ++index) {
    for (const Run& run : masks[index].mask.runs) {
      sorted.push_back({run, index});
    }
  }
  std::sort(sorted.begin(), sorted.end(), [](const IndexedRun& one, const IndexedRun& other) {
    return one.run.start < other.run.start;
  });
  return sorted;
}

// Runs that do not overlap any more: of those at one place, the last in the list counts.
std::vector<IndexedRun> flatten(const std::vector<IndexedRun>& sorted) {
  const auto is_under = [](const IndexedRun& one, const IndexedRun& other) {
    return one.index < other.index;
  };
  std::priority_queue<IndexedRun, std::vector<IndexedRun>, decltype(is_under)> open(is_under);
  std::vector<IndexedRun> flat;
  flat.reserve(sorted.size());
  int64_t position = 0;
  for (auto next = sorted.begin(); next != sorted.end() || !open.empty();) {
    position = open.empty() ? next->run.start : position;
    for (; next != sorted.end() && next->run.start == position; ++next) {
      open.push(*next);
    }
    while (!open.empty() && end_of(open.top().run) <= position) {
      open.pop();
    }
    if (!open.empty()) {
      const int64_t end = end_of(open.top().run);
      const int64_t until = next == sorted.end() ? end : std::min(end, next->run.start);
      flat.push_back({{position, until - position}, open.top().index});
      position = until;
    }
  }
  return flat;
}

// Writes columns of axis 2 tile by tile, so that each row is written once along its memory.
class TileWriter {
 public:
  TileWriter(const std::vector<LabelRuns>& masks, const std::vector<IndexedRun>& runs,
             core::ArrayView<int32_t> labels)
      : masks_(masks), runs_(runs), labels_(labels), plane_(labels.shape[0] * labels.shape[1]) {}

  void write() {
    for (int64_t first = 0; first < labels_.shape[2]; first += kColumns) {
      write_columns(first, std::min(kColumns, labels_.shape[2] - first));
    }
  }

 private:
  static constexpr int64_t kColumns = 64;
  static constexpr int64_t kRows = 256;

  void write_columns(int64_t first, int64_t columns) {
    std::vector<size_t> cursors(static_cast<size_t>(columns));
    for (int64_t column = 0; column < columns; ++column) {
      const auto found = std::partition_point(
          runs_.begin(), runs_.end(), [begin = plane_ * (first + column)](const IndexedRun& run) {
            return end_of(run.run) <= begin;
          });
      cursors[column] = static_cast<size_t>(found - runs_.begin());
    }
    for (int64_t row = 0; row < plane_; row += kRows) {
      const int64_t rows = std::min(kRows, plane_ - row);
      std::fill(tile_.begin(), tile_.end(), 0);
      for (int64_t column = 0; column < columns; ++column) {
        fill_column(plane_ * (first + column) + row, rows, column, cursors[column]);
      }
      flush(row, rows, first, columns);
    }
  }

  void fill_column(int64_t begin, int64_t rows, int64_t column, size_t& cursor) {
    for (; cursor < runs_.size() && runs_[cursor].run.start < begin + rows; ++cursor) {
      const Run& run = runs_[cursor].run;
      const int64_t end = std::min(end_of(run), begin + rows) - begin;
      for (int64_t row = std::max<int64_t>(run.start - begin, 0); row < end; ++row) {
        tile_[row * kColumns + column] = masks_[runs_[cursor].index].label;
      }
      if (end_of(run) > begin + rows) {
        return;
      }
    }
  }

  void flush(int64_t first_row, int64_t rows, int64_t first_column, int64_t columns) {
    for (int64_t row = 0; row < rows; ++row) {
      const int64_t position = first_row + row;
      std::copy_n(tile_.data() + row * kColumns, columns,
                  &labels_(position % labels_.shape[0], position / labels_.shape[0], first_column));
    }
  }

  const std::vector<LabelRuns>& masks_;
  const std::vector<IndexedRun>& runs_;
  core::ArrayView<int32_t> labels_;
  int64_t plane_;
  std::vector<int32_t> tile_ = std::vector<int32_t>(kRows * kColumns);
};

void write_contiguous(const std::vector<LabelRuns>& masks, const std::vector<IndexedRun>& runs,
                      core::ArrayView<int32_t> labels) {
  int64_t position = 0;
  for (const IndexedRun& run : runs) {
    std::fill(labels.data + position, labels.data + run.run.start, 0);
    std::fill_n(labels.data + run.run.start, run.run.length, masks[run.index].label);
    position = end_of(run.run);
  }
  std::fill(labels.data + position, labels.data + labels.size(), 0);
}

void clear(core::ArrayView<int32_t> labels) {
  for (int64_t row = 0; row < labels.shape[1] * labels.shape[2]; ++row) {
    for (int64_t a = 0; a < labels.shape[0]; ++a) {
      labels(a, row % labels.shape[1], row / labels.shape[1]) = 0;
    }
  }
}

}  // namespace

void decode_labels(const std::vector<LabelRuns>& masks, core::ArrayView<int32_t> labels) {
  for (const LabelRuns& mask : masks) {
    internal::require_same_shape(mask.mask.shape, labels.shape, "mask.decode_labels");
  }
  if (labels.is_dense(core::Order::kFortran)) {
    write_contiguous(masks, flatten(sort_runs(masks)), labels);
  } else if (labels.strides[2] == 1 && labels.shape[0] * labels.shape[1] > 0) {
    const std::vector<IndexedRun> runs = flatten(sort_runs(masks));
    TileWriter(masks, runs, labels).write();
  } else {
    clear(labels);
    for (const LabelRuns& mask : masks) {
      paint(mask.mask, mask.label, labels);
    }
  }
}

}  // namespace volseg::mask
