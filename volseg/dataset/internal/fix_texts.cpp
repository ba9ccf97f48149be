// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/fix_texts.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/dataset/internal/column_values.h"
#include "volseg/dataset/internal/mask_texts.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/run_text.h"

namespace volseg::dataset::internal {

namespace {

constexpr std::string_view kWhiteSpace = " \t\n\v\f\r";

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorKind::kUsage, "dataset.fix", message);
}

// The mask of an array whose axis i is axis axes[i] of the stored image, on the stored axes.
mask::RunMask turned(const mask::RunMask& read, const core::Shape3& stored,
                     const std::array<int, 3>& axes) {
  core::Array<uint8_t> voxels(read.shape, core::Order::kFortran, 0);
  mask::decode(read, voxels.view());
  const core::Strides3 dense = core::dense_strides(read.shape, core::Order::kFortran);
  core::Strides3 strides{};
  for (size_t axis = 0; axis < axes.size(); ++axis) {
    strides[static_cast<size_t>(axes[axis])] = dense[axis];
  }
  return mask::encode<uint8_t>(core::ArrayView<const uint8_t>{voxels.data(), stored, strides});
}

core::Shape3 shape_to_read(const core::Shape3& stored, const FixOptions& options) {
  core::Shape3 shape = stored;
  for (size_t axis = 0; options.assume_axis_order && axis < shape.size(); ++axis) {
    shape[axis] = stored[static_cast<size_t>((*options.assume_axis_order)[axis])];
  }
  return shape;
}

}  // namespace

std::optional<std::string> with_starts_from_one(std::string_view text) {
  std::string result;
  bool is_start = true;
  for (size_t begin = text.find_first_not_of(kWhiteSpace); begin != std::string_view::npos;
       is_start = !is_start) {
    const size_t end = std::min(text.find_first_of(kWhiteSpace, begin), text.size());
    const std::string_view token = text.substr(begin, end - begin);
    uint64_t number = 0;
    const auto read = std::from_chars(token.data(), token.data() + token.size(), number);
    if (read.ec != std::errc{} || read.ptr != token.data() + token.size()) {
      return std::nullopt;
    }
    result += (result.empty() ? "" : " ") + std::to_string(number + (is_start ? 1 : 0));
    begin = text.find_first_not_of(kWhiteSpace, end);
  }
  return result;
}

std::string fixed_text(const std::string& text, const std::optional<core::Shape3>& shape,
                       const FixOptions& options, FixCounts& counts) {
  if (text.empty() || (options.assume_axis_order && !shape)) {
    return text;
  }
  const core::Shape3 stored = shape.value_or(kAnyShape);
  std::optional<std::string> shifted;
  if (options.assume_zero_based) {
    shifted = with_starts_from_one(text);
  }
  mask::ParsedRuns parsed =
      mask::parse_runs(shifted ? *shifted : text, shape_to_read(stored, options));
  if (shifted && parsed.error == mask::RunTextError::kRunPastEnd &&
      mask::parse_runs(text, stored).error == mask::RunTextError::kNone) {
    refuse(
        "a run reaches the last voxel when counted from 1 and the one behind it when counted "
        "from 0; leave out --assume-zero-based");
  }
  if (parsed.error != mask::RunTextError::kNone) {
    return text;
  }
  for (const CanonicalRule& rule : canonical_rules()) {
    if (parsed.warnings.*rule.flag) {
      ++counts[std::string(rule.code)];
    }
  }
  if (shifted && !parsed.mask.runs.empty()) {
    ++counts["rle-zero-based"];
  }
  if (options.assume_axis_order) {
    parsed.mask = turned(parsed.mask, stored, *options.assume_axis_order);
    ++counts["rle-axis-order"];
  }
  return mask::format_runs(parsed.mask);
}

table::ListCell<std::string> parse_text_list(std::string_view text) {
  const auto skip = [&text] {
    text.remove_prefix(std::min(text.find_first_not_of(kWhiteSpace), text.size()));
  };
  skip();
  if (text.empty() || (text[0] != '[' && text[0] != '(')) {
    return std::nullopt;
  }
  const char closing = text[0] == '[' ? ']' : ')';
  text.remove_prefix(1);
  table::ListCell<std::string> list(std::in_place);
  for (skip(); !text.empty() && text[0] != closing; skip()) {
    const char quote = text[0];
    const size_t end = text.find(quote, 1);
    if ((quote != '\'' && quote != '"') || end == std::string_view::npos) {
      return std::nullopt;
    }
    const std::string_view element = text.substr(1, end - 1);
    if (element.find('\\') != std::string_view::npos) {
      return std::nullopt;
    }
    list->emplace_back(std::string(element));
    text.remove_prefix(end + 1);
    skip();
    if (text.empty() || (text[0] != ',' && text[0] != closing)) {
      return std::nullopt;
    }
    text.remove_prefix(text[0] == ',' ? 1 : 0);
  }
  const bool ends_here =
      !text.empty() && text.find_first_not_of(kWhiteSpace, 1) == std::string_view::npos;
  return ends_here ? list : std::nullopt;
}

bool make_lists(table::Column& column) {
  const auto* cells = std::get_if<std::vector<table::Cell<std::string>>>(&column.values);
  if (cells == nullptr) {
    return false;
  }
  TextLists lists;
  size_t spelled = 0;
  size_t filled = 0;
  for (const table::Cell<std::string>& cell : *cells) {
    table::ListCell<std::string> list = cell ? parse_text_list(*cell) : std::nullopt;
    spelled += list ? 1 : 0;
    filled += cell ? 1 : 0;
    if (cell && !list) {
      list = table::ListCell<std::string>({*cell});
    }
    lists.push_back(std::move(list));
  }
  if (filled == 0 || (spelled > 0 && spelled < filled)) {
    return false;
  }
  column.values = std::move(lists);
  return true;
}

}  // namespace volseg::dataset::internal
