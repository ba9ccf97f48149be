// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <type_traits>

#include "volseg/core/buffer.h"

namespace volseg::core {

/// Extents of array axes (0, 1, 2) in voxels.
using Shape3 = std::array<int64_t, 3>;
/// Distances between neighbours along axes (0, 1, 2), in elements.
using Strides3 = std::array<int64_t, 3>;

/// Which axis runs fastest in memory: the last (kC) or the first (kFortran).
enum class Order { kC, kFortran };

/// Product of the extents. @throws Error(kShape) on a negative extent, Error(kLimit) past 2^62
[[nodiscard]] int64_t voxel_count(const Shape3& shape);

/// Strides of a dense array, in elements.
[[nodiscard]] Strides3 dense_strides(const Shape3& shape, Order order);

/// "181 x 217 x 181".
[[nodiscard]] std::string to_string(const Shape3& shape);

/// A three-dimensional array that someone else owns: pointer, shape and strides.
template <typename T>
struct ArrayView {
  T* data = nullptr;
  Shape3 shape{};
  Strides3 strides{};

  [[nodiscard]] T& operator()(int64_t a, int64_t b, int64_t c) const {
    return data[a * strides[0] + b * strides[1] + c * strides[2]];
  }
  [[nodiscard]] int64_t size() const { return shape[0] * shape[1] * shape[2]; }
  [[nodiscard]] bool is_dense(Order order) const { return strides == dense_strides(shape, order); }

  /// The box that starts at `begin` and has extents `extents`; not checked.
  [[nodiscard]] ArrayView box(const Shape3& begin, const Shape3& extents) const {
    return {&(*this)(begin[0], begin[1], begin[2]), extents, strides};
  }

  /// The same elements, read-only.
  operator ArrayView<const T>() const  // NOLINT(google-explicit-constructor)
      requires(!std::is_const_v<T>) {
    return {data, shape, strides};
  }
};

/// An owned dense three-dimensional array; move-only.
template <typename T>
class Array {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Array() = default;
  /// Uninitialised elements. @throws Error(kShape), Error(kLimit)
  explicit Array(const Shape3& shape, Order order = Order::kFortran)
      : buffer_(voxel_count(shape) * static_cast<int64_t>(sizeof(T))),
        shape_(shape),
        strides_(dense_strides(shape, order)),
        order_(order) {}
  /// Every element `value`.
  Array(const Shape3& shape, Order order, T value) : Array(shape, order) {
    std::fill_n(data(), size(), value);
  }

  [[nodiscard]] T* data() { return reinterpret_cast<T*>(buffer_.data()); }
  [[nodiscard]] const T* data() const { return reinterpret_cast<const T*>(buffer_.data()); }
  [[nodiscard]] const Shape3& shape() const { return shape_; }
  [[nodiscard]] Order order() const { return order_; }
  [[nodiscard]] int64_t size() const { return shape_[0] * shape_[1] * shape_[2]; }
  [[nodiscard]] ArrayView<T> view() { return {data(), shape_, strides_}; }
  [[nodiscard]] ArrayView<const T> view() const { return {data(), shape_, strides_}; }
  [[nodiscard]] T& operator()(int64_t a, int64_t b, int64_t c) { return view()(a, b, c); }
  [[nodiscard]] const T& operator()(int64_t a, int64_t b, int64_t c) const {
    return view()(a, b, c);
  }

 private:
  Buffer buffer_;
  Shape3 shape_{};
  Strides3 strides_{};
  Order order_ = Order::kFortran;
};

}  // namespace volseg::core
