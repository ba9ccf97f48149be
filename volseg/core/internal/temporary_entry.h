// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace volseg::core::internal {

/// @throws Error(kIo), or Error(kNotFound), with the text of errno
[[noreturn]] void throw_errno(std::string_view operation, const std::filesystem::path& path,
                              std::string_view what);

/// The path as it will be once the output folder around it is renamed.
[[nodiscard]] std::string final_name(const std::filesystem::path& path);

[[nodiscard]] std::filesystem::path parent_of(const std::filesystem::path& path);

enum class EntryKind { kFile, kFolder };

/// A new file or folder beside a target, named .TARGET.partial-PROCESS-COUNT. A lock on it says
/// that its process lives; the system drops the lock when the process ends, however it ends.
struct TemporaryEntry {
  std::filesystem::path path;
  int descriptor = -1;  ///< holds the lock; of a file also for writing
};

/// Removes what ended processes left of this target, then makes a new entry.
/// @throws Error(kIo), Error(kNotFound)
[[nodiscard]] TemporaryEntry make_temporary(const std::filesystem::path& target, EntryKind kind);

/// Where an old folder goes for the moment in which another takes its name.
[[nodiscard]] std::filesystem::path name_for_replaced(const std::filesystem::path& target);

/// Removes the temporary entries of `target` whose process has ended, except below a temporary
/// folder. Failures are no concern of the caller.
void remove_stale(const std::filesystem::path& target) noexcept;

}  // namespace volseg::core::internal
