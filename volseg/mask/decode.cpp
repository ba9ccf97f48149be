// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/mask/internal/bit_columns.h"
#include "volseg/mask/internal/run_reader.h"
#include "volseg/mask/internal/runs.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/run_text.h"

namespace volseg::mask {

namespace {

using internal::BitColumns;

constexpr int64_t kTileColumns = 64;

void require_shape(const core::Shape3& expected, const core::Shape3& found,
                   std::string_view operation, std::string_view expected_name) {
  if (expected != found) {
    throw Error(ErrorKind::kShape, operation,
                "array has shape " + core::to_string(found) + "; the " +
                    std::string(expected_name) + " has " + core::to_string(expected));
  }
}

// Axis 0 runs fastest, or no axis suits.
template <typename T>
void paint_lines(const RunMask& mask, const core::Shape3& begin, core::ArrayView<T> view, T value) {
  for (int64_t c = 0; c < view.shape[2]; ++c) {
    size_t cursor = internal::advance(mask.runs, 0, mask.shape[0] * mask.shape[1] * (begin[2] + c));
    for (int64_t b = 0; b < view.shape[1]; ++b) {
      T* line = &view(0, b, c);
      const auto fill = [&](int64_t first, int64_t end) {
        if (view.strides[0] == 1) {
          std::fill(line + first - begin[0], line + end - begin[0], value);
          return;
        }
        for (int64_t a = first - begin[0]; a < end - begin[0]; ++a) {
          line[a * view.strides[0]] = value;
        }
      };
      internal::for_each_segment(
          mask, {begin[0], begin[0] + view.shape[0], begin[1] + b, begin[2] + c}, cursor, fill);
    }
  }
}

// Marks of some columns of axis 2 in one plane of axis 1, row by row as the array stores them.
class Tile {
 public:
  Tile(int64_t rows, int64_t columns)
      : columns_(columns), first_row_(rows), marks_(static_cast<size_t>(rows * columns)) {}

  void mark(int64_t first_row, int64_t end_row, int64_t column) {
    for (int64_t row = first_row; row < end_row; ++row) {
      marks_[static_cast<size_t>(row * columns_ + column)] = 1;
    }
    first_row_ = std::min(first_row_, first_row);
    end_row_ = std::max(end_row_, end_row);
  }

  // Writes `value` where marked, from `origin` with the stride of rows, and clears the marks.
  template <typename T>
  void flush(T* origin, int64_t row_stride, T value) {
    for (int64_t row = first_row_; row < end_row_; ++row) {
      uint8_t* marks = marks_.data() + row * columns_;
      T* out = origin + row * row_stride;
      for (int64_t column = 0; column < columns_; ++column) {
        out[column] = marks[column] != 0 ? value : out[column];
      }
      std::memset(marks, 0, static_cast<size_t>(columns_));
    }
    first_row_ = static_cast<int64_t>(marks_.size()) / columns_;
    end_row_ = 0;
  }

 private:
  int64_t columns_;
  int64_t first_row_;
  int64_t end_row_ = 0;
  std::vector<uint8_t> marks_;
};

// Axis 2 runs fastest: runs are marked in a tile that fits the cache, rows are written from it.
template <typename T>
void paint_tiles(const RunMask& mask, const core::Shape3& begin, core::ArrayView<T> view, T value) {
  for (int64_t first = 0; first < view.shape[2]; first += kTileColumns) {
    const int64_t columns = std::min(kTileColumns, view.shape[2] - first);
    Tile tile(view.shape[0], columns);
    std::vector<size_t> cursors(static_cast<size_t>(columns));
    for (int64_t column = 0; column < columns; ++column) {
      cursors[column] = internal::advance(
          mask.runs, 0, mask.shape[0] * mask.shape[1] * (begin[2] + first + column));
    }
    for (int64_t b = 0; b < view.shape[1]; ++b) {
      for (int64_t column = 0; column < columns; ++column) {
        internal::for_each_segment(
            mask, {begin[0], begin[0] + view.shape[0], begin[1] + b, begin[2] + first + column},
            cursors[column], [&](int64_t segment_first, int64_t segment_end) {
              tile.mark(segment_first - begin[0], segment_end - begin[0], column);
            });
      }
      tile.flush(&view(0, b, first), view.strides[0], value);
    }
  }
}

// Writes `value` into the voxels of the mask inside the box of view.shape at `begin`.
template <typename T>
void paint_box(const RunMask& mask, const core::Shape3& begin, core::ArrayView<T> view, T value) {
  if (view.size() == 0 || mask.runs.empty()) {
    return;
  }
  if (view.shape == mask.shape && view.is_dense(core::Order::kFortran)) {
    for (const Run& run : mask.runs) {
      std::fill_n(view.data + run.start, run.length, value);
    }
  } else if (view.strides[2] == 1 && view.strides[0] != 1) {
    paint_tiles(mask, begin, view, value);
  } else {
    paint_lines(mask, begin, view, value);
  }
}

void clear(core::ArrayView<uint8_t> view) {
  if (view.is_dense(core::Order::kFortran) || view.is_dense(core::Order::kC)) {
    std::fill_n(view.data, view.size(), uint8_t{0});
    return;
  }
  for (int64_t row = 0; row < view.shape[1] * view.shape[2]; ++row) {
    const int64_t b = row % view.shape[1];
    const int64_t c = row / view.shape[1];
    for (int64_t a = 0; a < view.shape[0]; ++a) {
      view(a, b, c) = 0;
    }
  }
}

// From this size on, bytes are not found in the caches again.
constexpr int64_t kPastCacheVoxels = int64_t{4} << 20;

// Writes bytes in Fortran order, block by block: 1 where runs are, 0 elsewhere.
class BlockWriter {
 public:
  BlockWriter(uint8_t* voxels, int64_t count)
      : voxels_(voxels), count_(count), words_(kBlock / internal::kWordBits) {}

  // Fastest when runs ascend from call to call.
  void set(const Run& run) {
    const int64_t begin = run.start - begin_;
    if (begin >= 0 && begin + run.length <= kBlock) {
      internal::set_bits(words_.data(), begin, begin + run.length);
    } else {
      set_across(run.start, internal::end_of(run));
    }
  }

  void finish() {
    while (begin_ < count_) {
      write_block();
    }
  }

 private:
  static constexpr int64_t kBlock = 1 << 17;

  void set_across(int64_t start, int64_t end) {
    if (start < begin_) {
      std::fill(voxels_ + start, voxels_ + std::min(begin_, end), uint8_t{1});
      start = begin_;
    }
    for (; end > begin_ + kBlock; start = std::max(start, begin_)) {
      if (start < begin_ + kBlock) {
        internal::set_bits(words_.data(), start - begin_, kBlock);
      }
      write_block();
    }
    if (start < end) {
      internal::set_bits(words_.data(), start - begin_, end - begin_);
    }
  }

  void write_block() {
    const int64_t length = std::min(kBlock, count_ - begin_);
    internal::expand_bits(words_.data(), length, count_ >= kPastCacheVoxels, voxels_ + begin_);
    std::fill(words_.begin(), words_.end(), 0);
    begin_ += kBlock;
  }

  uint8_t* voxels_;
  int64_t count_;
  int64_t begin_ = 0;  // of the block that is collected
  std::vector<uint64_t> words_;
};

// Writes an array whose axis 2 is contiguous.
void expand(BitColumns& bits, core::ArrayView<uint8_t> view) {
  for (int64_t first = 0; first < bits.columns(); first += internal::kColumnsAtOnce) {
    internal::expand_columns(bits.from(first), internal::rows_from(view, first));
  }
}

// Sets the bits of the mask inside the box of `extents` at `begin`; the box lies inside the mask.
void set_box(const RunMask& mask, const core::Shape3& begin, const core::Shape3& extents,
             BitColumns& bits) {
  size_t cursor = 0;
  int64_t position = 0;
  for (int64_t c = begin[2]; c < begin[2] + extents[2]; ++c) {
    for (int64_t b = begin[1]; b < begin[1] + extents[1]; ++b, position += extents[0]) {
      internal::for_each_segment(mask, {begin[0], begin[0] + extents[0], b, c}, cursor,
                                 [&](int64_t first, int64_t end) {
                                   bits.set({position + first - begin[0], end - first});
                                 });
    }
  }
}

// Sets the runs of a text in a BlockWriter or in BitColumns, whatever their order.
template <typename Target>
class TargetSink final : public internal::RunSink {
 public:
  explicit TargetSink(Target& target) : target_(target) {}

  void add(const Run& run) override {
    if (run.length > 0) {
      target_.set(run);
      last_end_ = internal::end_of(run);
    }
  }
  void add_canonical(const Run* runs, int64_t count) override {
    for (int64_t run = 0; run < count; ++run) {
      target_.set(runs[run]);
    }
    last_end_ = internal::end_of(runs[count - 1]);
  }
  [[nodiscard]] std::optional<int64_t> last_end() const override { return last_end_; }

 private:
  Target& target_;
  int64_t last_end_ = -1;
};

template <typename Target>
void read_text(std::string_view text, const core::Shape3& shape, Target& target) {
  ParsedRuns parsed;
  TargetSink<Target> sink(target);
  internal::RunReader(text, shape, parsed, sink).read_all();
  internal::require_sound(parsed);
}

// As paint_box with value 1, but also clears what is outside the mask.
void write_box(const RunMask& mask, const core::Shape3& begin, core::ArrayView<uint8_t> view) {
  const core::ArrayView<uint8_t> rows = internal::with_long_axis_2(view);
  if (view.is_dense(core::Order::kFortran)) {
    BitColumns bits(1, view.size());
    bits.clear();
    set_box(mask, begin, view.shape, bits);
    internal::expand_bits(bits.column(0), view.size(), false, view.data);
  } else if (internal::has_columns(rows)) {
    BitColumns bits(rows.shape[2], rows.shape[0] * rows.shape[1]);
    bits.clear();
    set_box(mask, begin, view.shape, bits);
    expand(bits, rows);
  } else {
    clear(view);
    paint_box(mask, begin, view, uint8_t{1});
  }
}

}  // namespace

void decode(const RunMask& mask, core::ArrayView<uint8_t> voxels) {
  require_shape(mask.shape, voxels.shape, "mask.decode", "mask");
  const core::ArrayView<uint8_t> rows = internal::with_long_axis_2(voxels);
  if (voxels.is_dense(core::Order::kFortran)) {
    BlockWriter writer(voxels.data, voxels.size());
    for (const Run& run : mask.runs) {
      writer.set(run);
    }
    writer.finish();
  } else if (internal::has_columns(rows)) {
    BitColumns bits(rows.shape[2], rows.shape[0] * rows.shape[1]);
    bits.clear();
    for (const Run& run : mask.runs) {
      bits.set(run);
    }
    expand(bits, rows);
  } else {
    clear(voxels);
    paint_box(mask, {0, 0, 0}, voxels, uint8_t{1});
  }
}

void decode_text(std::string_view text, core::ArrayView<uint8_t> voxels) {
  const int64_t count = core::voxel_count(voxels.shape);
  const core::ArrayView<uint8_t> rows = internal::with_long_axis_2(voxels);
  if (count > 0 && voxels.is_dense(core::Order::kFortran)) {
    BlockWriter writer(voxels.data, count);
    read_text(text, voxels.shape, writer);
    writer.finish();
  } else if (count > 0 && internal::has_columns(rows)) {
    BitColumns bits(rows.shape[2], rows.shape[0] * rows.shape[1]);
    bits.clear();
    read_text(text, voxels.shape, bits);
    expand(bits, rows);
  } else {
    decode(parse_runs_or_throw(text, voxels.shape), voxels);
  }
}

void crop(const RunMask& mask, const Box& box, core::ArrayView<uint8_t> voxels) {
  require_shape(box.extents, voxels.shape, "mask.crop", "box");
  core::Shape3 begin{};
  core::Shape3 extents{};
  core::Shape3 offset{};
  for (int axis = 0; axis < 3; ++axis) {
    if (box.begin[axis] >= mask.shape[axis] || box.begin[axis] <= -box.extents[axis]) {
      clear(voxels);
      return;
    }
    begin[axis] = std::max<int64_t>(box.begin[axis], 0);
    offset[axis] = begin[axis] - box.begin[axis];
    extents[axis] = std::min(box.extents[axis] - offset[axis], mask.shape[axis] - begin[axis]);
  }
  if (extents != box.extents) {
    clear(voxels);
  }
  write_box(mask, begin, voxels.box(offset, extents));
}

void paint(const RunMask& mask, int32_t label, core::ArrayView<int32_t> labels) {
  require_shape(mask.shape, labels.shape, "mask.paint", "mask");
  paint_box(mask, {0, 0, 0}, labels, label);
}

}  // namespace volseg::mask
