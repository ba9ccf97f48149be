// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "volseg/archive/archive.h"

namespace volseg::archive::internal {

/// Most bytes of one piece.
inline constexpr int64_t kPieceBytes = int64_t{1} << 20;

/// A regular file read by position; threads may share it. It is never mapped, so that a file that
/// shrinks gives an error and no signal.
class ReadOnlyFile {
 public:
  /// @throws Error(kIo)
  explicit ReadOnlyFile(const std::filesystem::path& path);
  ~ReadOnlyFile();
  ReadOnlyFile(const ReadOnlyFile&) = delete;
  ReadOnlyFile& operator=(const ReadOnlyFile&) = delete;

  /// When it was opened.
  [[nodiscard]] int64_t size_bytes() const { return size_bytes_; }
  /// As given, for messages.
  [[nodiscard]] std::string where() const { return path_.string(); }

  /// Fills `into`. @throws Error(kIo); Error(kFormat) with zip-changed when the file ends before
  void read_at(int64_t offset, std::span<std::byte> into) const;

  /// Gives the bytes of a range in order in pieces of at most kPieceBytes. @throws as read_at
  void read_pieces(int64_t offset, int64_t size_bytes, const PieceVisit& visit) const;

  /// True when the file was written to since it was opened, or another one has its name.
  [[nodiscard]] bool has_changed() const;

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  int64_t size_bytes_ = 0;
  struct stat status_ {};
};

}  // namespace volseg::archive::internal
