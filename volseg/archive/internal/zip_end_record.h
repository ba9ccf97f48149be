// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "volseg/archive/internal/read_only_file.h"

namespace volseg::archive::internal {

/// Where the directory of a zip lies: inside the file, and long enough for its entries.
struct DirectoryPlace {
  int64_t offset = 0;
  int64_t size_bytes = 0;
  int64_t entries = 0;
  int64_t shift_bytes = 0;  ///< what is to be added to the offsets that the directory names
};

/// Reads the end record and, where there is one, the zip64 record. The directory must end where
/// they begin and they must end with the file.
/// @throws Error(kFormat) with zip-no-end-record, zip-truncated, zip-ambiguous, zip-inconsistent or
///         zip-multi-disk
/// @source APPNOTE.TXT 6.3.10, sections 4.3.14 to 4.3.16
[[nodiscard]] DirectoryPlace find_directory(const ReadOnlyFile& file);

/// The directory that the end record at `position` names, wherever in the file the archive begins;
/// none when no archive ends there. @param record  from `position`, at least kEndRecordBytes
[[nodiscard]] std::optional<DirectoryPlace> directory_of_record(const ReadOnlyFile& file,
                                                                int64_t position,
                                                                std::span<const std::byte> record);

inline constexpr int64_t kEndRecordBytes = 22;
inline constexpr uint32_t kEndSignature = 0x06054B50;
/// Where the archive of an end record ends, its comment included.
[[nodiscard]] int64_t end_of_record(int64_t position, std::span<const std::byte> record);

}  // namespace volseg::archive::internal
