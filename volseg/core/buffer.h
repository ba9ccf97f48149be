// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace volseg::core {

/// Owned bytes, aligned to 64 bytes; 4 MiB and more are aligned for huge pages. Freed large blocks
/// are kept in a process-wide pool and handed out again, because first touching fresh pages costs
/// more than most passes over them. Move-only. Contents are uninitialised unless zeroed.
class Buffer {
 public:
  Buffer() noexcept = default;
  /// @throws Error(kLimit) when the system has no such block
  explicit Buffer(int64_t size_bytes);
  /// A buffer of zero bytes' value.
  static Buffer zeroed(int64_t size_bytes);
  /// A buffer with a copy of `bytes`.
  static Buffer copy_of(std::span<const std::byte> bytes);

  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer();

  [[nodiscard]] std::byte* data() noexcept { return data_; }
  [[nodiscard]] const std::byte* data() const noexcept { return data_; }
  [[nodiscard]] int64_t size_bytes() const noexcept { return size_bytes_; }
  [[nodiscard]] std::span<std::byte> bytes() noexcept {
    return {data_, static_cast<size_t>(size_bytes_)};
  }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
    return {data_, static_cast<size_t>(size_bytes_)};
  }
  /// Shortens the visible size; keeps the block. @throws Error(kUsage) when it would grow
  void shrink(int64_t size_bytes);

  /// Bytes that the pool holds for reuse; `release_pool` gives them back to the system.
  static int64_t pooled_bytes();
  static void release_pool();

 private:
  void free() noexcept;

  std::byte* data_ = nullptr;
  int64_t size_bytes_ = 0;
  int64_t capacity_bytes_ = 0;
};

}  // namespace volseg::core
