// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "volseg/archive/internal/read_only_file.h"

namespace volseg::archive::internal {

/// Where the directory of a zip lies: inside the file, and long enough for its entries.
struct DirectoryPlace {
  int64_t offset = 0;
  int64_t size_bytes = 0;
  int64_t entries = 0;
};

/// Reads the end record and, where there is one, the zip64 record. The directory must end where
/// they begin and they must end with the file.
/// @throws Error(kFormat) with zip-no-end-record, zip-truncated, zip-ambiguous, zip-inconsistent or
///         zip-multi-disk
/// @source APPNOTE.TXT 6.3.10, sections 4.3.14 to 4.3.16
[[nodiscard]] DirectoryPlace find_directory(const ReadOnlyFile& file);

}  // namespace volseg::archive::internal
