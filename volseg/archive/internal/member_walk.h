// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "volseg/archive/archive.h"
#include "volseg/archive/internal/read_only_file.h"
#include "volseg/archive/internal/read_window.h"
#include "volseg/archive/internal/zip_entry.h"
#include "volseg/core/progress.h"
#include "volseg/core/threads.h"

namespace volseg::archive::internal {

/// A member found by its own header.
struct FoundMember {
  std::string name;
  std::string defect;  ///< empty: whole, its size and CRC-32 proven
  uint16_t method = 0;
  uint32_t crc32 = 0;
  int64_t data_offset = 0;
  int64_t stored_bytes = 0;
  int64_t size_bytes = 0;
};

/// Walks a zip from one local header to the next without its directory.
/// @source APPNOTE.TXT 6.3.10, section 4.3.7
class MemberWalk {
 public:
  MemberWalk(const ReadOnlyFile& file, const Limits& limits);

  /// The next member, whole or not; none at the end. Reads all of its bytes.
  std::optional<FoundMember> next();
  [[nodiscard]] int64_t position() const { return position_; }
  [[nodiscard]] bool has_directory() const { return has_directory_; }

 private:
  struct Header {
    ZipEntry entry;
    bool is_streamed = false;  ///< sizes follow the data
    std::string defect;
  };

  [[nodiscard]] bool has_signature(int64_t offset, uint32_t signature);
  [[nodiscard]] bool is_record(int64_t offset);
  void find_header(int64_t from);
  [[nodiscard]] std::optional<Header> read_header();
  [[nodiscard]] FoundMember take(const Header& header);
  void take_sized(FoundMember& member, const ZipEntry& entry);
  void take_streamed(FoundMember& member);
  [[nodiscard]] bool fits_descriptor(const FoundMember& member, int64_t offset);

  const ReadOnlyFile& file_;
  ReadWindow window_;
  const Limits& limits_;
  int64_t position_ = 0;
  bool is_expected_ = true;  ///< a header stands here by what was read before, not by search
  bool has_directory_ = false;
};

}  // namespace volseg::archive::internal
