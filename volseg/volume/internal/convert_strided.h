// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "volseg/core/array.h"

namespace volseg::volume::internal {

/// The axis with the shortest step among those that have more than one voxel.
inline int nearest_axis(const core::Shape3& shape, const core::Strides3& strides) {
  int nearest = 0;
  for (int axis = 1; axis < 3; ++axis) {
    if (shape[axis] > 1 && (shape[nearest] == 1 || strides[axis] < strides[nearest])) {
      nearest = axis;
    }
  }
  return nearest;
}

/// A rectangle of two axes: `rows` lines of `columns` elements, with one step each on both sides.
struct Rectangle {
  int64_t rows;
  int64_t columns;
  int64_t from_row;
  int64_t from_column;
  int64_t to_row;
  int64_t to_column;
};

template <typename In, typename Out, typename Convert>
void convert_rectangle(const In* from, Out* to, const Rectangle& box, const Convert& convert) {
  for (int64_t row = 0; row < box.rows; ++row) {
    const In* source = from + row * box.from_row;
    Out* target = to + row * box.to_row;
    if (box.from_column == 1 && box.to_column == 1) {
      std::transform(source, source + box.columns, target, convert);
      continue;
    }
    for (int64_t column = 0; column < box.columns; ++column) {
      target[column * box.to_column] = convert(source[column * box.from_column]);
    }
  }
}

/// Splits a rectangle into squares that stay in the first cache when the two sides differ in order.
template <typename In, typename Out, typename Convert>
void convert_tiles(const In* from, Out* to, const Rectangle& box, const Convert& convert) {
  constexpr int64_t kTile = 32;
  for (int64_t row = 0; row < box.rows; row += kTile) {
    for (int64_t column = 0; column < box.columns; column += kTile) {
      Rectangle tile = box;
      tile.rows = std::min(kTile, box.rows - row);
      tile.columns = std::min(kTile, box.columns - column);
      convert_rectangle(from + row * box.from_row + column * box.from_column,
                        to + row * box.to_row + column * box.to_column, tile, convert);
    }
  }
}

/// Writes `convert(element)` of each element of `from` to its place in `to`, an array of equal
/// shape.
template <typename In, typename Out, typename Convert>
void convert_strided(core::ArrayView<const In> from, core::ArrayView<Out> to,
                     const Convert& convert) {
  const bool dense = from.is_dense(core::Order::kC) || from.is_dense(core::Order::kFortran);
  if (dense && from.strides == to.strides) {
    std::transform(from.data, from.data + from.size(), to.data, convert);
    return;
  }
  const int column = nearest_axis(to.shape, to.strides);
  const int nearest = nearest_axis(from.shape, from.strides);
  const int row = nearest != column ? nearest : (column + 1) % 3;
  const int slice = 3 - row - column;
  const Rectangle box{from.shape[row],      from.shape[column], from.strides[row],
                      from.strides[column], to.strides[row],    to.strides[column]};
  for (int64_t index = 0; index < from.shape[slice]; ++index) {
    const In* source = from.data + index * from.strides[slice];
    Out* target = to.data + index * to.strides[slice];
    if (nearest == column) {
      convert_rectangle(source, target, box, convert);
    } else {
      convert_tiles(source, target, box, convert);
    }
  }
}

}  // namespace volseg::volume::internal
