// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "volseg/archive/internal/read_only_file.h"

namespace volseg::archive::internal {

/// Small pieces of a file, read ahead so that neighbours cost one system call.
class ReadWindow {
 public:
  explicit ReadWindow(const ReadOnlyFile& file) : file_(file) {}

  /// `size_bytes` bytes from `offset`, which must lie inside the file; valid until the next call.
  /// @param ahead_bytes  how much to read at least when the window has to move
  [[nodiscard]] std::span<const std::byte> at(int64_t offset, int64_t size_bytes,
                                              int64_t ahead_bytes) {
    const auto held_bytes = static_cast<int64_t>(bytes_.size());
    if (offset < begin_ || offset + size_bytes > begin_ + held_bytes) {
      const int64_t most_bytes = file_.size_bytes() - offset;
      bytes_.resize(static_cast<size_t>(std::min(most_bytes, std::max(size_bytes, ahead_bytes))));
      begin_ = offset;
      file_.read_at(offset, bytes_);
    }
    return std::span<const std::byte>(bytes_).subspan(static_cast<size_t>(offset - begin_),
                                                      static_cast<size_t>(size_bytes));
  }

 private:
  const ReadOnlyFile& file_;
  std::vector<std::byte> bytes_;
  int64_t begin_ = 0;
};

}  // namespace volseg::archive::internal
