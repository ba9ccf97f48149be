// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/buffer.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "volseg/core/error.h"

namespace volseg::core {

namespace {

constexpr int64_t kSmallAlignmentBytes = 64;
constexpr int64_t kHugePageBytes = int64_t{2} << 20;
constexpr int64_t kPooledFromBytes = int64_t{4} << 20;
constexpr int64_t kPoolCapBytes = int64_t{512} << 20;

int64_t round_up(int64_t size_bytes, int64_t unit) { return (size_bytes + unit - 1) / unit * unit; }

class Pool {
 public:
  std::byte* take(int64_t capacity_bytes) {
    const std::scoped_lock lock(mutex_);
    const auto found = blocks_.find(capacity_bytes);
    if (found == blocks_.end()) {
      return nullptr;
    }
    std::byte* block = found->second;
    blocks_.erase(found);
    held_bytes_ -= capacity_bytes;
    return block;
  }

  bool give(std::byte* block, int64_t capacity_bytes) noexcept {
    const std::scoped_lock lock(mutex_);
    if (held_bytes_ + capacity_bytes > kPoolCapBytes) {
      return false;
    }
    blocks_.emplace(capacity_bytes, block);
    held_bytes_ += capacity_bytes;
    return true;
  }

  int64_t held_bytes() {
    const std::scoped_lock lock(mutex_);
    return held_bytes_;
  }

  void clear() noexcept {
    const std::scoped_lock lock(mutex_);
    for (const auto& [capacity_bytes, block] : blocks_) {
      std::free(block);
    }
    blocks_.clear();
    held_bytes_ = 0;
  }

 private:
  std::mutex mutex_;
  std::multimap<int64_t, std::byte*> blocks_;
  int64_t held_bytes_ = 0;
};

// Never destroyed: buffers of static objects may outlive every other static.
Pool& pool() {
  static auto* instance = new Pool;
  return *instance;
}

std::byte* allocate(int64_t capacity_bytes) {
  const bool large = capacity_bytes >= kPooledFromBytes;
  const int64_t alignment_bytes = large ? kHugePageBytes : kSmallAlignmentBytes;
  void* block =
      std::aligned_alloc(static_cast<size_t>(alignment_bytes), static_cast<size_t>(capacity_bytes));
  if (block == nullptr) {
    throw Error(ErrorKind::kLimit, "core.allocate",
                "no memory for a block of " + std::to_string(capacity_bytes) + " bytes");
  }
  if (large) {
    madvise(block, static_cast<size_t>(capacity_bytes), MADV_HUGEPAGE);
  }
  return static_cast<std::byte*>(block);
}

}  // namespace

Buffer::Buffer(int64_t size_bytes) : size_bytes_(size_bytes) {
  if (size_bytes < 0 || size_bytes > INT64_MAX - kHugePageBytes) {
    throw Error(ErrorKind::kLimit, "core.allocate",
                "a block of " + std::to_string(size_bytes) + " bytes was asked for");
  }
  const bool large = size_bytes >= kPooledFromBytes;
  capacity_bytes_ =
      round_up(std::max<int64_t>(size_bytes, 1), large ? kHugePageBytes : kSmallAlignmentBytes);
  data_ = large ? pool().take(capacity_bytes_) : nullptr;
  if (data_ == nullptr) {
    data_ = allocate(capacity_bytes_);
  }
}

Buffer Buffer::zeroed(int64_t size_bytes) {
  Buffer buffer(size_bytes);
  std::memset(buffer.data_, 0, static_cast<size_t>(size_bytes));
  return buffer;
}

Buffer Buffer::copy_of(std::span<const std::byte> bytes) {
  Buffer buffer(static_cast<int64_t>(bytes.size()));
  std::copy(bytes.begin(), bytes.end(), buffer.data_);
  return buffer;
}

Buffer::Buffer(Buffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_bytes_(std::exchange(other.size_bytes_, 0)),
      capacity_bytes_(std::exchange(other.capacity_bytes_, 0)) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  if (this != &other) {
    free();
    data_ = std::exchange(other.data_, nullptr);
    size_bytes_ = std::exchange(other.size_bytes_, 0);
    capacity_bytes_ = std::exchange(other.capacity_bytes_, 0);
  }
  return *this;
}

Buffer::~Buffer() { free(); }

void Buffer::shrink(int64_t size_bytes) {
  if (size_bytes < 0 || size_bytes > size_bytes_) {
    throw Error(ErrorKind::kUsage, "core.shrink",
                "a buffer of " + std::to_string(size_bytes_) + " bytes cannot become " +
                    std::to_string(size_bytes) + " bytes");
  }
  size_bytes_ = size_bytes;
}

int64_t Buffer::pooled_bytes() { return pool().held_bytes(); }

void Buffer::release_pool() { pool().clear(); }

void Buffer::free() noexcept {
  if (data_ == nullptr) {
    return;
  }
  if (capacity_bytes_ < kPooledFromBytes || !pool().give(data_, capacity_bytes_)) {
    std::free(data_);
  }
  data_ = nullptr;
}

}  // namespace volseg::core
