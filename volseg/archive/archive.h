// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/core/buffer.h"

namespace volseg::archive {

/// One named file of an archive.
struct Member {
  std::string name;          ///< path inside the archive, "/" between folders, never absolute
  int64_t size_bytes = 0;    ///< uncompressed
  int64_t stored_bytes = 0;  ///< as it lies in the archive
  uint32_t crc32 = 0;        ///< of the uncompressed bytes; 0 in a folder
  int64_t index = 0;         ///< position in the archive's own directory
};

/// A defect or an oddity of one member that was found while the archive was opened.
struct Problem {
  std::string code;    ///< stable, such as "zip-unsafe-name"
  std::string member;  ///< its name with control characters escaped
  std::string expected;
  std::string found;
  std::string fix;
};

/// Default caps for untrusted archives.
struct Limits {
  int64_t members = 1'000'000;
  int64_t name_bytes = 4096;
  int64_t member_bytes = int64_t{64} << 30;
  int64_t inflate_ratio = 1100;            ///< uncompressed / compressed bytes
  int64_t total_bytes = int64_t{1} << 40;  ///< of all usable members, uncompressed
};

/// What becomes of a zip with other bytes before it or behind it in its file.
enum class ExtraBytes {
  kRefuse,
  kAccept  ///< with a warning, when exactly one sound zip lies in the file
};

/// Takes a part of a member's bytes.
using PieceVisit = std::function<void(std::span<const std::byte>)>;

/// A zip file or a folder seen as named members. Names of members are keys and never become paths.
/// Reading is thread-safe; a zip is read in place.
class Archive {
 public:
  /// Opens a zip (by content) or a folder. A folder that holds one zip and nothing else is opened
  /// as that zip; zips inside zips are plain members.
  /// @throws Error(kNotFound), Error(kIo); Error(kFormat) with the code of the defect in the text
  /// when the
  ///         archive as a whole is unsound (no end record, truncated, inconsistent directory)
  static std::unique_ptr<Archive> open(const std::filesystem::path& path, const Limits& limits = {},
                                       ExtraBytes extra_bytes = ExtraBytes::kRefuse);
  virtual ~Archive() = default;

  /// File or folder name, for messages.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// Sound members, sorted by name.
  [[nodiscard]] const std::vector<Member>& members() const { return members_; }
  /// Members that cannot be used and are not listed, with the reason.
  [[nodiscard]] const std::vector<Problem>& problems() const { return problems_; }
  /// Oddities of members that are listed and can be used.
  [[nodiscard]] const std::vector<Problem>& warnings() const { return warnings_; }
  /// Names passed over because operating systems leave them behind (__MACOSX, .DS_Store,
  /// Thumbs.db).
  [[nodiscard]] const std::vector<std::string>& ignored() const { return ignored_; }
  /// Null when there is no sound member of that name.
  [[nodiscard]] const Member* find(std::string_view name) const;

  /// Whether reading a member proves its bytes by a checksum: true for a zip.
  [[nodiscard]] virtual bool has_checksums() const = 0;
  /// The member's bytes, checked against its size and CRC-32.
  /// @throws Error(kFormat) naming the member; Error(kLimit) above a cap
  [[nodiscard]] virtual core::Buffer read(const Member& member) const = 0;
  /// Gives the member's bytes in order in pieces of at most 1 MiB, in memory of a few of them; size
  /// and checksum are known to be right only on return. @throws as read
  virtual void read_pieces(const Member& member, const PieceVisit& visit) const = 0;

 protected:
  std::string name_;
  std::vector<Member> members_;
  std::vector<Problem> problems_;
  std::vector<Problem> warnings_;
  std::vector<std::string> ignored_;
};

}  // namespace volseg::archive
