// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "volseg/archive/archive.h"
#include "volseg/archive/internal/zip_records.h"
#include "volseg/core/files.h"
#include "volseg/core/progress.h"
#include "volseg/core/work.h"

namespace volseg::archive::internal {

/// Writes the members of a zip one behind another. Their bytes are cut into pieces of one length,
/// which threads deflate and sum up while memory holds a few of them; the cuts, and so the bytes
/// written, do not depend on the threads.
class PieceStream {
 public:
  PieceStream(core::OutputFile& output, int64_t total_bytes, const core::WorkOptions& work);

  /// Begins a member of `size_bytes` bytes, which `take` calls must give.
  void begin(const std::string& name, uint16_t method, int64_t size_bytes);
  /// @throws Error(kFormat) past the size; Error(kCancelled); Error(kIo)
  void take(std::span<const std::byte> bytes);
  /// @throws Error(kFormat) before the size
  void end();
  /// Writes what is held, then the directory. @throws Error(kIo), Error(kCancelled)
  void finish();

 private:
  struct Piece {
    size_t member = 0;
    bool is_first = false;
    bool is_last = false;
    std::vector<std::byte> before;  ///< the end of the piece before it
    std::vector<std::byte> bytes;
    std::vector<std::byte> stored;
    uint32_t crc32 = 0;
  };

  Piece& open_piece();
  void close_piece(bool is_last);
  void flush();
  void encode(Piece& piece) const;
  void put(const Piece& piece);
  void write(std::span<const std::byte> bytes);
  void refuse_size(int64_t found_bytes) const;

  core::OutputFile& output_;
  core::WorkOptions work_;
  core::ThreadPool pool_;
  core::Progress progress_;
  std::vector<WrittenMember> members_;
  std::vector<Piece> pieces_;
  size_t held_ = 0;  ///< pieces in use; the others keep their memory
  bool is_open_ = false;
  int64_t taken_bytes_ = 0;  ///< of the member that was begun last
  int64_t offset_ = 0;
  int64_t reported_bytes_ = 0;
};

}  // namespace volseg::archive::internal
